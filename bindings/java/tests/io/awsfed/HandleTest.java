package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
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
