package io.awsfed.examples.host.jenkins;

import java.io.Serializable;

/**
 * Stands for org.jenkinsci.plugins.workflow.steps.BodyExecution: a block that is running. It can be written, and finds its
 * block again.
 */
public interface BodyExecution extends Serializable {
    /**
     * Stops it. Its callback is told when it has ended.
     *
     * @param cause what with
     */
    void cancel(Throwable cause);
}
