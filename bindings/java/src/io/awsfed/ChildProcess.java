package io.awsfed;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The library in a process of its own, for hosts that forbid native code or fear for themselves: the program awsfed, told
 * {@code interface}, answers calls by its standard input and output, which nobody else has. It ends when they are closed, and
 * when the class loader of this class is not used any more: an updated plug-in leaves no process behind.
 *
 * <p>Each thread inside a call has a channel. There is no thread of ours: one of those that wait reads for all.
 */
final class ChildProcess implements Transport {
    private static final int CALL = 0; // and its answer
    private static final int QUESTION = 1; // and its answer
    private static final long PATIENCE_S = 20;
    private static final long LOOK_EVERY_MS = 2;

    private static final Cleaner CLEANER = Cleaner.create();
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
                current = new ChildProcess(Library.named(Library.PROCESS_PROPERTY, program).toString(), PATIENCE_S * 1000);
            } catch (IOException | IllegalArgumentException failure) {
                throw new IllegalStateException("The process of awsfed cannot be started: " + failure.getMessage(), failure);
            }
        }
        return current;
    }

    /** @param patienceMs how long a program may say nothing that is no awsfed, or hangs */
    ChildProcess(String program, long patienceMs) throws IOException {
        process = started(program);
        frames = new Frames(process.getOutputStream(), process.getInputStream());
        if (!hasSpoken(patienceMs)) {
            process.destroyForcibly();
            throw new IOException(program + " says nothing; it is not awsfed, or it hangs");
        }
        String version;
        try {
            version = new String(frames.read(Call.TABLE.length()).message, StandardCharsets.US_ASCII);
        } catch (IOException early) {
            throw new IOException(program + " does not answer; " + status(), early);
        }
        if (!version.equals(Call.TABLE)) {
            frames.close();
            throw new IOException(program + " is not of the version of this jar; take both from one build");
        }
    }

    /** What the JDK makes for a process stays as long as it, and keeps the thread's context class loader: a plug-in's, maybe. */
    private Process started(String program) throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        try {
            Process started = new ProcessBuilder(program, "interface", Call.TABLE).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            CLEANER.register(this, ender(started));
            return started;
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /**
     * What a cleaner holds must not be of a class of ours: that would keep the class loader, whose end it waits for. So it is
     * the method itself.
     */
    private static Runnable ender(Process process) {
        try {
            MethodHandle destroy = MethodHandles.publicLookup().findVirtual(Process.class, "destroy", MethodType.methodType(void.class));
            return MethodHandleProxies.asInterfaceInstance(Runnable.class, destroy.bindTo(process));
        } catch (ReflectiveOperationException impossible) { // it is public
            throw new IllegalStateException(impossible);
        }
    }

    /** Waits for the first frame, or the end: a read has no time limit. */
    private boolean hasSpoken(long patienceMs) throws IOException {
        long began = System.nanoTime();
        boolean interrupted = false;
        try {
            while (process.getInputStream().available() < Frames.HEADER + Call.TABLE.length()) {
                if (System.nanoTime() - began > TimeUnit.MILLISECONDS.toNanos(patienceMs)) {
                    return false;
                }
                try {
                    if (process.waitFor(LOOK_EVERY_MS, TimeUnit.MILLISECONDS)) {
                        return true; // it may have said why
                    }
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
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
            byte[] answer = answer(channel);
            isWhole = true;
            take(message, answer);
        } catch (IOException broken) {
            throw ended();
        } finally {
            close(channel, isWhole);
        }
    }

    /** Its questions are answered meanwhile. Where that fails in the middle, the other side would wait for good. */
    private byte[] answer(long channel) throws IOException {
        try {
            Frames.Frame frame = next(channel);
            while (frame.kind == QUESTION) {
                frames.write(QUESTION, channel, ByteBuffer.wrap(Listeners.ask(frame.message)));
                frame = next(channel);
            }
            return frame.message;
        } catch (RuntimeException | Error half) {
            end();
            throw half;
        }
    }

    private static void take(Message message, byte[] answer) {
        try {
            ByteBuffer into = message.roomForAnswer(Integer.BYTES + answer.length);
            into.clear();
            into.putInt(answer.length).put(answer);
        } finally {
            Arrays.fill(answer, (byte) 0);
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

    private AwsfedException ended() {
        return AwsfedException.of(Code.E_INTERNAL, 0, -1, new String[] {
            "The process of awsfed has ended; " + end() + ".",
            "Make the context and what was made by it anew: that starts another process.",
            "process-ended", "java/process", "", "", ""});
    }

    /** For all threads: from here on every call of this process fails. */
    private synchronized String end() {
        if (end == null) {
            end = status();
        }
        notifyAll();
        return end;
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

    /** Whoever read on after half a frame would take its content for the next one: nobody does. */
    private void readOne() throws IOException {
        boolean isWhole = false;
        try {
            Frames.Frame frame = frames.read();
            isWhole = true;
            synchronized (this) {
                ArrayDeque<Frames.Frame> theirs = arrived.get(frame.channel);
                if (theirs != null) {
                    theirs.addLast(frame);
                }
            }
        } finally {
            synchronized (this) {
                if (!isWhole) {
                    end();
                }
                isRead = false;
                notifyAll();
            }
        }
    }
}
