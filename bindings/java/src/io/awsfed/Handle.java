package io.awsfed;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
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

    /** @param free the number of the function that frees it */
    Handle(Transport transport, long address, int free) {
        state = new State(getClass().getSimpleName(), transport, address, free);
        cleanable = CLEANER.register(this, state);
    }

    final Transport transport() {
        return state.transport;
    }

    // ---- calls with nothing but this object and numbers ---------------------------------------------

    final long number(int call, long... numbers) {
        return shared(address -> Message.numberOf(transport(), call, with(address, numbers)));
    }

    final boolean yes(int call, long... numbers) {
        return number(call, numbers) != 0;
    }

    /** An absent text is an empty one. */
    final String text(int call, long... numbers) {
        return shared(address -> Message.textOf(transport(), call, with(address, numbers)));
    }

    /** What the function makes of this object. */
    final List<String> names(int call, long... numbers) {
        return shared(address -> Message.names(transport(), Message.numberOf(transport(), call, with(address, numbers))));
    }

    private static long[] with(long address, long[] numbers) {
        long[] all = new long[numbers.length + 1];
        all[0] = address;
        System.arraycopy(numbers, 0, all, 1, numbers.length);
        return all;
    }

    // ---- its life -----------------------------------------------------------------------------------

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

    /** Runs a long call that changes the object. Whoever comes meanwhile is refused, and does not wait for its end. */
    <T> T exclusive(LongFunction<T> call) {
        long address = state.enterAlone();
        try {
            return call.apply(address);
        } finally {
            state.leaveAlone();
            Reference.reachabilityFence(this);
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

    /** {@link #shared} for an argument that goes with this object; null may be given, and 0 stands for it. */
    final <T> T sharedWith(Handle other, LongFunction<T> call) {
        if (other == null) {
            return call.apply(0);
        }
        if (other.transport() != transport()) {
            throw new IllegalStateException("This " + other.state.name + " is of another process of awsfed than the object"
                    + " that it is used with: that one has ended. Make it anew.");
        }
        return other.shared(call);
    }

    /** What outlives the object, for the cleaner. */
    private static final class State implements Runnable {
        private final String name;
        private final Transport transport;
        private final int free;
        private long address;
        private int calls;
        private boolean isChanging;

        State(String name, Transport transport, long address, int free) {
            this.name = name;
            this.transport = transport;
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
            refuseWhile(isChanging);
            ++calls;
            return entered;
        }

        synchronized void leave() {
            --calls;
        }

        synchronized long enterAlone() {
            long entered = address();
            refuseWhileInUse();
            isChanging = true;
            return entered;
        }

        synchronized void leaveAlone() {
            isChanging = false;
        }

        void refuseWhileInUse() {
            refuseWhile(isChanging || calls != 0);
        }

        private void refuseWhile(boolean isInUse) {
            if (isInUse) {
                throw new IllegalStateException("This " + name + " is in use by a call of another thread.");
            }
        }

        @Override
        public synchronized void run() {
            if (address == 0) {
                return;
            }
            long last = address;
            address = 0;
            try {
                Message.done(transport, free, last);
            } catch (AwsfedException gone) { // with its process
            }
        }
    }
}
