package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What a host is told to hide. */
class MaskingTest {
    private static final String SECRET = "Pa\u00df w/%3D\"*+~(word)$1\\";

    private static String hidden(String text) {
        return hidden(SECRET, text);
    }

    private static String hidden(String secret, String text) {
        String shown = text;
        for (String form : Masking.of(secret)) {
            shown = shown.replace(form, "");
        }
        return shown;
    }

    @Test
    void eachWayToWriteASecretIsAmongItsForms() {
        List<String> ways = List.of(SECRET,
                // Python's quote_plus and quote (as it is, and with safe=''), Java's URLEncoder, JavaScript's encodeURIComponent
                // and encodeURI
                "Pa%C3%9F+w%2F%253D%22%2A%2B~%28word%29%241%5C", "Pa%C3%9F%20w/%253D%22%2A%2B~%28word%29%241%5C",
                "Pa%C3%9F%20w%2F%253D%22%2A%2B~%28word%29%241%5C", "Pa%C3%9F+w%2F%253D%22*%2B%7E%28word%29%241%5C",
                "Pa%C3%9F%20w%2F%253D%22*%2B~(word)%241%5C", "Pa%C3%9F%20w/%253D%22*+~(word)$1%5C",
                // Go's PathEscape, and the path of its URL
                "Pa%C3%9F%20w%2F%253D%22%2A+~%28word%29$1%5C", "Pa%C3%9F%20w/%253D%22%2A+~%28word%29$1%5C",
                // small digits, and the letters as they are
                "Pa%c3%9f%20w%2f%253D%22%2a%2b~%28word%29%241%5c",
                "Pa\u00df w/%3D\\\"*+~(word)$1\\\\", "Pa\u00df w\\/%3D\\\"*+~(word)$1\\\\",
                "Pa\\u00df w/%3D\\\"*+~(word)$1\\\\", "Pa\\u00DF w\\/%3D\\\"*+~(word)$1\\\\",
                // .NET's System.Text.Json
                "Pa\\u00DF w/%3D\\u0022*\\u002B~(word)$1\\\\",
                "Pa\u00df w/%3D\"*+~(word)$$1\\");
        for (String way : ways) {
            assertEquals("", hidden(way), way);
        }
    }

    @Test
    void theKeysOfAwsAreHiddenInTheFormsThatLibrariesGiveThem() {
        String token = "IQoJb3JpZ2luX2VjEOz/abcd+efgh/ijklmnopqrstuvwxyz==";
        for (String way : List.of(
                token.replace("=", "\\u003d"), // Gson
                token.replace("+", "\\u002B"), // System.Text.Json
                token.replace("+", "%2B").replace("=", "%3D"), // Python's quote
                token.replace("/", "%2F"), // Go's PathEscape
                token.replace("+", "%2b").replace("=", "%3d").replace("/", "%2f"))) {
            assertEquals("", hidden(token, way), way);
        }
        assertEquals("", hidden("p&ss<w>ord'=1", "p\\u0026ss\\u003cw\\u003eord\\u0027\\u003d1"));
    }

    @Test
    void whateverStandsBeforeItInBase64ItIsHidden() {
        byte[] secret = SECRET.getBytes(StandardCharsets.UTF_8);
        for (int before = 0; before < 6; ++before) {
            for (int behind = 0; behind < 3; ++behind) {
                byte[] all = new byte[before + secret.length + behind];
                System.arraycopy(secret, 0, all, before, secret.length);
                for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
                    String text = encoder.encodeToString(all);
                    // The first and the last character of it may hold bits of the neighbours too.
                    assertTrue(hidden(text).length() <= text.length() - secret.length * 4 / 3 + 1, before + ", " + behind);
                }
            }
        }
    }

    @Test
    void whatIsNoSecretIsLeftAlone() {
        assertEquals("pa%c3%9f and the rest", hidden("pa%c3%9f and the rest"));
        assertTrue(Masking.of("", "").isEmpty());
        List<String> forms = Masking.of("abc"); // short: its forms could stand anywhere
        assertEquals(List.of("abc"), forms);
        assertFalse(Masking.of(SECRET).contains(SECRET.toLowerCase(Locale.ROOT)));
    }
}
