package io.awsfed.examples.host.bamboo;

/** Stands for Bamboo's TaskResult and its builder. */
public enum TaskResult {
    /** The task did its work. */
    SUCCESS,
    /** What it was to do did not succeed. The build is red. */
    FAILED,
    /** The task itself is broken. */
    ERROR,
    /**
     * Somebody stopped the job, which is no fault of it. Bamboo marks such a job by itself and has no result of this kind: an
     * adapter leaves the thread interrupted, and says nothing in the log.
     */
    STOPPED
}
