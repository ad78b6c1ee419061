package io.awsfed.examples.host.bamboo;

/** Stands for Bamboo's CommonTaskType: a task of builds and of deployments, run by the agent. */
public interface CommonTaskType {
    /**
     * Does the work, on a thread that is the job's alone. Bamboo interrupts it when somebody stops the job.
     *
     * @param task what the task is told, and may tell
     * @return how it ended
     */
    TaskResult execute(CommonTaskContext task);
}
