package io.awsfed.examples.host.bamboo;

import java.util.Optional;

/** Stands for Bamboo's CommonContext, with what its BuildContext knows of the trigger. */
public interface CommonContext {
    /**
     * The plan, or the deployment project.
     *
     * @return for example {@code WEB-MAIN}
     */
    String getPlanKey();

    /**
     * The number of the build.
     *
     * @return from 1
     */
    int getBuildNumber();

    /**
     * The job of this very build.
     *
     * @return for example {@code WEB-MAIN-JOB1-17}
     */
    String getResultKey();

    /**
     * Who started the build by hand. Stands for ManualBuildTriggerReason and the server's user directory.
     *
     * @return empty for a timer, a commit, another plan
     */
    Optional<BambooUser> getTriggeringUser();

    /**
     * The variables of the job.
     *
     * @return the same object for all tasks of the job
     */
    VariableContext getVariableContext();
}
