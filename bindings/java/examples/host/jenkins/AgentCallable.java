package io.awsfed.examples.host.jenkins;

import java.io.Serializable;

/** Stands for jenkins.security.MasterToSlaveCallable, which finds by itself what is given to this one. */
public interface AgentCallable<V extends Serializable> extends Serializable {
    /**
     * Runs on the agent.
     *
     * @param agent what the agent has
     * @return what goes back to the controller
     */
    V call(Agent agent);
}
