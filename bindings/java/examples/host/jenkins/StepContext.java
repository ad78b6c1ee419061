package io.awsfed.examples.host.jenkins;

import java.io.Serializable;

/** Stands for org.jenkinsci.plugins.workflow.steps.StepContext. It can be written, and finds its objects again. */
public interface StepContext extends Serializable {
    /**
     * An object that is around the step: {@link Run}, {@link TaskListener}, {@link VirtualChannel},
     * {@link HostThreads}.
     *
     * @param type which
     * @param <T> which
     * @return that of this step
     */
    <T> T get(Class<T> type);

    /**
     * The block behind the step.
     *
     * @return not started yet
     */
    BodyInvoker newBodyInvoker();

    /** The step has ended well. */
    void onSuccess();

    /**
     * The step has failed, or was stopped.
     *
     * @param cause what with
     */
    void onFailure(Throwable cause);
}
