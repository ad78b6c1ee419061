package io.awsfed;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Credentials for a program that runs long, in the form that an SDK has for them: those that were obtained, and others in
 * time before they end. Safe to share between threads; while one of them renews, the others have what still works.
 *
 * <p>Little is held here: the last ones, until they have less left than is wished. Then the library is asked, whose own cache
 * decides by its settings ({@code cache}, {@code remaining_min}) whether there has to be a sign-in.
 *
 * @param <T> the SDK's class of credentials
 */
public final class Renewed<T> implements Supplier<T>, AutoCloseable {
    /** What credentials must have left, unless another wish is said: as much as the setting {@code remaining_min}. */
    public static final Duration USUAL_LEFT = Duration.ofMinutes(5);

    private static final class Held<T> {
        final T credentials;
        final Instant end; // Instant.MAX: never

        Held(T credentials, Instant end) {
            this.credentials = credentials;
            this.end = end;
        }

        boolean lasts(Duration left) {
            return Instant.now().isBefore(end.equals(Instant.MAX) ? end : end.minus(left));
        }
    }

    private final Supplier<Context> contexts;
    private final Function<Credentials, T> form;
    private final Duration left;
    private final ReentrantLock renewing = new ReentrantLock();
    private volatile Held<T> held;
    private volatile long attempts; // that have begun; written under the lock

    // Under the lock:
    private AwsfedException failure; // of the last attempt
    private Context context;
    private boolean isClosed;

    /**
     * Nothing is obtained yet.
     *
     * @param contexts makes a context, and the settings for it, whenever there is none: at first, and when the process of the
     *     library has ended; it belongs to this object
     * @param form what the SDK has for the credentials, which are closed afterwards
     * @param left credentials that work no longer than that are renewed
     */
    public Renewed(Supplier<Context> contexts, Function<Credentials, T> form, Duration left) {
        this.contexts = Objects.requireNonNull(contexts, "contexts");
        this.form = Objects.requireNonNull(form, "form");
        this.left = Objects.requireNonNull(left, "left");
    }

    /**
     * Credentials that work. It blocks while others are obtained, by this thread or by another one, and ends when its thread is
     * interrupted. Threads that wait share what comes of it, be it a failure.
     *
     * @return those of before while they have enough left, or while they cannot be renewed because a service is not to be had
     * @throws AwsfedException when there are none, and the library says why
     */
    @Override
    public T get() {
        Held<T> now = held;
        if (now != null && now.lasts(left)) {
            return now.credentials;
        }
        long begun = attempts;
        if (!renewing.tryLock()) {
            if (now != null && now.lasts(Duration.ZERO)) {
                return now.credentials;
            }
            waitForAnother();
        }
        try {
            return renewed(begun).credentials;
        } finally {
            renewing.unlock();
        }
    }

    private void waitForAnother() {
        try {
            renewing.lockInterruptibly();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw AwsfedException.of(Code.E_CANCELLED, 0, -1,
                    new String[] {"The call was cancelled.", "", "cancelled", "java/renewed", "", "", ""});
        }
    }

    /** Has the library asked at the next use, whatever is left. */
    public void expire() {
        held = null;
    }

    /** Closes the context. Waits for a call that obtains. */
    @Override
    public void close() {
        renewing.lock();
        try {
            isClosed = true;
            held = null;
            forget();
        } finally {
            renewing.unlock();
        }
    }

    // ---- under the lock ------------------------------------------------------------------------------

    private Held<T> renewed(long begun) {
        if (isClosed) {
            throw new IllegalStateException("This object is closed.");
        }
        Held<T> now = held;
        if (now != null && now.lasts(left)) {
            return now; // another thread was here before
        }
        try {
            held = obtainedAfter(begun);
            return held;
        } catch (AwsfedException.Network | AwsfedException.Timeout | AwsfedException.Throttled passing) {
            if (now != null && now.lasts(Duration.ZERO)) {
                return now;
            }
            throw passing;
        }
    }

    /**
     * Whoever waited does not try once more what was tried and failed meanwhile: with a service that is down, each would take
     * its time, one after the other. Where the other was stopped, that says nothing.
     */
    private Held<T> obtainedAfter(long begun) {
        if (failure != null && attempts > begun) {
            throw failure;
        }
        failure = null;
        attempts = attempts + 1;
        try {
            return obtained();
        } catch (AwsfedException.Cancelled stopped) {
            throw stopped;
        } catch (AwsfedException failed) {
            failure = failed;
            throw failed;
        }
    }

    private Held<T> obtained() {
        try {
            return obtainedOnce();
        } catch (AwsfedException ended) {
            if (!ended.code().equals("process-ended")) {
                throw ended;
            }
            forget();
            return obtainedOnce();
        }
    }

    private Held<T> obtainedOnce() {
        if (context == null) {
            context = contexts.get();
        }
        try (Credentials credentials = context.obtain()) {
            return new Held<>(form.apply(credentials), credentials.expires().orElse(Instant.MAX));
        }
    }

    private void forget() {
        if (context != null) {
            context.close();
            context = null;
        }
    }
}
