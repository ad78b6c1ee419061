package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of native objects, however Java treats them. */
@Timeout(120)
class HandleTest {
    @Test
    void whatIsClosedIsRefusedNotUsed() {
        Settings settings = new Settings();
        Context context = new Context(settings);
        settings.close();
        settings.close();
        assertThrows(IllegalStateException.class, () -> settings.set("user", "alice"));
        assertThrows(IllegalStateException.class, () -> context.obtain(settings, null));
        assertThrows(IllegalStateException.class, () -> new Context(settings));
        context.close();
        assertThrows(IllegalStateException.class, context::obtain);
        Cancel cancel = new Cancel();
        cancel.close();
        assertThrows(IllegalStateException.class, cancel::now);
    }

    @Test
    void aConversationIsOneThreadsWhileItSteps() throws Exception {
        try (FormProvider provider = new FormProvider();
                Context context = new Context(Fake.withoutUser().set("idp_url", provider.url("/never")).set("user", "alice"));
                SignIn signIn = context.signIn(null)) {
            AtomicReference<Throwable> ended = new AtomicReference<>();
            Thread first = new Thread(() -> ended.set(assertThrows(AwsfedException.class, () -> signIn.step(null))));
            first.start();
            assertTrue(provider.waiting.await(20, TimeUnit.SECONDS));
            assertThrows(IllegalStateException.class, () -> signIn.step(null));
            assertThrows(IllegalStateException.class, signIn::questions);
            assertThrows(IllegalStateException.class, signIn::result);
            assertThrows(IllegalStateException.class, signIn::close);
            first.interrupt();
            first.join(20_000);
            assertEquals(AwsfedException.Cancelled.class, ended.get().getClass());
            assertThrows(AwsfedException.class, () -> signIn.step(null), "a failure is final, and no refusal of ours");
        }
    }

    @Test
    void aQuestionIsNotAnsweredWhileItsConversationSteps() throws Exception {
        try (FormProvider provider = new FormProvider();
                Context context = new Context(Fake.withoutUser().set("idp_url", provider.url("/slow")));
                SignIn signIn = context.signIn(null)) {
            assertEquals(SignIn.State.ASKS, signIn.step(null));
            SignIn.Question user = signIn.questions().get(0);
            user.answer("alice".toCharArray());
            assertEquals(SignIn.State.ASKS, signIn.step(null));
            signIn.questions().get(0).answer("wrong".toCharArray());
            Thread first = new Thread(() -> assertThrows(AwsfedException.Cancelled.class, () -> signIn.step(null)));
            first.start();
            assertTrue(provider.waiting.await(20, TimeUnit.SECONDS));
            char[] late = {'b', 'o', 'b'};
            assertThrows(IllegalStateException.class, () -> user.answer(late));
            assertEquals("\0\0\0", new String(late));
            first.interrupt();
            first.join(20_000);
        }
    }

    @Test
    void nullIsAnExceptionAndNeverACrash() {
        try (Settings settings = new Settings(); Context context = new Context(null)) {
            assertThrows(NullPointerException.class, () -> settings.setSecret("password", (char[]) null));
            assertThrows(NullPointerException.class, () -> settings.setSecret("password", (byte[]) null));
            assertThrows(NullPointerException.class, () -> settings.setSecret(null, new char[] {'x'}));
            assertThrows(NullPointerException.class, () -> settings.set(null, "x"));
            assertThrows(NullPointerException.class, () -> settings.set("user", null));
            assertThrows(NullPointerException.class, () -> settings.override("user", null));
            assertThrows(NullPointerException.class, () -> settings.load(null, "x"));
            assertThrows(AwsfedException.class, context::obtain);
        }
    }

    @Test
    void aFailedSecretIsWipedEvenWhenTheSettingsAreClosed() {
        Settings settings = new Settings();
        settings.close();
        char[] password = {'a', 'b'};
        assertThrows(IllegalStateException.class, () -> settings.setSecret("password", password));
        assertEquals("\0\0", new String(password));
    }

    @Test
    void whatNobodyClosesIsFreedByTheCollector() throws Exception {
        leak(400); // warm
        long before = residentMib();
        for (int round = 0; round < 10; ++round) {
            leak(400); // 240 MB of native memory in all, if nothing were freed
            System.gc();
            Thread.sleep(50);
        }
        long grown = residentMib() - before;
        assertTrue(grown < 100, "resident memory grew by " + grown + " MiB");
    }

    private static void leak(int count) {
        String user = "x".repeat(60_000);
        for (int i = 0; i < count; ++i) {
            new Settings().set("user", user);
        }
    }

    private static long residentMib() throws Exception {
        for (String line : Files.readAllLines(Paths.get("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        throw new IllegalStateException("no VmRSS");
    }

    @Test
    void aLockedSectionOfAConfigFileIsLoaded() throws Exception {
        Path file = Files.createTempFile("awsfed", ".ini");
        try (Settings settings = new Settings(); Settings other = new Settings()) {
            Files.writeString(file, "[connector build]\nrole_arn = arn:aws:iam::123456789012:role/build\n");
            settings.load(file, "build");
            assertEquals("role_arn", assertThrows(AwsfedException.Setting.class,
                    () -> settings.override("role_arn", "arn:aws:iam::123456789012:role/admin")).setting());
            assertThrows(AwsfedException.Usage.class, () -> settings.load(file, "build"), "two are not mixed");
            assertEquals("connector-unknown",
                    assertThrows(AwsfedException.Setting.class, () -> other.load(file, "b\u00fcild")).code());
        } finally {
            Files.delete(file);
        }
    }
}
