package io.awsfed.examples.common;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The host's timer. awsfed does nothing by itself later on, so a plug-in brings a timer that its server looks after. */
@FunctionalInterface
public interface BuildTimer {
    /**
     * Has something run later.
     *
     * @param delay from now
     * @param work must not throw
     * @return {@code cancel(true)} takes it away, and interrupts it where it runs already
     */
    Future<?> after(Duration delay, Runnable work);

    /**
     * That of an executor.
     *
     * @param executor the host's own
     * @return its timer
     */
    static BuildTimer of(ScheduledExecutorService executor) {
        return (delay, work) -> executor.schedule(work, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
