package io.awsfed.examples;

import io.awsfed.examples.common.BuildTimer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** A timer whose time comes when a test says so. */
final class ManualTimer implements BuildTimer {
    private final ArrayDeque<FutureTask<Void>> waiting = new ArrayDeque<>();
    private Duration last;

    @Override
    public synchronized Future<?> after(Duration delay, Runnable work) {
        FutureTask<Void> task = new FutureTask<>(work, null);
        waiting.add(task);
        last = delay;
        return task;
    }

    /** How long the last one was to wait. */
    synchronized Duration delay() {
        return last;
    }

    /** How many wait that nobody has taken away. */
    synchronized long count() {
        return waiting.stream().filter(task -> !task.isDone()).count();
    }

    /** Runs the first that waits, on this thread. */
    void fire() {
        FutureTask<Void> next;
        synchronized (this) {
            next = waiting.remove();
        }
        next.run();
    }
}
