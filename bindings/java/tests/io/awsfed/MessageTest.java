package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.CharBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What becomes of a message, and of what it carries, when something fails. */
@Timeout(60)
class MessageTest {
    private static final int MORE_THAN_ARE_KEPT = 100;

    @Test
    void aFailedCallGivesItsBufferBack() {
        String half = "secret \ud800";
        try (Context context = new Context(null); Settings settings = new Settings()) {
            givesBack(IllegalArgumentException.class, () -> Credentials.of("AKIAEXAMPLE", half.toCharArray(), null, null));
            givesBack(AwsfedException.class, () -> context.parse("<tea/>"));
            givesBack(AwsfedException.class, () -> context.signIn(settings).close());
            givesBack(IllegalArgumentException.class, () -> Policy.parse(half, "session"));
            givesBack(NullPointerException.class, () -> Policy.parse(null, "session"));
            givesBack(IllegalArgumentException.class, () -> new AccessRequest(half, "*"));
            givesBack(AwsfedException.class, () -> Message.numberOf(context.transport(), Integer.MAX_VALUE));
            givesBack(AwsfedException.class, () -> Message.done(context.transport(), Integer.MAX_VALUE));
        }
    }

    private static void givesBack(Class<? extends Exception> failure, Executable call) {
        for (int i = 0; i < MORE_THAN_ARE_KEPT; ++i) {
            assertThrows(failure, call);
        }
        assertTrue(Message.free() > 0, "no buffer came back");
    }

    /** More than an array has room for in UTF-8, without so much memory. */
    @Test
    void aTextThatIsTooLongIsRefusedNotCut() {
        CharSequence endless = new CharSequence() {
            @Override
            public int length() {
                return Integer.MAX_VALUE;
            }

            @Override
            public char charAt(int index) {
                return 'x';
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                return this;
            }
        };
        Transport nobody = message -> {
            throw new IllegalStateException("it is sent");
        };
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> Message.call(nobody, Call.HAS,
                message -> message.put("feature", CharBuffer.wrap(endless)), message -> null));
        assertEquals("These arguments are too long for one call.", refusal.getMessage());
    }
}
