package io.awsfed;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The forms in which a secret shows up in a log: as it is, in a URL, in JSON, and in base64, where it looks different by what
 * stands before it. Build servers hide exact values only.
 */
public final class Masking {
    /** What is shorter than that may stand anywhere by chance. */
    private static final int LEAST = 8;

    private static final Pattern ESCAPE = Pattern.compile("%..");

    private Masking() {}

    /**
     * All forms of some secrets.
     *
     * @param secrets empty ones are passed over
     * @return the longest first, so that no part of one is left when another was hidden before
     */
    public static List<String> of(String... secrets) {
        Set<String> forms = new LinkedHashSet<>();
        for (String secret : secrets) {
            if (!secret.isEmpty()) {
                forms.add(secret);
                addForms(secret, forms);
            }
        }
        List<String> list = new ArrayList<>(forms);
        list.sort(Comparator.comparingInt(String::length).reversed());
        return list;
    }

    private static void addForms(String secret, Set<String> forms) {
        // As forms of HTML have it, as JavaScript has it, and as RFC 3986 has it.
        String form = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        String strict = form.replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
        String script = strict.replace("%21", "!").replace("%27", "'").replace("%28", "(").replace("%29", ")").replace("%2A", "*");
        for (String percent : new String[] {form, form.replace("%7E", "~").replace("*", "%2A"), strict, script}) {
            add(percent, forms);
            add(withSmallHex(percent), forms);
        }
        String json = secret.replace("\\", "\\\\").replace("\"", "\\\"");
        for (String quoted : new String[] {json, inAscii(json, "%04x"), inAscii(json, "%04X")}) {
            add(quoted, forms);
            add(quoted.replace("/", "\\/"), forms);
        }
        add(secret.replace("/", "\\/"), forms);
        add(secret.replace("$", "$$"), forms);
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        for (int before = 0; before < 3; ++before) {
            addBase64(bytes, before, forms);
        }
    }

    /** %2F as %2f; what is not an escape stays as it is. */
    private static String withSmallHex(String percent) {
        return ESCAPE.matcher(percent).replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT));
    }

    /** Every character outside of ASCII, and the controls, by their numbers. */
    private static String inAscii(String json, String hex) {
        StringBuilder text = new StringBuilder();
        for (char one : json.toCharArray()) {
            text.append(one < ' ' || one > '~' ? "\\u" + String.format(hex, (int) one) : String.valueOf(one));
        }
        return text.toString();
    }

    private static void add(String form, Set<String> forms) {
        if (form.length() >= LEAST) {
            forms.add(form);
        }
    }

    /** The characters that depend on nothing but the secret: 3 bytes make 4 of them. */
    private static void addBase64(byte[] secret, int before, Set<String> forms) {
        byte[] shifted = new byte[before + secret.length];
        System.arraycopy(secret, 0, shifted, before, secret.length);
        int first = before == 0 ? 0 : 4 * before / 3 + 1;
        int last = shifted.length / 3 * 4 + (shifted.length % 3 == 0 ? 0 : shifted.length % 3);
        String standard = Base64.getEncoder().encodeToString(shifted);
        if (last <= first) {
            return;
        }
        String sure = standard.substring(first, last);
        add(sure, forms);
        add(sure.replace('+', '-').replace('/', '_'), forms);
    }
}
