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
        if (!running) {
            start();
        }
        return watch;
    }

    private static synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        Thread thread = new Thread(null, Interrupts::look, "awsfed-interrupts", 0, false);
        thread.setContextClassLoader(null);
        thread.setDaemon(true);
        thread.start();
    }

    private static void look() {
        int idle = 0;
        while (idle < IDLE_LOOKS || !ended()) {
            idle = WATCHES.isEmpty() ? idle + 1 : 0;
            for (Watch watch : WATCHES) {
                watch.look();
            }
            try {
                Thread.sleep(LOOK_EVERY_MS);
            } catch (InterruptedException notForUs) {
                continue;
            }
        }
    }

    /** Whoever adds a watch after this starts another thread. */
    private static synchronized boolean ended() {
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

        private void look() {
            if (isNoted || thread.isInterrupted()) {
                use();
            }
        }

        /** Never after close(): the cancel may be another call's by then. */
        private synchronized void use() {
            if (!isOver) {
                isOver = true;
                cancel.fromInterrupt();
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
