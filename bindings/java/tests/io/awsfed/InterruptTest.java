package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A build that is stopped interrupts the thread that waits. */
@Timeout(60)
class InterruptTest {
    private static Context waiting(FormProvider provider) {
        return new Context(Fake.withoutUser().set("idp_url", provider.url("/never")).set("user", "alice")
                .setSecret("password", "x".toCharArray()));
    }

    @Test
    void aCallEndsWhenItsThreadIsInterrupted() throws Exception {
        try (FormProvider provider = new FormProvider(); Context context = waiting(provider)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            AtomicReference<Boolean> flag = new AtomicReference<>();
            Thread thread = new Thread(() -> {
                try {
                    context.obtain();
                } catch (Throwable failure) {
                    thrown.set(failure);
                }
                flag.set(Thread.currentThread().isInterrupted());
            });
            thread.start();
            assertTrue(provider.waiting.await(20, TimeUnit.SECONDS));
            long before = System.nanoTime();
            thread.interrupt();
            thread.join(10_000);
            long ms = (System.nanoTime() - before) / 1_000_000;
            assertEquals(AwsfedException.Cancelled.class, thrown.get().getClass());
            assertTrue(flag.get(), "the interrupt is still to be seen");
            assertTrue(ms < 5_000, ms + " ms");
        }
    }

    @Test
    void noOtherCallEndsWithIt() throws Exception {
        try (FormProvider provider = new FormProvider(); Context context = waiting(provider); Context good = new Context(Fake.settings())) {
            Thread stopped = new Thread(() -> quietly(context));
            stopped.start();
            assertTrue(provider.waiting.await(20, TimeUnit.SECONDS));
            AtomicReference<String> result = new AtomicReference<>();
            CountDownLatch go = new CountDownLatch(1);
            Thread other = new Thread(() -> {
                go.countDown();
                for (int i = 0; i < 200; ++i) {
                    try (Credentials credentials = good.obtain()) {
                        result.set(credentials.accessKeyId());
                    }
                }
            });
            other.start();
            go.await();
            stopped.interrupt();
            stopped.join(10_000);
            other.join(30_000);
            assertEquals("ASIAFAKEFAKEFAKEFAKE", result.get());
        }
    }

    private static void quietly(Context context) {
        try {
            context.obtain();
        } catch (AwsfedException expected) {
            assertEquals(AwsfedException.Cancelled.class, expected.getClass());
        }
    }

    @Test
    void manyInterruptsAtOnceBlockNobody() throws Exception {
        List<Thread> threads = new ArrayList<>();
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        // Without a password: attempts with one that are cut off would soon be too many.
        try (Context context = new Context(new Settings().set("sts_endpoint", System.getProperty("awsfed.test.sts"))
                .set("http_loopback", "true").set("region", "us-east-1").set("role_arn", Fake.ROLE).set("role_session_name", "test")
                .set("cache", "off").set("access_key_id", "AKIAIOSFODNN7EXAMPLE")
                .setSecret("secret_access_key", "secret".toCharArray()))) {
            for (int i = 0; i < 8; ++i) {
                Thread thread = new Thread(() -> {
                    try {
                        for (int round = 0; round < 100; ++round) {
                            quietly(context);
                            Thread.interrupted();
                        }
                    } catch (Throwable failure) {
                        wrong.set(failure);
                    }
                });
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(50);
            while (threads.stream().anyMatch(Thread::isAlive) && System.nanoTime() < end) {
                threads.forEach(Thread::interrupt);
                Thread.sleep(1);
            }
            assertEquals(0, threads.stream().filter(Thread::isAlive).count(), "threads that are still in a call");
            assertEquals(null, wrong.get());
        }
    }

    @Test
    void anErrorOfOneCancelIsTriedAgainAndStopsNoOther() throws Exception {
        CountDownLatch broken = new CountDownLatch(3);
        CountDownLatch sound = new CountDownLatch(1);
        Cancel failing = new Cancel(new FakeTransport(call -> {
            if (call == Call.CANCEL_NOW) {
                broken.countDown();
                throw new OutOfMemoryError("of a test");
            }
        }));
        Cancel good = new Cancel(new FakeTransport(call -> {
            if (call == Call.CANCEL_NOW) {
                sound.countDown();
            }
        }));
        Thread thread = new Thread(() -> {
            Interrupts.Watch first = Interrupts.watch(failing);
            Interrupts.Watch second = Interrupts.watch(good);
            Thread.currentThread().interrupt();
            while (sound.getCount() + broken.getCount() > 0) {
                Thread.onSpinWait();
            }
            first.close();
            second.close();
        });
        thread.setDaemon(true);
        thread.start();
        assertTrue(broken.await(20, TimeUnit.SECONDS), "it is tried again");
        assertTrue(sound.await(20, TimeUnit.SECONDS), "the other one is used");
        thread.join();
    }

    @Test
    void aCancelIsClosedOnceNobodyUsesIt() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Cancel cancel = new Cancel(new FakeTransport(call -> {
            if (call == Call.CANCEL_NOW) {
                entered.countDown();
                await(go);
            }
        }));
        Thread stops = new Thread(cancel::now);
        stops.start();
        entered.await();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread closes = new Thread(() -> {
            try {
                cancel.close();
            } catch (IllegalStateException refused) {
                thrown.set(refused);
            }
        });
        closes.start();
        while (closes.getState() != Thread.State.BLOCKED && closes.isAlive()) {
            Thread.sleep(5);
        }
        go.countDown();
        stops.join();
        closes.join();
        assertEquals(null, thrown.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void thereIsNoThreadLeftSoonAfter() throws Exception {
        try (Context context = new Context(Fake.settings())) {
            context.obtain().close();
        }
        for (int i = 0; i < 100 && runs(); ++i) {
            Thread.sleep(100);
        }
        assertEquals(false, runs());
    }

    private static boolean runs() {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals("awsfed-interrupts"));
    }
}
