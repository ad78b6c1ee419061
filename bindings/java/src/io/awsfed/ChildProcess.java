package io.awsfed;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The library in a process of its own, for hosts that forbid native code or fear for themselves: the program awsfed, told
 * {@code interface}, answers calls by its standard input and output, which nobody else has. It ends when they are closed.
 *
 * <p>Each thread inside a call has a channel. There is no thread of ours: one of those that wait reads for all.
 */
final class ChildProcess implements Transport {
    private static final int CALL = 0; // and its answer
    private static final int QUESTION = 1; // and its answer
    private static final long PATIENCE_S = 20;

    private static ChildProcess current;

    private final Process process;
    private final Frames frames;

    // Under the lock of this object:
    private final Map<Long, ArrayDeque<Frames.Frame>> arrived = new HashMap<>();
    private final ArrayDeque<Long> idle = new ArrayDeque<>();
    private long channels;
    private boolean isRead;
    private String end;

    /**
     * The one process of this class loader; a new one where it has ended.
     *
     * @throws IllegalStateException when it cannot be started
     */
    static synchronized ChildProcess running(String program) {
        if (current == null || current.hasEnded()) {
            current = null;
            try {
                current = new ChildProcess(Library.named(Library.PROCESS_PROPERTY, program).toString());
            } catch (IOException | IllegalArgumentException failure) {
                throw new IllegalStateException("The process of awsfed cannot be started: " + failure.getMessage(), failure);
            }
        }
        return current;
    }

    private ChildProcess(String program) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program, "interface", Call.TABLE);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        process = builder.start();
        frames = new Frames(process.getOutputStream(), process.getInputStream());
        String version;
        try {
            version = new String(frames.read().message, StandardCharsets.US_ASCII);
        } catch (IOException early) {
            throw new IOException(program + " does not answer; " + status(), early);
        }
        if (!version.equals(Call.TABLE)) {
            frames.close();
            throw new IOException(program + " is not of the version of this jar; take both from one build");
        }
    }

    private synchronized boolean hasEnded() {
        return end != null || !process.isAlive();
    }

    /** For tests. */
    long pid() {
        return process.pid();
    }

    // ---- one call ----------------------------------------------------------------------------------

    @Override
    public void exchange(Message message) {
        long channel = open();
        boolean isWhole = false;
        try {
            ByteBuffer call = message.buffer();
            call.flip();
            frames.write(CALL, channel, call);
            Frames.Frame frame = next(channel);
            while (frame.kind == QUESTION) {
                frames.write(QUESTION, channel, ByteBuffer.wrap(Listeners.ask(frame.message)));
                frame = next(channel);
            }
            ByteBuffer answer = message.roomForAnswer(Integer.BYTES + frame.message.length);
            answer.clear();
            answer.putInt(frame.message.length).put(frame.message);
            Arrays.fill(frame.message, (byte) 0);
            isWhole = true;
        } catch (IOException broken) {
            throw ended(broken);
        } finally {
            close(channel, isWhole);
        }
    }

    private synchronized long open() {
        Long channel = idle.pollFirst();
        if (channel == null) {
            channel = ++channels;
        }
        arrived.put(channel, new ArrayDeque<>());
        return channel;
    }

    /** A channel that something may still come for is not used again. */
    private synchronized void close(long channel, boolean isWhole) {
        arrived.remove(channel);
        if (isWhole) {
            idle.addFirst(channel);
        }
    }

    private AwsfedException ended(IOException broken) {
        String how;
        synchronized (this) {
            if (end == null) {
                end = status();
            }
            how = end;
            notifyAll();
        }
        return AwsfedException.of(Code.E_INTERNAL, 0, -1, new String[] {
            "The process of awsfed has ended; " + how + ".",
            "Make the context and what was made by it anew: that starts another process.",
            "process-ended", "java/process", "", "", ""});
    }

    private String status() {
        try {
            frames.close();
            if (process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                int exit = process.exitValue();
                return exit > 128 ? "signal " + (exit - 128) + " has killed it" : "its exit status is " + exit;
            }
            process.destroyForcibly();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return "it does not say why";
    }

    /**
     * What comes for the channel next. Whoever waits reads, if nobody does, and gives to others what is theirs. An interrupt
     * cancels the call by {@link Interrupts}, and its answer is waited for all the same.
     */
    private Frames.Frame next(long channel) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                synchronized (this) {
                    while (arrived.get(channel).isEmpty() && isRead && end == null) {
                        try {
                            wait();
                        } catch (InterruptedException later) {
                            interrupted = true;
                            Interrupts.remember(Thread.currentThread());
                        }
                    }
                    if (!arrived.get(channel).isEmpty()) {
                        return arrived.get(channel).pollFirst();
                    }
                    if (end != null) {
                        throw new EOFException(end);
                    }
                    isRead = true;
                }
                readOne();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void readOne() throws IOException {
        try {
            Frames.Frame frame = frames.read();
            synchronized (this) {
                ArrayDeque<Frames.Frame> theirs = arrived.get(frame.channel);
                if (theirs != null) {
                    theirs.addLast(frame);
                }
            }
        } finally {
            synchronized (this) {
                isRead = false;
                notifyAll();
            }
        }
    }
}
