package io.awsfed.examples.host.jenkins;

/** Stands for org.jenkinsci.plugins.workflow.steps.BodyInvoker. */
public interface BodyInvoker {
    /**
     * What the environment inside is changed by.
     *
     * @param expander written into the build's folder with the block
     * @return this
     */
    BodyInvoker withEnvironment(EnvironmentExpander expander);

    /**
     * What the log inside goes through.
     *
     * @param filter written into the build's folder with the block
     * @return this
     */
    BodyInvoker withLog(ConsoleLogFilter filter);

    /**
     * Begins, and returns at once.
     *
     * @param callback told once, when it ends
     * @return what is running
     */
    BodyExecution start(BodyExecutionCallback callback);
}
