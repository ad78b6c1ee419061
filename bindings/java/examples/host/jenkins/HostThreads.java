package io.awsfed.examples.host.jenkins;

import java.time.Duration;
import java.util.concurrent.Future;

/** Stands for Computer.threadPoolForRemoting and jenkins.util.Timer: threads of the controller. */
public interface HostThreads {
    /**
     * Has something run now, on another thread.
     *
     * @param work must not throw
     * @return {@code cancel(true)} interrupts it
     */
    Future<?> run(Runnable work);

    /**
     * Has something run later, on another thread.
     *
     * @param delay from now
     * @param work must not throw
     * @return {@code cancel(true)} takes it away, or interrupts it
     */
    Future<?> after(Duration delay, Runnable work);
}
