package io.awsfed.examples;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Looks for secrets in a text in every form in which they travel; written apart from what hides them. */
final class Leaks {
    private Leaks() {}

    /** Ways to print a secret, by names. */
    static Map<String, String> forms(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        String percent = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        return Map.of("plain", secret,
                "percent", percent,
                "percent, small", Pattern.compile("%..").matcher(percent).replaceAll(hex -> hex.group().toLowerCase()),
                "JSON", secret.replace("\\", "\\\\").replace("\"", "\\\""),
                "JSON with slashes", secret.replace("/", "\\/"),
                "dollars", secret.replace("$", "$$"),
                "base64", base64(bytes, 0), "base64 after one byte", base64(bytes, 1), "base64 after two bytes", base64(bytes, 2),
                "base64url", base64(bytes, 1).replace('+', '-').replace('/', '_'));
    }

    /** What does not depend on the neighbours: three bytes are four characters, of which the borders share some. */
    private static String base64(byte[] secret, int before) {
        byte[] all = new byte[before + secret.length];
        System.arraycopy(secret, 0, all, before, secret.length);
        String text = Base64.getEncoder().withoutPadding().encodeToString(all);
        return text.substring((before * 8 + 5) / 6, all.length * 8 / 6);
    }

    /** The names of the secrets that a text shows, and how; never the secrets. */
    static List<String> in(String text, Map<String, String> secrets) {
        List<String> found = new ArrayList<>();
        secrets.forEach((name, secret) -> forms(secret).forEach((form, shown) -> {
            if (text.contains(shown)) {
                found.add(name + " as " + form);
            }
        }));
        return found;
    }
}
