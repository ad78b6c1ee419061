package io.awsfed;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Messages through a pipe: 4 bytes of length, 4 bytes of kind, 8 bytes of channel, then the message. They may carry secrets:
 * nothing of them stays in a buffer, ours or Java's own.
 */
final class Frames {
    static final int HEADER = 16;
    static final int MOST = 64 << 20;
    /** From here on the streams of a Process do not copy what is written and read into their own buffers. */
    private static final int PAST_BUFFERS = 8 << 10;

    private final OutputStream out;
    private final InputStream in;
    private final byte[] taken = new byte[8 * PAST_BUFFERS];
    private int from;
    private int to;

    static final class Frame {
        final int kind;
        final long channel;
        final byte[] message;

        Frame(int kind, long channel, byte[] message) {
            this.kind = kind;
            this.channel = channel;
            this.message = message;
        }
    }

    Frames(OutputStream out, InputStream in) {
        this.out = out;
        this.in = in;
    }

    /**
     * Of many threads. The frame is filled up to the least length; the other side knows.
     *
     * @throws AwsfedException.Usage when the message is too long; nothing is sent then
     */
    void write(int kind, long channel, ByteBuffer message) throws IOException {
        int length = message.remaining();
        if (length > MOST) {
            throw tooLong(length);
        }
        byte[] frame = new byte[Math.max(HEADER + length, PAST_BUFFERS)];
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(length).putInt(kind).putLong(channel);
        message.get(frame, HEADER, length);
        try {
            synchronized (out) {
                out.write(frame);
                out.flush();
            }
        } finally {
            Arrays.fill(frame, (byte) 0);
        }
    }

    private static AwsfedException tooLong(int length) {
        return AwsfedException.of(Code.E_USAGE, 0, -1, new String[] {
            "This call has arguments of " + length + " bytes; the process of awsfed takes " + MOST + ".",
            "Give it less, a hash in place of a body, say.", "usage", "java/process", "", "", ""});
    }

    /** Of one thread at a time. */
    Frame read() throws IOException {
        return read(MOST);
    }

    /** A longer one is a failure. */
    Frame read(int most) throws IOException {
        byte[] header = new byte[HEADER];
        take(header);
        ByteBuffer bytes = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        int length = bytes.getInt();
        int kind = bytes.getInt();
        long channel = bytes.getLong();
        if (length < 0 || length > most) {
            throw new IOException("a frame of " + length + " bytes");
        }
        byte[] message = new byte[length];
        take(message);
        return new Frame(kind, channel, message);
    }

    private void take(byte[] into) throws IOException {
        for (int done = 0; done < into.length; ) {
            if (from == to) {
                from = 0;
                to = Math.max(in.read(taken, 0, taken.length), 0);
                if (to == 0) {
                    throw new EOFException();
                }
            }
            int size = Math.min(to - from, into.length - done);
            System.arraycopy(taken, from, into, done, size);
            Arrays.fill(taken, from, from + size, (byte) 0);
            from += size;
            done += size;
        }
    }

    void close() {
        try {
            in.close();
            out.close();
        } catch (IOException gone) { // that is what was wanted
        }
    }
}
