package io.awsfed.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.awsfed.AwsfedException;
import io.awsfed.Cancel;
import io.awsfed.Context;
import io.awsfed.Settings;
import io.awsfed.examples.common.AwsVariables;
import io.awsfed.examples.common.BuildTimer;
import io.awsfed.examples.common.LogMask;
import io.awsfed.examples.common.MaskingStream;
import io.awsfed.examples.common.Renewal;
import io.awsfed.examples.common.Told;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What both plug-ins are made of. */
@Timeout(60)
class CommonTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    // ---- masks ---------------------------------------------------------------------------------------

    @Test
    void theLongestFormIsHiddenFirstAndNothingIsForgotten() {
        LogMask mask = new LogMask();
        mask.add(List.of("secret", ""));
        mask.add(List.of("secret/of/two", "other"));
        assertEquals("a ******** b ******** c ******** d", mask.hide("a secret/of/two b secret c other d"));
    }

    private static String through(LogMask mask, String text, int piece) throws Exception {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (MaskingStream stream = new MaskingStream(log, mask)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < bytes.length; i += piece) {
                stream.write(bytes, i, Math.min(piece, bytes.length - i));
                stream.flush();
            }
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aSecretInPiecesIsHiddenAndTheRestIsAsItWas() throws Exception {
        LogMask mask = new LogMask();
        mask.add(List.of("p\u00e4ssword-\ud83d\udd11", "second"));
        String text = "\u00fcber p\u00e4ssword-\ud83d\udd11!\r\nsecond\n\nno end of line: second";
        for (int piece : new int[] {1, 2, 3, 7, 1000}) {
            assertEquals("\u00fcber ********!\r\n********\n\nno end of line: ********", through(mask, text, piece));
        }
    }

    @Test
    void aSecretInALineWithoutAnEndIsHiddenWhereverItStands() throws Exception {
        LogMask mask = new LogMask();
        mask.add(List.of("0123456789"));
        for (int before = 64 * 1024 - 12; before < 64 * 1024 + 2; ++before) {
            String text = "x".repeat(before) + "0123456789" + "y".repeat(70_000);
            String shown = "x".repeat(before) + LogMask.SHOWN + "y".repeat(70_000);
            assertTrue(shown.equals(through(mask, text, 8192)), "after " + before); // nobody reads 130,000 letters
        }
    }

    // ---- renewal -------------------------------------------------------------------------------------

    private final ManualTimer timer = new ManualTimer();
    private final ArrayDeque<Supplier<Instant>> turns = new ArrayDeque<>();
    private final List<RuntimeException> failures = new ArrayList<>();
    private final Renewal renewal = new Renewal(timer, Clock.fixed(NOW, ZoneOffset.UTC),
            () -> Optional.ofNullable(turns.remove().get()), failures::add);

    private void ends(Duration life) {
        turns.add(() -> NOW.plus(life));
    }

    @Test
    void itAsksInTheLastQuarterOrTheLastQuarterOfAnHour() {
        for (String[] of : new String[][] {{"PT1H", "PT45M"}, {"PT12H", "PT11H45M"}, {"PT15M", "PT11M15S"}, {"PT40S", "PT30S"},
                {"PT-5M", "PT30S"}}) {
            ends(Duration.parse(of[0]));
            renewal.begin();
            assertEquals(Duration.parse(of[1]), timer.delay());
        }
    }

    @Test
    void whatNeverEndsIsNotRenewed() {
        turns.add(() -> null);
        renewal.begin();
        assertEquals(0, timer.count());
    }

    @Test
    void aFirstFailureIsThrown() {
        turns.add(() -> {
            throw new IllegalStateException("first");
        });
        assertThrows(IllegalStateException.class, renewal::begin);
        assertEquals(0, timer.count());
        assertEquals(List.of(), failures);
    }

    /** A network that is not there may be there again; a setting that is wrong stays so. */
    private static AwsfedException failure(String setting, String value) {
        try (Settings settings = new Settings().set("idp", "form").set("http_loopback", "true").set("user", "a")
                .set("role_arn", Place.ROLE).set("region", "eu-central-1").set("idp_url", "http://127.0.0.1:1/").set(setting, value)
                .setSecret("password", "b".toCharArray()); Context context = new Context(settings)) {
            return assertThrows(AwsfedException.class, context::obtain);
        }
    }

    @Test
    void aFailureThatMayPassIsToldAndTriedAgain() {
        AwsfedException network = failure("attempts", "1");
        assertTrue(network instanceof AwsfedException.Network, network::explain);
        ends(Duration.ofHours(1));
        renewal.begin();
        turns.add(() -> {
            throw network;
        });
        timer.fire();
        assertEquals(List.of(network), failures);
        assertTrue(timer.delay().compareTo(Duration.ofMinutes(1)) >= 0, timer.delay()::toString);
        ends(Duration.ofHours(1));
        timer.fire();
        assertEquals(Duration.ofMinutes(45), timer.delay());
        assertEquals(1, failures.size());
    }

    @Test
    void aStopEndsItWithoutAWord() {
        AwsfedException stopped;
        try (Context context = new Context(null); Cancel cancel = new Cancel(); Settings settings = new Settings()
                .set("idp", "form").set("http_loopback", "true").set("idp_url", "http://127.0.0.1:1/").set("user", "a")
                .set("role_arn", Place.ROLE).set("region", "eu-central-1").setSecret("password", "b".toCharArray())) {
            cancel.now();
            stopped = assertThrows(AwsfedException.Cancelled.class, () -> context.obtain(settings, cancel));
        }
        ends(Duration.ofHours(1));
        renewal.begin();
        turns.add(() -> {
            throw stopped;
        });
        timer.fire();
        assertEquals(List.of(), failures);
        assertEquals(0, timer.count());
    }

    @Test
    void aHostsExecutorIsATimer() throws Exception {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        CountDownLatch ran = new CountDownLatch(1);
        BuildTimer.of(executor).after(Duration.ofMillis(1), ran::countDown).get();
        assertEquals(0, ran.getCount());
        assertTrue(BuildTimer.of(executor).after(Duration.ofHours(1), ran::countDown).cancel(true));
        executor.shutdownNow();
    }

    @Test
    void aRefusalEndsIt() {
        AwsfedException wrong = failure("idp_url", "http://corp.example/"); // a password without TLS
        assertTrue(wrong.retryAfter().isEmpty(), wrong::explain);
        ends(Duration.ofHours(1));
        renewal.begin();
        turns.add(() -> {
            throw wrong;
        });
        timer.fire();
        assertEquals(List.of(wrong), failures);
        assertEquals(0, timer.count());
    }

    /** Does not outlive a test that fails. */
    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    void closingItInterruptsATurnAndWaitsForIt() throws Exception {
        CountDownLatch inTurn = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        ends(Duration.ofHours(1));
        renewal.begin();
        turns.add(() -> {
            inTurn.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stopped) {
                over.countDown();
            }
            throw new IllegalStateException("stopped");
        });
        Thread thread = daemon(timer::fire);
        inTurn.await();
        FutureTask<Void> closed = new FutureTask<>(renewal::close, null);
        daemon(closed);
        closed.get(20, TimeUnit.SECONDS);
        assertEquals(0, over.getCount());
        assertEquals(List.of(), failures, "what was stopped is no failure");
        thread.join();
        assertEquals(0, timer.count());
    }

    // ---- the rest ------------------------------------------------------------------------------------

    @Test
    void aProcessIsNobodyElse() {
        Map<String, String> environment = new HashMap<>(Map.of("AWS_PROFILE", "x", "AWS_SESSION_TOKEN", "old", "PATH", "/bin",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/", "AWS_REGION", "us-east-1"));
        AwsVariables.put(environment, Map.of("AWS_ACCESS_KEY_ID", "A", "AWS_SECRET_ACCESS_KEY", "S"), "eu-central-1");
        assertEquals(Map.of("PATH", "/bin", "AWS_ACCESS_KEY_ID", "A", "AWS_SECRET_ACCESS_KEY", "S", "AWS_REGION", "eu-central-1",
                "AWS_DEFAULT_REGION", "eu-central-1"), environment);
    }

    @Test
    void aFailureIsToldWithAdviceAndName() {
        AwsfedException wrong = failure("idp_url", "http://corp.example/");
        List<String> lines = Told.lines(wrong);
        assertEquals("awsfed: " + wrong.getMessage(), lines.get(0));
        assertTrue(lines.get(lines.size() - 1).contains("(" + wrong.code()), lines::toString);
        assertFalse(String.join("\n", lines).contains("Exception"));
    }
}
