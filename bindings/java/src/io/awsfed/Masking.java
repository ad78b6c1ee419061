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

/**
 * The forms in which a secret shows up in a log: as it is, in a URL, in JSON, and in base64, where it looks different by what
 * stands before it. Build servers hide exact values only.
 */
public final class Masking {
    /** What is shorter than that may stand anywhere by chance. */
    private static final int LEAST = 8;

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
        String percent = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        add(percent, forms);
        add(percent.replace("+", "%20"), forms);
        add(percent.replace("+", "%20").toLowerCase(Locale.ROOT), forms);
        add(secret.replace("\\", "\\\\").replace("\"", "\\\""), forms);
        add(secret.replace("/", "\\/"), forms);
        add(secret.replace("$", "$$"), forms);
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        for (int before = 0; before < 3; ++before) {
            addBase64(bytes, before, forms);
        }
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
