package io.awsfed.examples.host.jenkins;

import java.io.Serializable;

/** Stands for org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback. */
public interface BodyExecutionCallback extends Serializable {
    /** The block has ended well. */
    void onSuccess();

    /**
     * The block has failed, or was stopped.
     *
     * @param cause what with
     */
    void onFailure(Throwable cause);
}
