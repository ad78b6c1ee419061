package io.awsfed;

import java.time.Duration;
import java.util.Collection;

/**
 * The host's own place for what is kept ({@code cache=host}): a database, a server's cache. It is given bytes that are
 * sealed under the setting {@code cache_key}; what it gives back counts only where the seal is whole.
 *
 * <p>Called by several threads at once, on those of the calls behind; it may not use awsfed. An exception is told in the log
 * and costs a call to AWS, never the job.
 */
public interface CredentialStore {
    /**
     * What was put there last.
     *
     * @param name at most 80 letters, digits and dots
     * @return null where there is nothing, or its time is over
     * @throws Exception when the store cannot tell
     */
    byte[] get(String name) throws Exception;

    /**
     * Takes the place of what is there, at one stroke.
     *
     * @param name as above
     * @param bytes what to keep
     * @param life nobody misses it after that
     * @throws Exception when it is not kept
     */
    void put(String name, byte[] bytes, Duration life) throws Exception;

    /**
     * Takes away what is there, if anything.
     *
     * @param name as above
     * @throws Exception when it may still be there
     */
    void erase(String name) throws Exception;

    /**
     * The names of all that is there.
     *
     * @return in any order
     * @throws Exception when the store cannot tell
     */
    Collection<String> names() throws Exception;

    /** A store by which processes, not only the threads of one, wait for each other's sign-in. */
    interface WithLocks extends CredentialStore {
        /**
         * Takes the lock of a name, without waiting.
         *
         * @param name as above
         * @return true: the caller has it until {@link #unlock}, or until its process ends; false: somebody else has it
         * @throws Exception when the store cannot tell
         */
        boolean lock(String name) throws Exception;

        /**
         * Gives the lock back.
         *
         * @param name as above
         * @throws Exception when it may still be held
         */
        void unlock(String name) throws Exception;
    }
}
