package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sign-ins over real sockets: against the identity provider and STS of tests/fakes, and a form of our own. */
@Timeout(60)
class ObtainTest {
    private static final String PASSWORD = "correct horse \"battery\" st\u00e4ple";

    private static Settings settings(String start) {
        return new Settings().set("idp", "form").set("idp_url", start).set("http_loopback", "true").set("user", "alice")
                .set("sts_endpoint", System.getProperty("awsfed.test.sts"));
    }

    private static Settings settings() {
        return settings(System.getProperty("awsfed.test.start"));
    }

    @Test
    void aPasswordIsTradedForCredentials() {
        char[] password = PASSWORD.toCharArray();
        try (Settings settings = settings().setSecret("password", password);
                Context context = new Context(settings);
                Credentials credentials = context.obtain()) {
            assertEquals("ASIAFAKEFAKEFAKEFAKE", credentials.accessKeyId());
            assertEquals("fakeSecret/fakeSecret+fakeSecret", credentials.environment().get("AWS_SECRET_ACCESS_KEY"));
            assertEquals("fakeToken//////////fakeToken==", credentials.environment().get("AWS_SESSION_TOKEN"));
            assertTrue(credentials.expires().orElseThrow().isAfter(Instant.now()));
            assertTrue(credentials.format("sh").contains("AWS_SESSION_TOKEN"));
            assertEquals("Credentials[ASIAFAKEFAKEFAKEFAKE]", credentials.toString());
            assertThrows(AwsfedException.Usage.class, () -> credentials.format("tea"));
        }
        assertArrayEquals(new char[PASSWORD.length()], password, "the caller's array is wiped");
    }

    @Test
    void theSettingsOfACallLieOverThoseOfTheContext() {
        try (Context context = new Context(settings().setSecret("password", "wrong".toCharArray()));
                Settings right = new Settings().setSecret("password", PASSWORD.toCharArray())) {
            assertEquals("ASIAFAKEFAKEFAKEFAKE", context.obtain(right, null).accessKeyId());
            assertThrows(AwsfedException.Refused.class, context::obtain);
        }
    }

    @Test
    void aWrongPasswordIsRefusedAndNeverRepeated() {
        try (Context context = new Context(settings().setSecret("password", "hunter2-hunter2".toCharArray()))) {
            AwsfedException.Refused refused = assertThrows(AwsfedException.Refused.class, context::obtain);
            assertEquals("credentials-refused", refused.code());
            assertFalse(refused.stage().isEmpty());
            assertFalse(refused.advice().isEmpty());
            assertTrue(refused.retryAfter().isEmpty());
            StringWriter trace = new StringWriter();
            refused.printStackTrace(new PrintWriter(trace));
            assertFalse((trace + refused.explain()).contains("hunter2"));
        }
    }

    @Test
    void everyCharacterOfAPasswordArrivesAsUtf8() throws Exception {
        // Two, three and four bytes: JNI's own encoding would send the key as six, and NUL as two.
        String password = "\u00fc\u20ac\ud83d\udd11 &=+%";
        try (FormProvider provider = new FormProvider();
                Context context = new Context(settings(provider.url("/start")).setSecret("password", password.toCharArray()))) {
            assertThrows(AwsfedException.Refused.class, context::obtain);
            String sent = provider.posts.poll(10, TimeUnit.SECONDS);
            String field = sent.substring(sent.indexOf("password=") + 9);
            assertEquals(password, URLDecoder.decode(field, StandardCharsets.UTF_8));
            assertTrue(field.contains("%F0%9F%94%91"), field);
            assertEquals(0, provider.posts.size(), "one post");
        }
    }

    @Test
    void halfASurrogatePairIsRefusedAndWipedAllTheSame() {
        for (String half : new String[] {"x\ud83d", "\udd11x", "\ud83dx"}) {
            char[] password = half.toCharArray();
            try (Settings settings = new Settings()) {
                assertThrows(IllegalArgumentException.class, () -> settings.setSecret("password", password));
                assertThrows(IllegalArgumentException.class, () -> settings.set("user", half));
            }
            assertArrayEquals(new char[half.length()], password);
        }
    }

    @Test
    void aSettingAtFaultIsNamed() {
        try (Settings settings = new Settings()) {
            AwsfedException.Setting unknown = assertThrows(AwsfedException.Setting.class, () -> settings.set("role_am", "x"));
            assertEquals("setting-unknown", unknown.code());
            assertEquals("role_am", unknown.setting());
            AwsfedException.Setting locked =
                    assertThrows(AwsfedException.Setting.class, () -> settings.override("allow_commands", "true"));
            assertEquals("setting-locked", locked.code());
            assertThrows(AwsfedException.Setting.class, () -> settings.set("password", "in the clear"));
        }
    }

    @Test
    void aCallIsCancelledFromAnotherThread() throws Exception {
        try (FormProvider provider = new FormProvider();
                Context context = new Context(settings(provider.url("/never")).setSecret("password", "x".toCharArray()));
                Cancel cancel = new Cancel()) {
            CompletableFuture<Credentials> call = CompletableFuture.supplyAsync(() -> context.obtain(null, cancel));
            assertTrue(provider.waiting.await(20, TimeUnit.SECONDS));
            assertThrows(IllegalStateException.class, context::close, "a context in use cannot be closed");
            cancel.now();
            ExecutionException ended = assertThrows(ExecutionException.class, () -> call.get(20, TimeUnit.SECONDS));
            assertEquals(AwsfedException.Cancelled.class, ended.getCause().getClass());
            assertThrows(AwsfedException.Cancelled.class, () -> context.obtain(null, cancel), "it stays cancelled");
        }
    }

    @Test
    void oneContextServesManyThreads() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try (Context context = new Context(settings().setSecret("password", PASSWORD.toCharArray()))) {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < 32; ++i) {
                calls.add(() -> {
                    try (Credentials credentials = context.obtain()) {
                        return credentials.sessionToken();
                    }
                });
            }
            for (Future<String> done : pool.invokeAll(calls)) {
                assertEquals("fakeToken//////////fakeToken==", done.get());
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void anExceptionTravelsFromAgentToController() throws Exception {
        try (Settings settings = new Settings()) {
            AwsfedException thrown = assertThrows(AwsfedException.class, () -> settings.set("role_am", "x"));
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            new ObjectOutputStream(wire).writeObject(thrown);
            Object arrived = new ObjectInputStream(new ByteArrayInputStream(wire.toByteArray())).readObject();
            assertEquals(AwsfedException.Setting.class, arrived.getClass());
            assertEquals(thrown.explain(), ((AwsfedException) arrived).explain());
        }
    }
}
