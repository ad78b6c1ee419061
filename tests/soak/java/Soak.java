import io.awsfed.AwsfedException;
import io.awsfed.Cancel;
import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Obtains credentials over and over from many threads, with cancels, interrupts, collections and, where the library has a
 * process of its own, kills of that: Soak COUNT CACHE. Prints "memory DONE JVM_KIB CHILD_KIB" ten times, then what became of
 * the calls, then "ok ..." or "FAIL ..." for each claim.
 */
public final class Soak {
    private static final int THREADS = 16;
    private static final int KILLS = 3;
    private static final long DELAY_US_MAX = 2_000; // of cancels and interrupts: about a call's length
    private static final boolean IS_OUTSIDE = !System.getProperty("io.awsfed.process", "").isEmpty();

    private final int count;
    private final String cache;
    private final long seed = Long.getLong("soak.seed", System.nanoTime());
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger recoveries = new AtomicInteger();
    private final Map<String, AtomicLong> outcomes = new ConcurrentHashMap<>();
    private final ScheduledExecutorService disturber = Executors.newScheduledThreadPool(2);
    private volatile String fault;
    private volatile Contexts contexts;

    private Soak(int count, String cache) {
        this.count = count;
        this.cache = cache;
        contexts = new Contexts();
    }

    public static void main(String[] arguments) throws Exception {
        boolean isGood = new Soak(Integer.parseInt(arguments[0]), arguments[1]).run();
        System.exit(isGood ? 0 : 1);
    }

    /**
     * Of one process. Calls with a password are left in peace: when they are cut off, they soon count as too many attempts.
     * Those that are not have nothing in the cache, and last long enough to be disturbed.
     */
    private final class Contexts {
        final Context withPassword;
        final Context withKeys;

        Contexts() {
            char[] password = "correct horse \"battery\" st\u00e4ple".toCharArray();
            char[] key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".toCharArray(); // AWS's own example
            try (Settings first = settings(cache).set("idp", "form").set("idp_url", System.getProperty("awsfed.test.start"))
                            .set("user", "alice").setSecret("password", password);
                    Settings second = settings("off").set("role_arn", "arn:aws:iam::123456789012:role/build")
                            .set("role_session_name", "soak").set("access_key_id", "AKIAIOSFODNN7EXAMPLE")
                            .setSecret("secret_access_key", key)) {
                withPassword = new Context(first);
                withKeys = new Context(second);
            }
        }

        private Settings settings(String cache) {
            return new Settings().set("http_loopback", "true").set("region", "us-east-1").set("cache", cache)
                    .set("sts_endpoint", System.getProperty("awsfed.test.sts"));
        }
    }

