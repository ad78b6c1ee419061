package io.awsfed.examples.host.jenkins;

import java.io.Serializable;

/** Stands for hudson.remoting.VirtualChannel: the way from the controller to an agent. */
public interface VirtualChannel {
    /**
     * Has the agent run something. It is serialized, and what comes of it too. When the calling thread is interrupted, so is the
     * one at the agent.
     *
     * @param callable what to run
     * @param <V> what comes of it
     * @return that, a copy
     * @throws InterruptedException when the calling thread was interrupted
     */
    <V extends Serializable> V call(AgentCallable<V> callable) throws InterruptedException;
}
