package io.awsfed.examples.host.bamboo;

import java.util.Optional;

/**
 * Stands for Bamboo's VariableContext. Bamboo hides the value of a variable in the log where the
 * variable's name has {@code password}, {@code passphrase}, {@code secret} or {@code sshkey} in it: that value to the letter, and
 * no other form of it.
 */
public interface VariableContext {
    /**
     * What a variable is now.
     *
     * @param name without {@code bamboo.} before it
     * @return empty when there is none
     */
    Optional<String> getValue(String name);

    /**
     * Sets a variable for what follows in this job, and for nothing else. A second call replaces the first.
     *
     * @param name without {@code bamboo.} before it
     * @param value kept by the agent until the job ends
     */
    void addLocalVariable(String name, String value);

    /**
     * Sets a variable that is stored with the result, and goes on to later stages and to releases. Never for secrets.
     *
     * @param name without {@code bamboo.} before it
     * @param value kept for good by the server
     */
    void addResultVariable(String name, String value);
}
