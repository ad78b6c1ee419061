package io.awsfed.examples.jenkins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.awsfed.Credentials;
import io.awsfed.examples.host.jenkins.EnvVars;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a process that begins in a block is given. */
class BlockSecretsTest {
    private static BlockSecrets until(Instant end) {
        try (Credentials credentials = Credentials.of("ASIAEXAMPLE", "secret-of-no-worth".toCharArray(),
                "token-of-no-worth".toCharArray(), end)) {
            BlockSecrets secrets = new BlockSecrets();
            secrets.put(new IssuedKeys(credentials));
            return secrets;
        }
    }

    @Test
    void credentialsThatLastAreGiven() {
        for (Instant end : new Instant[] {Instant.now().plus(Duration.ofHours(1)), null}) {
            EnvVars env = new EnvVars();
            until(end).expand(env);
            assertEquals("ASIAEXAMPLE", env.get("AWS_ACCESS_KEY_ID"));
        }
    }

    @Test
    void credentialsThatAreOverAreRefused() {
        EnvVars env = new EnvVars();
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> until(Instant.now().minusSeconds(1)).expand(env));
        assertTrue(refused.getMessage().contains("are over"), refused::getMessage);
        assertTrue(env.isEmpty());
    }
}
