package io.awsfed.examples.host.jenkins;

import java.io.Serializable;
import java.util.Set;

/**
 * Stands for org.jenkinsci.plugins.workflow.steps.EnvironmentExpander. It is asked anew for each process that starts inside the
 * block, and written into the build's folder.
 */
public interface EnvironmentExpander extends Serializable {
    /**
     * Changes the variables of a process that is about to start.
     *
     * @param env what they are without this
     */
    void expand(EnvVars env);

    /**
     * The names of variables whose values are secret. Jenkins warns where a pipeline pastes one into a command.
     *
     * @return names
     */
    Set<String> getSensitiveVariables();
}
