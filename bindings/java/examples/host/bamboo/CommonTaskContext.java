package io.awsfed.examples.host.bamboo;

import java.util.Map;

/** Stands for Bamboo's CommonTaskContext: one run of a task. */
public interface CommonTaskContext {
    /**
     * The fields of the task's form, with variables put in.
     *
     * @return values by the names of the fields; no secret is among them
     */
    Map<String, String> getConfigurationMap();

    /**
     * The job around the task.
     *
     * @return the same object for all tasks of the job
     */
    CommonContext getCommonContext();

    /**
     * The log of the job.
     *
     * @return the same object for all tasks of the job
     */
    BuildLogger getBuildLogger();
}
