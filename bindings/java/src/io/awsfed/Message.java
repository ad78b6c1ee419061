package io.awsfed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * One call of the C interface: the function's number and its arguments go in, what came back is taken out, both in the
 * order of {@code awsfed.h}. {@code bindings/wire} is the other side. It lies in memory that the garbage collector does not
 * move about, and what was in it is wiped when it is closed: a message may carry a password.
 */
final class Message implements AutoCloseable {
    private static final int USUAL = 8 << 10;
    private static final int KEPT = 64;
    private static final ConcurrentLinkedDeque<ByteBuffer> FREE = new ConcurrentLinkedDeque<>();

    private static final int LENGTH_BYTES = 4;
    /** awsfed_error_field: from the message to the trace. */
    private static final int ERROR_TEXTS = Code.ERROR_TRACE + 1;

    private ByteBuffer buffer;
    private int used;
    /** Memory of the native side, where the answer was too long for the buffer. */
    private ByteBuffer lent;

    private Message(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    interface Arguments {
        /** Puts them, in the order of the function's. */
        Message to(Message message);
    }

    interface Answer<T> {
        T from(Message message);
    }

    /**
     * A whole call. A message lives here alone, so that it is wiped whatever fails: its arguments, the call, or the answer.
     *
     * @throws AwsfedException for what the function failed with
     */
    static <T> T call(Transport transport, int call, Arguments arguments, Answer<T> answer) {
        ByteBuffer buffer = FREE.pollFirst();
        try (Message message = new Message(buffer != null ? buffer : allocate(USUAL))) {
            arguments.to(message.put(call)).over(transport);
            return answer.from(message);
        }
    }

    /** How many buffers wait for the next call: for tests. */
    static int free() {
        return FREE.size();
    }

    private static ByteBuffer allocate(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    // ---- what goes in ------------------------------------------------------------------------------

    Message put(long number) {
        room(Long.BYTES).putLong(number);
        return this;
    }

    Message put(boolean yes) {
        return put(yes ? 1 : 0);
    }

    /** @throws IllegalArgumentException for half a surrogate pair, which has no UTF-8 and would become a question mark */
    Message put(String what, String text) {
        return put(what, CharBuffer.wrap(text));
    }

    /** Null is NULL. */
    Message putOrNone(String what, String text) {
        return text == null ? none() : put(what, text);
    }

    /** The characters are read where they lie. */
    Message put(String what, char[] text) {
        return put(what, CharBuffer.wrap(text));
    }

    Message put(String what, CharBuffer text) {
        ByteBuffer into = room(LENGTH_BYTES + 3L * text.remaining());
        int start = into.position() + LENGTH_BYTES;
        into.position(start);
        CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPORT);
        CoderResult result = encoder.encode(text, into, true);
        if (!result.isUnderflow()) {
            throw new IllegalArgumentException("The " + what + " is not well-formed Unicode.");
        }
        into.putInt(start - LENGTH_BYTES, into.position() - start);
        return this;
    }

    Message put(byte[] bytes) {
        room(LENGTH_BYTES + (long) bytes.length).putInt(bytes.length).put(bytes);
        return this;
    }

    Message none() {
        room(LENGTH_BYTES).putInt(-1);
        return this;
    }

    private ByteBuffer room(long more) {
        if (buffer.remaining() < more) {
            long size = Math.max(buffer.capacity() * 2L, buffer.position() + more);
            if (size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("These arguments are too long for one call.");
            }
            ByteBuffer larger = allocate((int) size);
            buffer.flip();
            larger.put(buffer);
            wipe(buffer, buffer.limit());
            buffer = larger;
        }
        return buffer;
    }

    // ---- the call ----------------------------------------------------------------------------------

    /** The call's bytes, to be read and then overwritten by the answer: its length, then itself. */
    ByteBuffer buffer() {
        return buffer;
    }

    /** The answer has no room in the buffer, and lies here. */
    void lend(ByteBuffer answer) {
        lent = answer;
    }

    /** The answer was read into this one. */
    void replace(ByteBuffer answer) {
        wipe(buffer, used);
        buffer = answer;
    }

    /** A buffer of at least that size, for a transport that has to read the answer by itself. */
    ByteBuffer roomForAnswer(int size) {
        if (buffer.capacity() >= size) {
            return buffer;
        }
        replace(allocate(size));
        return buffer;
    }

    private void over(Transport transport) {
        used = buffer.position();
        transport.exchange(this);
        ByteBuffer answer = answer();
        answer.clear();
        int length = answer.getInt();
        answer.limit(LENGTH_BYTES + length);
        used = Math.max(used, lent == null ? answer.limit() : 0);
        int status = (int) number();
        if (status != Code.OK) {
            throw failure(status);
        }
    }

    private AwsfedException failure(int status) {
        int http = (int) number();
        long retryAfterMs = number();
        String[] texts = new String[ERROR_TEXTS];
        for (int i = 0; i < texts.length; ++i) {
            String text = text();
            texts[i] = text == null ? "" : text;
        }
        return AwsfedException.of(status, http, retryAfterMs, texts);
    }

    // ---- what comes back ---------------------------------------------------------------------------

    long number() {
        return answer().getLong();
    }

    boolean yes() {
        return number() != 0;
    }

    /** Null when absent. */
    byte[] bytes() {
        int length = answer().getInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        answer().get(bytes);
        return bytes;
    }

    /** Null when absent. No copy of it stays behind, for it may be a secret. */
    String text() {
        byte[] bytes = bytes();
        if (bytes == null) {
            return null;
        }
        try {
            return new String(bytes, StandardCharsets.UTF_8);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** An absent text is an empty one. */
    String textOrEmpty() {
        String text = text();
        return text == null ? "" : text;
    }

    private ByteBuffer answer() {
        return lent != null ? lent : buffer;
    }

    // ---- its end -----------------------------------------------------------------------------------

    @Override
    public void close() {
        if (lent != null) {
            Jni.release(lent);
            lent = null;
        }
        wipe(buffer, Math.max(used, buffer.position()));
        if (buffer.capacity() == USUAL && FREE.size() < KEPT) {
            FREE.addFirst(buffer);
        }
        buffer = null;
    }

    private static void wipe(ByteBuffer buffer, int size) {
        buffer.clear();
        int i = 0;
        for (; i + Long.BYTES <= size; i += Long.BYTES) {
            buffer.putLong(i, 0);
        }
        for (; i < size; ++i) {
            buffer.put(i, (byte) 0);
        }
    }

    // ---- the usual calls -------------------------------------------------------------------------------

    /** A list (awsfed_names) as Java has it; the native one is freed. */
    static List<String> names(Transport transport, long list) {
        try {
            List<String> texts = new ArrayList<>();
            long count = numberOf(transport, Call.NAMES_COUNT, list);
            for (long i = 0; i < count; ++i) {
                texts.add(textOf(transport, Call.NAMES_AT, list, i));
            }
            return texts;
        } finally {
            done(transport, Call.NAMES_FREE, list);
        }
    }

    static long numberOf(Transport transport, int call, long... numbers) {
        return call(transport, call, message -> message.putAll(numbers), Message::number);
    }

    /** An absent text is an empty one. */
    static String textOf(Transport transport, int call, long... numbers) {
        return call(transport, call, message -> message.putAll(numbers), Message::textOrEmpty);
    }

    static void done(Transport transport, int call, long... numbers) {
        call(transport, call, message -> message.putAll(numbers), message -> null);
    }

    private Message putAll(long... numbers) {
        for (long number : numbers) {
            put(number);
        }
        return this;
    }
}
