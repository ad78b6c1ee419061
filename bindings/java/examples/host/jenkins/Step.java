package io.awsfed.examples.host.jenkins;

/** Stands for org.jenkinsci.plugins.workflow.steps.Step: a step as the pipeline's text has it. */
public interface Step {
    /**
     * Makes what runs it.
     *
     * @param context what the step is told, and may tell
     * @return not started yet
     */
    StepExecution start(StepContext context);
}
