package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.awsfed.loopback.LoopbackServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Credentials that are renewed, at an STS whose every answer has another key. */
@Timeout(60)
class RenewedTest {
    private static final Duration NO_TIME = Duration.ofSeconds(1);
    private static final Duration LONGER_THAN_A_SESSION = Duration.ofHours(2);

    private final AtomicInteger sessions = new AtomicInteger();
    private final AtomicInteger contexts = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile int status = 200;
    private volatile Duration life = Duration.ofHours(1);
    private LoopbackServer sts;

    @BeforeEach
    void start() throws IOException {
        sts = new LoopbackServer((path, body) -> {
            requests.incrementAndGet();
            held.await();
            int now = status;
            return new LoopbackServer.Answer(now, "text/xml", now == 200 ? session(sessions.incrementAndGet()) : refusal());
        });
    }

    @AfterEach
    void stop() {
        held.countDown();
        sts.close();
    }

    /** Some that ask while another one's request is held at the STS; their ends are added to that list. */
    private List<Thread> waiting(Renewed<String> renewed, int count, List<Object> ends) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; ++i) {
            Thread thread = new Thread(() -> {
                try {
                    ends.add(renewed.get());
                } catch (AwsfedException failure) {
                    ends.add(failure);
                    ends.add(Thread.currentThread().isInterrupted());
                }
            });
            thread.start();
            threads.add(thread);
            while (requests.get() == 0 || (i > 0 && thread.getState() != Thread.State.WAITING)) {
                Thread.sleep(5);
            }
        }
        return threads;
    }

    @Test
    void whoeverWaitsForAnothersRenewalIsInterrupted() throws Exception {
        List<Object> ends = new CopyOnWriteArrayList<>();
        held = new CountDownLatch(1);
        try (Renewed<String> renewed = renewed(NO_TIME)) {
            List<Thread> threads = waiting(renewed, 2, ends);
            threads.get(1).interrupt();
            threads.get(1).join(10_000);
            assertEquals(AwsfedException.Cancelled.class, ends.get(0).getClass());
            assertEquals(true, ends.get(1), "the interrupt is still to be seen");
            held.countDown();
            threads.get(0).join(10_000);
            assertEquals("ASIA0000000000000001", ends.get(2));
        }
    }

    @Test
    void whoeverWaitsDoesNotTryOneAfterTheOther() throws Exception {
        List<Object> ends = new CopyOnWriteArrayList<>();
        held = new CountDownLatch(1);
        status = 503;
        try (Renewed<String> renewed = renewed(NO_TIME)) {
            List<Thread> threads = waiting(renewed, 6, ends);
            held.countDown();
            for (Thread thread : threads) {
                thread.join(20_000);
            }
            assertEquals(12, ends.size(), "each has failed: " + ends);
            assertEquals(2, requests.get(), "that of the first, and one for all that waited");
            status = 200;
            assertEquals("ASIA0000000000000001", renewed.get(), "who comes later tries again");
        }
    }

    @Test
    void whoIsStoppedFailsNobodyElse() throws Exception {
        List<Object> ends = new CopyOnWriteArrayList<>();
        held = new CountDownLatch(1);
        try (Renewed<String> renewed = renewed(NO_TIME)) {
            List<Thread> threads = waiting(renewed, 3, ends);
            threads.get(0).interrupt();
            threads.get(0).join(10_000);
            held.countDown();
            threads.get(1).join(10_000);
            threads.get(2).join(10_000);
            assertEquals(AwsfedException.Cancelled.class, ends.get(0).getClass());
            assertEquals(ends.get(2), ends.get(3), "both have credentials");
            assertEquals(4, ends.size(), ends.toString());
        }
    }

    private String session(int number) {
        return "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials><AccessKeyId>"
                + String.format("ASIA%016d", number) + "</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token"
                + "</SessionToken><Expiration>" + Instant.now().plus(life).toString().replaceAll("\\.\\d+", "") + "</Expiration>"
                + "</Credentials></AssumeRoleResult></AssumeRoleResponse>";
    }

    private String refusal() {
        String code = status == 403 ? "AccessDenied" : "ServiceUnavailable";
        return "<ErrorResponse><Error><Code>" + code + "</Code><Message>no</Message></Error></ErrorResponse>";
    }

    private Context context() {
        contexts.incrementAndGet();
        try (Settings settings = new Settings().set("sts_endpoint", sts.url(""))
                .set("http_loopback", "true").set("region", "us-east-1").set("cache", "off").set("attempts", "1")
                .set("role_arn", "arn:aws:iam::123456789012:role/build").set("role_session_name", "test")
                .set("access_key_id", "AKIAIOSFODNN7EXAMPLE")
                .setSecret("secret_access_key", "secret".toCharArray())) {
            return new Context(settings);
        }
    }

    private Renewed<String> renewed(Duration left) {
        return new Renewed<>(this::context, Credentials::accessKeyId, left);
    }

    @Test
    void whatHasEnoughLeftIsGivenAgain() {
        try (Renewed<String> renewed = renewed(NO_TIME)) {
            assertEquals(0, contexts.get(), "nothing is made before it is needed");
            assertEquals(renewed.get(), renewed.get());
            assertEquals(1, sessions.get());
            renewed.expire();
            assertEquals("ASIA0000000000000002", renewed.get());
            assertEquals(1, contexts.get());
        }
    }

    @Test
    void whatHasTooLittleLeftIsRenewed() {
        try (Renewed<String> renewed = renewed(LONGER_THAN_A_SESSION)) {
            assertNotEquals(renewed.get(), renewed.get());
        }
    }

    @Test
    void whatStillWorksIsGivenWhileTheServiceIsAway() {
        try (Renewed<String> renewed = renewed(LONGER_THAN_A_SESSION)) {
            String first = renewed.get();
            status = 503;
            assertEquals(first, renewed.get());
            status = 403;
            assertThrows(AwsfedException.Denied.class, renewed::get, "a denial does not pass by itself");
            renewed.expire();
            status = 503;
            assertThrows(AwsfedException.class, renewed::get, "nothing is there to be given");
        }
    }

    @Test
    void whatHasEndedIsNotGivenWhileTheServiceIsAway() throws Exception {
        life = Duration.ofSeconds(2);
        try (Renewed<String> renewed = renewed(LONGER_THAN_A_SESSION)) {
            renewed.get();
            status = 503;
            Instant end = Instant.now().plus(life);
            while (Instant.now().isBefore(end)) {
                Thread.sleep(50);
            }
            assertThrows(AwsfedException.class, renewed::get);
        }
    }

    @Test
    void manyThreadsCostOneSession() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try (Renewed<String> renewed = renewed(NO_TIME)) {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < 32; ++i) {
                calls.add(renewed::get);
            }
            for (Future<String> done : pool.invokeAll(calls)) {
                assertEquals("ASIA0000000000000001", done.get());
            }
            assertEquals(1, sessions.get());
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aProcessThatHasEndedCostsANewContextOnce() {
        assumeTrue(Library.transport() instanceof ChildProcess);
        try (Renewed<String> renewed = renewed(LONGER_THAN_A_SESSION)) {
            renewed.get();
            ProcessHandle.of(((ChildProcess) Library.transport()).pid()).orElseThrow().destroyForcibly();
            assertEquals("ASIA0000000000000002", renewed.get());
            assertEquals(2, contexts.get());
        }
    }

    @Test
    void whatIsClosedIsRefused() {
        Renewed<String> renewed = renewed(NO_TIME);
        renewed.get();
        renewed.close();
        renewed.close();
        assertThrows(IllegalStateException.class, renewed::get);
    }
}
