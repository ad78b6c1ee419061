package io.awsfed;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends a waiting call when its thread is interrupted, which native code does not notice. One thread looks after all calls; it
 * is there while there are some and goes soon after, lest it keep the class loader alive.
 */
final class Interrupts {
    private static final long LOOK_EVERY_MS = 20;
    private static final int IDLE_LOOKS = 50;

    private static final Set<Watch> WATCHES = ConcurrentHashMap.newKeySet();
    private static volatile boolean running;

    private Interrupts() {}

    /** Until it is closed, an interrupt of this thread uses that cancel. */
    static Watch watch(Cancel cancel) {
        Watch watch = new Watch(Thread.currentThread(), cancel);
        WATCHES.add(watch);
        try {
            if (!running) {
                start();
            }
            return watch;
        } catch (Throwable noThread) {
            watch.close();
            throw noThread;
        }
    }

    private static synchronized void start() {
        if (running) {
            return;
        }
        Thread thread = new Thread(null, Interrupts::look, "awsfed-interrupts", 0, false);
        thread.setContextClassLoader(null);
        thread.setDaemon(true);
        thread.start();
        running = true;
    }

    private static void look() {
        int idle = 0;
        while (idle < IDLE_LOOKS || !ended()) {
            idle = WATCHES.isEmpty() ? idle + 1 : 0;
            try {
                WATCHES.forEach(Watch::look);
                Thread.sleep(LOOK_EVERY_MS);
            } catch (Throwable passing) { // an interrupt is not for us, and lack of memory may end: calls need this thread
                continue;
            }
        }
    }

    /** Whoever adds a watch before the second look is seen by it, and whoever does so later starts another thread. */
    private static synchronized boolean ended() {
        running = false;
        running = !WATCHES.isEmpty();
        return !running;
    }

    /**
     * Of a thread whose flag had to be taken away for a while: its calls end as if it were still there. It only leaves a note:
     * whoever has it to leave may hold a lock that the cancel needs.
     */
    static void remember(Thread thread) {
        for (Watch watch : WATCHES) {
            if (watch.thread == thread) {
                watch.isNoted = true;
            }
        }
    }

    static final class Watch implements AutoCloseable {
        private final Thread thread;
        private final Cancel cancel;
        private volatile boolean isNoted;
        private boolean isOver;

        Watch(Thread thread, Cancel cancel) {
            this.thread = thread;
            this.cancel = cancel;
        }

        /** What fails here, for lack of memory, say, is tried again at the next look. */
        private void look() {
            try {
                if (isNoted || thread.isInterrupted()) {
                    use();
                }
            } catch (Throwable passing) {
                return;
            }
        }

        /** Never after close(): the cancel may be another call's by then. */
        private synchronized void use() {
            if (!isOver) {
                cancel.fromInterrupt();
                isOver = true;
            }
        }

        @Override
        public void close() {
            WATCHES.remove(this);
            synchronized (this) {
                isOver = true;
            }
        }
    }
}