    private boolean run() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; ++i) {
            Thread thread = new Thread(new Worker(seed + i), "soak-" + i);
            threads.add(thread);
            thread.start();
        }
        int kills = watch();
        for (Thread thread : threads) {
            thread.join();
        }
        disturber.shutdownNow();
        System.out.println("calls " + new TreeMap<>(outcomes));
        boolean isGood = claim("every call ended as one may (seed " + seed + ")", fault == null, fault);
        isGood &= claim("calls were cancelled and interrupted", seen("cancelled") && seen("interrupted"), outcomes);
        if (kills > 0) {
            isGood &= claim(kills + " kills of the process: each call in it said so, and a new context worked",
                    seen("process-ended") && recoveries.get() == kills, recoveries + " recoveries, " + outcomes);
        }
        return isGood;
    }

    private boolean seen(String outcome) {
        return outcomes.containsKey(outcome);
    }

    private static boolean claim(String what, boolean isSo, Object otherwise) {
        System.out.println(isSo ? "ok " + what : "FAIL " + what + ": " + otherwise);
        return isSo;
    }

    /** Kills in the first half; the second half of the memory series is of one process. */
    private int watch() throws Exception {
        int kills = 0;
        for (int tenth = 1; tenth <= 10; ++tenth) {
            while (begun.get() < (long) count * tenth / 10 && fault == null) {
                Thread.sleep(20);
            }
            System.out.println("memory " + begun.get() + " " + residentKib("self") + " " + childKib());
            if (IS_OUTSIDE && kills < KILLS && fault == null) {
                int before = recoveries.get();
                child().destroyForcibly();
                ++kills;
                while (recoveries.get() == before && fault == null) {
                    Thread.sleep(5);
                }
            }
        }
        return kills;
    }

    private static ProcessHandle child() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).findFirst().orElseThrow();
    }

    private static long childKib() throws IOException {
        return IS_OUTSIDE ? residentKib(Long.toString(child().pid())) : 0;
    }

    private static long residentKib(String pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IllegalStateException("no VmRSS");
    }

    /** Of the threads that find the process gone, one makes other contexts. */
    private synchronized void recover(Contexts gone) {
        if (contexts == gone) {
            contexts = new Contexts();
            recoveries.incrementAndGet();
        }
    }

    private void count(String outcome) {
        outcomes.computeIfAbsent(outcome, name -> new AtomicLong()).incrementAndGet();
    }

    /** One thread of a host. */
    private final class Worker implements Runnable {
        private final java.util.Random random;
        private Thread interruptible; // under the lock of this object

        Worker(long seed) {
            random = new java.util.Random(seed);
        }

        @Override
        public void run() {
            try {
                while (fault == null && begun.incrementAndGet() <= count) {
                    one();
                }
            } catch (RuntimeException | Error failure) {
                java.io.StringWriter text = new java.io.StringWriter();
                failure.printStackTrace(new java.io.PrintWriter(text));
                fault = text.toString();
            }
        }

        private void one() {
            Contexts current = contexts;
            int dice = random.nextInt(1000);
            try {
                if (dice < 100) {
                    cancelled(current.withKeys);
                } else if (dice < 200) {
                    interrupted(current.withKeys);
                } else if (dice < 205) {
                    System.gc();
                    used(current.withPassword, null, false);
                } else {
                    used(current.withPassword, null, dice < 250); // some are left to the collector
                }
            } catch (AwsfedException.Cancelled wanted) {
                count(dice < 100 ? "cancelled" : "interrupted");
                if (dice >= 200) {
                    throw wanted;
                }
            } catch (AwsfedException ended) {
                endOf(current, ended, ended.code().equals("process-ended"));
            } catch (IllegalStateException ended) {
                endOf(current, ended, ended.getMessage().contains("another process"));
            }
        }

        private void endOf(Contexts current, RuntimeException failure, boolean isEnd) {
            if (!IS_OUTSIDE || !isEnd) {
                throw failure;
            }
            count("process-ended");
            recover(current);
        }

        private void used(Context current, Cancel cancel, boolean isLeft) {
            Credentials credentials = current.obtain(null, cancel);
            boolean isRight = credentials.accessKeyId().equals("ASIAFAKEFAKEFAKEFAKE")
                    && credentials.secretAccessKey().equals("fakeSecret/fakeSecret+fakeSecret");
            if (!isRight) {
                throw new IllegalArgumentException("other credentials: " + credentials);
            }
            if (!isLeft) {
                credentials.close();
            }
            count("obtained");
        }

        private long delay() {
            return random.nextInt((int) DELAY_US_MAX);
        }

        private void cancelled(Context current) {
            Cancel cancel = new Cancel();
            disturber.schedule(() -> {
                try {
                    cancel.now();
                } catch (IllegalStateException | AwsfedException over) { // it was closed, or its process has ended
                }
            }, delay(), TimeUnit.MICROSECONDS);
            used(current, cancel, false);
        }

        /** No interrupt comes after the call. */
        private void interrupted(Context current) {
            synchronized (this) {
                interruptible = Thread.currentThread();
            }
            var later = disturber.schedule(() -> {
                synchronized (this) {
                    if (interruptible != null) {
                        interruptible.interrupt();
                    }
                }
            }, delay(), TimeUnit.MICROSECONDS);
            try {
                used(current, null, false);
            } finally {
                later.cancel(false);
                synchronized (this) {
                    interruptible = null;
                }
                Thread.interrupted();
            }
        }
    }
}
