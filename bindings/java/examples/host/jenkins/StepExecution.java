package io.awsfed.examples.host.jenkins;

import java.io.Serializable;

/**
 * Stands for org.jenkinsci.plugins.workflow.steps.StepExecution: one run of a step, on the controller. Jenkins writes it into
 * the build's folder, so that the build goes on after a restart: no secret may be in a field that is not transient.
 */
public interface StepExecution extends Serializable {
    /**
     * Begins. It returns soon: what waits for a network has a thread of its own.
     *
     * @throws Exception when the step fails at once
     */
    void start() throws Exception;

    /**
     * Somebody stops the build, or what is around the step. It returns soon.
     *
     * @param cause what the step shall end with
     */
    void stop(Throwable cause);

    /** The controller was started again, and this object was read back. */
    void onResume();
}
