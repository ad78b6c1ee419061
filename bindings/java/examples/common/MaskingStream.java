package io.awsfed.examples.common;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A log's stream behind a {@link LogMask}. It gives on whole lines, whatever pieces they come in: half a secret could not be told
 * from other text. {@code flush()} therefore leaves an unfinished line where it is, until its end comes or the stream is closed.
 */
public final class MaskingStream extends OutputStream {
    /** What goes on for longer than this without a line's end is given on in pieces: memory has an end too. */
    static final int LINE_BYTES_MAX = 64 * 1024;

    private final OutputStream log;
    private final LogMask mask;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /**
     * Before a log.
     *
     * @param log closed with this
     * @param mask asked for each line
     */
    public MaskingStream(OutputStream log, LogMask mask) {
        this.log = log;
        this.mask = mask;
    }

    @Override
    public synchronized void write(int one) throws IOException {
        line.write(one);
        if (one == '\n' || line.size() >= LINE_BYTES_MAX) {
            giveOn(one == '\n');
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        log.flush();
    }

    @Override
    public synchronized void close() throws IOException {
        try (OutputStream last = log) {
            giveOn(true);
            last.flush();
        }
    }

    /** Of a line that goes on, what may be the beginning of a secret is kept back. */
    private void giveOn(boolean isWhole) throws IOException {
        List<String> forms = mask.inBytes();
        String text = line.toString(StandardCharsets.ISO_8859_1);
        int longest = 0;
        for (String form : forms) {
            text = text.replace(form, LogMask.SHOWN);
            longest = Math.max(longest, form.length());
        }
        int end = isWhole ? text.length() : Math.max(0, text.length() - longest);
        line.reset();
        log.write(text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1));
        line.write(text.substring(end).getBytes(StandardCharsets.ISO_8859_1));
    }
}
