package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys that are there, what is signed by them, and what a log must hide. */
@Timeout(60)
class CredentialsTest {
    @Test
    void keysOfTheCallerSignRequests() {
        char[] secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".toCharArray();
        Instant end = Instant.ofEpochMilli(1_900_000_000_123L);
        try (Credentials keys = Credentials.of("AKIDEXAMPLE", secret, null, end); Context context = new Context(null);
                Settings region = new Settings().set("region", "us-east-1");
                HttpRequest request = new HttpRequest("GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1")) {
            assertEquals("\0".repeat(40), new String(secret));
            assertEquals(end, keys.expires().orElseThrow());
            assertEquals("", keys.sessionToken());
            assertEquals(2, keys.environment().size());
            request.time(Instant.parse("2015-08-30T12:36:00Z"));
            try (SignedRequest signed = context.sign(region, keys, request, "service", null)) {
                Map<String, String> headers = signed.headers().stream()
                        .collect(Collectors.toMap(header -> header.getKey().toLowerCase(), Map.Entry::getValue));
                // AWS's own test suite for Signature Version 4, get-vanilla-query-order-key-case, has this one.
                assertTrue(headers.get("authorization").endsWith("b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
                        headers.toString());
            }
            try (SignedRequest url = context.presign(region, keys, request, "s3", Duration.ofMinutes(5), null)) {
                assertTrue(url.url().contains("X-Amz-Expires=300"), "lifetime");
            }
            assertThrows(AwsfedException.class,
                    () -> context.presign(region, keys, request, "s3", Duration.ofDays(8), null));
        }
    }

    @Test
    void everyFormOfASecretIsOnTheMaskingList() {
        Random random = new Random(5);
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
        for (int round = 0; round < 300; ++round) {
            String secret = random.ints(30 + random.nextInt(30), 0, letters.length()).mapToObj(i -> "" + letters.charAt(i))
                    .collect(Collectors.joining());
            List<String> forms = Masking.of(secret);
            String before = "x".repeat(random.nextInt(7));
            String line = before + secret + "y".repeat(random.nextInt(7));
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            for (String shown : List.of(line, java.net.URLEncoder.encode(line, StandardCharsets.UTF_8), line.replace("/", "\\/"),
                    Base64.getEncoder().encodeToString(bytes), Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))) {
                String hidden = shown;
                for (String form : forms) {
                    hidden = hidden.replace(form, "***");
                }
                assertTrue(hidden.contains("***"), shown);
                // At most the characters that it shares with its neighbours are left of it.
                assertTrue(hidden.length() <= 3 + shown.length() - Math.min(shown.length(), secret.length()) + 8, hidden);
            }
        }
        assertEquals(List.of(), Masking.of("", ""));
    }
}
