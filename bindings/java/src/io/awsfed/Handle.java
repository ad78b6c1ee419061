package io.awsfed;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * An object of the C interface. It is freed by {@link #close()}, or some time after the last reference to it has gone.
 *
 * <p>Safe to share between threads: calls that only read run side by side; one that changes the object, or closes it, is
 * refused with an {@link IllegalStateException} while another thread is inside a call with it. So is every call after
 * {@code close()}.
 */
abstract class Handle implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final State state;
    private final Cleaner.Cleanable cleanable;

    /** @param free must not refer to the object that is being made */
    Handle(long address, LongConsumer free) {
        state = new State(getClass().getSimpleName(), address, free);
        cleanable = CLEANER.register(this, state);
    }

    /**
     * Frees the native object, and wipes the secrets in it. A second call does nothing.
     *
     * @throws IllegalStateException while another thread is inside a call with this object
     */
    @Override
    public void close() {
        synchronized (state) {
            state.refuseWhileInUse();
            cleanable.clean();
        }
    }

    /** Runs a call that leaves the object as it is. */
    <T> T shared(LongFunction<T> call) {
        long address = state.enter();
        try {
            return call.apply(address);
        } finally {
            state.leave();
            Reference.reachabilityFence(this); // or it might be freed under the call
        }
    }

    /** Runs a short call that changes the object. */
    <T> T alone(LongFunction<T> call) {
        synchronized (state) {
            state.refuseWhileInUse();
            try {
                return call.apply(state.address());
            } finally {
                Reference.reachabilityFence(this);
            }
        }
    }

    /** {@link #shared}, for an argument that may be null: 0 stands for it then. */
    static <T> T sharedOrNone(Handle handle, LongFunction<T> call) {
        return handle == null ? call.apply(0) : handle.shared(call);
    }

    /** What outlives the object, for the cleaner. */
    private static final class State implements Runnable {
        private final String name;
        private final LongConsumer free;
        private long address;
        private int calls;

        State(String name, long address, LongConsumer free) {
            this.name = name;
            this.address = address;
            this.free = free;
        }

        synchronized long address() {
            if (address == 0) {
                throw new IllegalStateException("This " + name + " is closed.");
            }
            return address;
        }

        synchronized long enter() {
            long entered = address();
            ++calls;
            return entered;
        }

        synchronized void leave() {
            --calls;
        }

        void refuseWhileInUse() {
            if (calls != 0) {
                throw new IllegalStateException("This " + name + " is in use by a call of another thread.");
            }
        }

        @Override
        public synchronized void run() {
            if (address != 0) {
                free.accept(address);
                address = 0;
            }
        }
    }
}
