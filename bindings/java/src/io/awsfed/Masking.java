package io.awsfed;

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

    /** What stays as it is in a URL, beside letters and digits. */
    private static final String[] STAYS = {
        "-._~", // RFC 3986
        "-._*", // forms of HTML, Java's URLEncoder
        "-._~!'()*", // JavaScript's encodeURIComponent
        "-._~/", // Python's quote
        "-._~$&+=:@", "-._~$&+=:@/;,", // Go's PathEscape, and the path of its URL
        "-._~!$&'()*+,;=:@", "-._~!$&'()*+,;=:@/", // a part of a path and a path, as RFC 3986 allows them
        "-._~!$&'()*+,;=:@/?#", // JavaScript's encodeURI
    };

    /** What writers of JSON have by its number lest it be taken for HTML: none of it, Go, Gson, System.Text.Json. */
    private static final String[] IN_HTML = {"", "<>&", "<>&='", "<>&'\"+`"};

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
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        for (String stays : STAYS) {
            addPercent(inPercent(bytes, stays, "%20"), forms);
            addPercent(inPercent(bytes, stays, "+"), forms);
        }
        for (String numbered : IN_HTML) {
            for (String hex : new String[] {"\\u%04x", "\\u%04X"}) {
                addJson(inJson(secret, numbered, Character.MAX_VALUE, hex), forms);
                addJson(inJson(secret, numbered, '~', hex), forms);
            }
        }
        add(secret.replace("/", "\\/"), forms);
        add(secret.replace("$", "$$"), forms);
        for (int before = 0; before < 3; ++before) {
            addBase64(bytes, before, forms);
        }
    }

    private static void addPercent(String percent, Set<String> forms) {
        add(percent, forms);
        add(withSmallHex(percent), forms);
    }

    private static void addJson(String json, Set<String> forms) {
        add(json, forms);
        add(json.replace("/", "\\/"), forms);
    }

    /** %2F as %2f; what is not an escape stays as it is. */
    private static String withSmallHex(String percent) {
        return ESCAPE.matcher(percent).replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT));
    }

    private static String inPercent(byte[] secret, String stays, String blank) {
        StringBuilder text = new StringBuilder();
        for (byte one : secret) {
            char letter = (char) (one & 0xFF);
            if (isLetterOrDigit(letter) || stays.indexOf(letter) >= 0) {
                text.append(letter);
            } else {
                text.append(letter == ' ' ? blank : String.format("%%%02X", (int) letter));
            }
        }
        return text.toString();
    }

    private static boolean isLetterOrDigit(char one) {
        return one >= 'a' && one <= 'z' || one >= 'A' && one <= 'Z' || one >= '0' && one <= '9';
    }

    /** @param last what comes behind it is written by its number too */
    private static String inJson(String secret, String numbered, char last, String hex) {
        StringBuilder text = new StringBuilder();
        for (char one : secret.toCharArray()) {
            if (numbered.indexOf(one) >= 0 || one < ' ' || one > last) {
                text.append(String.format(hex, (int) one));
            } else {
                text.append(one == '"' || one == '\\' ? "\\" : "").append(one);
            }
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
