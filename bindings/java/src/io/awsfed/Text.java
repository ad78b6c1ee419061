package io.awsfed;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Strings cross the border as UTF-8, and never through JNI's own encoding, which is not UTF-8. */
final class Text {
    private Text() {}

    /** @throws IllegalArgumentException for half a surrogate pair, which has no UTF-8 and would become a question mark */
    static byte[] bytes(String what, String text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException malformed) {
            throw new IllegalArgumentException("The " + what + " is not well-formed Unicode.");
        }
    }

    static String of(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
