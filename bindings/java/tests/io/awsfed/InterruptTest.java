package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
