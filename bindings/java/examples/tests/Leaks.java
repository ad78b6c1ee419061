package io.awsfed.examples;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
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
        Map<String, String> forms = new LinkedHashMap<>();
        forms.put("plain", secret);
        forms.put("percent", percent);
        forms.put("percent, small", Pattern.compile("%..").matcher(percent).replaceAll(hex -> hex.group().toLowerCase()));
        forms.put("percent, but for slashes", percent.replace("+", "%20").replace("%2F", "/"));
        forms.put("percent, in a part of a path", percent.replace("+", "%20").replace("%2B", "+").replace("%3D", "="));
        forms.put("JSON", secret.replace("\\", "\\\\").replace("\"", "\\\""));
        forms.put("JSON with slashes", secret.replace("/", "\\/"));
        forms.put("JSON of Gson", secret.replace("=", "\\u003d"));
        forms.put("JSON of .NET", secret.replace("+", "\\u002B"));
        forms.put("dollars", secret.replace("$", "$$"));
        forms.put("base64", base64(bytes, 0));
        forms.put("base64 after one byte", base64(bytes, 1));
        forms.put("base64 after two bytes", base64(bytes, 2));
        forms.put("base64url", base64(bytes, 1).replace('+', '-').replace('/', '_'));
        return forms;
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
