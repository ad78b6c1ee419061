package io.awsfed.examples.host.jenkins;

import java.util.Collection;
import java.util.Optional;

/** Stands for hudson.model.Run, with its Cause.UserIdCause and what the security realm says of that user. */
public interface Run {
    /**
     * The job with its folders.
     *
     * @return for example {@code web/main}
     */
    String getParentFullName();

    /**
     * The number of the build.
     *
     * @return from 1
     */
    int getNumber();

    /**
     * Who started it.
     *
     * @return empty for a timer, a commit, another job
     */
    Optional<String> getUserId();

    /**
     * The groups of who started it.
     *
     * @return may be empty
     */
    Collection<String> getUserGroups();
}
