package io.awsfed.examples.host.jenkins;

/** What code that runs on an agent finds there. */
public interface Agent {
    /**
     * The passwords that this agent may use.
     *
     * @return a vault's client, an agent's own store
     */
    CredentialsStore credentials();

    /**
     * The log of the build.
     *
     * @return it may be written to from any thread
     */
    TaskListener listener();
}
