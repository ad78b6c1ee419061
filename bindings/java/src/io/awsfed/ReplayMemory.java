package io.awsfed;

import java.time.Instant;

/** The host's memory of assertions, against their being used twice. */
@FunctionalInterface
public interface ReplayMemory {
    /**
     * Asked once for each assertion that is verified for use, by several threads at once; it may not use awsfed.
     *
     * @param id of the assertion
     * @param expires until when it has to be remembered; null when the assertion does not say
     * @return true when the id is seen for the first time; else, and after an exception, the assertion is refused
     * @throws Exception when it could not be looked up
     */
    boolean isFirst(String id, Instant expires) throws Exception;
}
