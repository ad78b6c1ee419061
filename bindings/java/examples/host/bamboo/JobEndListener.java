package io.awsfed.examples.host.bamboo;

/** Stands for Bamboo's CustomBuildProcessor, which runs on the agent behind the tasks, and for a listener of BuildCanceledEvent. */
public interface JobEndListener {
    /**
     * The last task of a job has ended, however it did.
     *
     * @param job what the job's tasks were told
     */
    void jobEnded(CommonContext job);

    /**
     * Somebody stops the job. Its tasks may still run.
     *
     * @param job what the job's tasks were told
     */
    void jobStopped(CommonContext job);
}
