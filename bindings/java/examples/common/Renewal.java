package io.awsfed.examples.common;

import io.awsfed.AwsfedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Keeps the credentials of a job good for as long as the job takes: gets new ones in the last quarter of their life or the last
 * 15 minutes, whichever is shorter. The library does not give out kept ones then, so that asking is enough.
 *
 * <p>A failure that may pass is tried again, after the pause that the service asks for; another one ends it, and is told.
 */
public final class Renewal implements AutoCloseable {
    private static final Duration BEFORE_END_MAX = Duration.ofMinutes(15);
    private static final Duration PAUSE_LEAST = Duration.ofMinutes(1); // after a failure
    private static final Duration DELAY_LEAST = Duration.ofSeconds(30); // where clocks differ

    /** Gets credentials and hands them over. */
    public interface Turn {
        /**
         * One turn.
         *
         * @return when the credentials end; empty: never
         */
        Optional<Instant> obtain();
    }

    private final BuildTimer timer;
    private final Clock clock;
    private final Turn turn;
    private final Consumer<RuntimeException> failed;
    private final Object turns = new Object(); // held while one is taken

    // Under the lock of this object:
    private Future<?> next;
    private boolean isOver;

    /**
     * Not begun.
     *
     * @param timer the host's
     * @param clock to tell how long the credentials live
     * @param turn gets credentials
     * @param failed told of each failure, on the timer's thread; none after {@link #end}
     */
    public Renewal(BuildTimer timer, Clock clock, Turn turn, Consumer<RuntimeException> failed) {
        this.timer = Objects.requireNonNull(timer, "timer");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.turn = Objects.requireNonNull(turn, "turn");
        this.failed = Objects.requireNonNull(failed, "failed");
    }

    /** The first turn, on this thread; what fails is thrown. */
    public void begin() {
        synchronized (turns) {
            turn.obtain().ifPresent(end -> in(delay(end)));
        }
    }

    private Duration delay(Instant end) {
        Duration life = Duration.between(clock.instant(), end);
        Duration quarter = life.dividedBy(4);
        Duration delay = life.minus(quarter.compareTo(BEFORE_END_MAX) < 0 ? quarter : BEFORE_END_MAX);
        return delay.compareTo(DELAY_LEAST) < 0 ? DELAY_LEAST : delay;
    }

    private synchronized void in(Duration delay) {
        if (!isOver) {
            next = timer.after(delay, this::renew);
        }
    }

    private void renew() {
        synchronized (turns) {
            if (isOver()) {
                return;
            }
            try {
                turn.obtain().ifPresent(end -> in(delay(end)));
            } catch (AwsfedException.Cancelled stopped) { // by whoever knows why
                end();
            } catch (AwsfedException failure) {
                if (!isOver()) {
                    failed.accept(failure);
                    failure.retryAfter().ifPresent(pause -> in(pause.compareTo(PAUSE_LEAST) < 0 ? PAUSE_LEAST : pause));
                }
            } catch (RuntimeException defect) { // an executor would swallow it
                if (!isOver()) {
                    failed.accept(defect);
                }
            }
        }
    }

    private synchronized boolean isOver() {
        return isOver;
    }

    /** There is no further turn. One that is being taken is interrupted, and its outcome is not told. */
    public synchronized void end() {
        isOver = true;
        if (next != null) {
            next.cancel(true);
        }
    }

    /** {@link #end}, and waits until nobody is in a turn any more. */
    @Override
    public void close() {
        end();
        synchronized (turns) {
            return; // whoever was in it has left
        }
    }
}
