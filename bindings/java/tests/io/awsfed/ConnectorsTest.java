package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a plug-in's configuration page draws and asks. */
@Timeout(60)
class ConnectorsTest {
    @Test
    void whoMayUseAConnectorIsToldBeforeAnythingIsSent() throws Exception {
        Path file = Files.createTempFile("awsfed", ".ini");
        try {
            Files.writeString(file, "[connector deploy]\nid = d1\nrole_arn = arn:aws:iam::123456789012:role/build\n"
                    + "allowed_principals = alice\nallowed_groups = admins\n[connector other]\nrole_arn = arn:aws:iam::123456789012:role/o\n");
            assertEquals(Map.of("deploy", "d1", "other", ""), Awsfed.connectors(file));
            try (Settings alice = new Settings().load(file, "d1").principal("alice");
                    Settings admin = new Settings().load(file, "deploy").principal("bob").group("users").group("admins");
                    Settings mallory = new Settings().load(file, "deploy").principal("mallory").group("users");
                    Context context = new Context(null)) {
                assertTrue(alice.mayUse());
                assertTrue(admin.mayUse());
                assertFalse(mallory.mayUse());
                AwsfedException refusal = mallory.refusal().orElseThrow();
                assertEquals("connector-refused", refusal.code());
                assertEquals(refusal.code(), assertThrows(AwsfedException.class, () -> context.obtain(mallory, null)).code());
            }
            assertTrue(assertThrows(AwsfedException.class, () -> new Settings().load(file, "depoly")).explain().contains("deploy"),
                    "what there is");
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void eachSettingHasAMethodOfTheBuilder() throws Exception {
        Set<String> methods = Arrays.stream(SettingsBuilder.class.getDeclaredMethods()).map(Method::getName).collect(Collectors.toSet());
        List<SettingInfo> settings = SettingInfo.all();
        assertTrue(settings.size() > 100, "as in docs/settings.md");
        for (SettingInfo setting : settings) {
            String[] words = setting.name().split("_");
            String method = words[0] + Arrays.stream(words).skip(1).map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                    .collect(Collectors.joining());
            assertTrue(methods.contains(method), method);
            assertFalse(setting.help().isEmpty() || setting.group().isEmpty() || setting.guard().isEmpty() || setting.key().isEmpty()
                    || setting.since().isEmpty(), setting.name());
            assertEquals(setting.type() == SettingInfo.Type.CHOICE, !setting.choices().isEmpty(), setting.name());
        }
        try (SettingsBuilder builder = new SettingsBuilder()) {
            builder.user("alice").password("x".toCharArray()).duration(Duration.ofMinutes(15)).httpLoopback(true);
            builder.duration(Duration.ofHours(1)).build();
            assertThrows(AwsfedException.Setting.class, () -> builder.roleArn("tea"));
        }
    }

    @Test
    void theVersionIsTold() {
        assertTrue(Awsfed.version().matches("\\d+\\.\\d+\\.\\d+"), Awsfed.version());
        assertTrue(Awsfed.has("idp:adfs"));
        assertFalse(Awsfed.has("tea"));
    }
}
