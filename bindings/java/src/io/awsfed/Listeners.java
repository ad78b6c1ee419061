package io.awsfed;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The host's own objects that the library asks while a call runs, by the numbers it knows them by. What they throw never
 * reaches the library: it counts as a failure of the callback.
 *
 * <p>A context has them, and nobody else: a listener that refers to its context keeps neither of them alive.
 */
final class Listeners {
    // enum Question of bindings/wire/callbacks.h
    private static final int DONE = 0;
    private static final int LOG = 1;
    private static final int REPLAY = 2;
    private static final int AUDIT = 3;
    private static final int GET = 4;
    private static final int PUT = 5;
    private static final int ERASE = 6;
    private static final int NAMES = 7;
    private static final int LOCK = 8;
    private static final int UNLOCK = 9;

    /** Of what a store gives, in all: as in awsfed.h. */
    private static final int MOST_GIVEN = 256 << 10;

    private static final Map<Long, WeakReference<Listeners>> ALL = new ConcurrentHashMap<>();
    private static final AtomicLong LAST = new AtomicLong();

    private final Map<Long, Object> ours = new ConcurrentHashMap<>();

    long add(Object listener) {
        ALL.values().removeIf(owner -> owner.get() == null); // of a process that ended before it could say that it is done
        long number = LAST.incrementAndGet();
        ours.put(number, listener);
        ALL.put(number, new WeakReference<>(this));
        return number;
    }

    static void remove(long number) {
        WeakReference<Listeners> reference = ALL.remove(number);
        Listeners owner = reference == null ? null : reference.get();
        if (owner != null) {
            owner.ours.remove(number);
        }
    }

    private static Object listener(long number) {
        WeakReference<Listeners> reference = ALL.get(number);
        Listeners owner = reference == null ? null : reference.get();
        return owner == null ? null : owner.ours.get(number);
    }

    /** How many the library still knows: for tests. */
    static int count() {
        return ALL.size();
    }

    static byte[] ask(byte[] question) {
        ByteBuffer read = ByteBuffer.wrap(question).order(ByteOrder.LITTLE_ENDIAN);
        int kind = (int) read.getLong();
        long number = read.getLong();
        try {
            return told(kind, number, read);
        } catch (Throwable failure) { // told by the library in its own words; an Error, too, must not leave it without an answer
            return failed(kind);
        }
    }

    /** By what is asked, for one object may be several listeners. */
    private static byte[] told(int kind, long number, ByteBuffer read) throws Exception {
        Object listener = listener(number);
        switch (kind) {
            case DONE:
                remove(number);
                return answer(0);
            case LOG:
                log((LogListener) listener, read);
                return answer(0);
            case REPLAY:
                return answer(((ReplayMemory) listener).isFirst(text(read), Times.instant(read.getLong())) ? 1 : 0);
            case AUDIT:
                return answer(((AuditListener) listener).written(text(read)) ? 1 : 0);
            default:
                return store((CredentialStore) listener, kind, read);
        }
    }

    private static byte[] failed(int kind) {
        return answer(kind == REPLAY || kind == AUDIT ? 0 : -1);
    }

    private static void log(LogListener listener, ByteBuffer read) {
        int level = (int) read.getLong();
        listener.log(LogLevel.of(level), text(read), text(read));
    }

    private static byte[] store(CredentialStore store, int kind, ByteBuffer read) throws Exception {
        switch (kind) {
            case GET: {
                byte[] bytes = store.get(text(read));
                return given(bytes == null ? List.of() : List.of(bytes));
            }
            case PUT: {
                String name = text(read);
                byte[] bytes = bytes(read);
                store.put(name, bytes, Duration.ofMillis(read.getLong()));
                return answer(0);
            }
            case ERASE:
                store.erase(text(read));
                return answer(0);
            case NAMES: {
                List<byte[]> names = new ArrayList<>();
                for (String name : store.names()) {
                    names.add(name.getBytes(StandardCharsets.UTF_8));
                }
                return given(names);
            }
            case LOCK:
                return answer(((CredentialStore.WithLocks) store).lock(text(read)) ? 1 : 0);
            case UNLOCK:
                ((CredentialStore.WithLocks) store).unlock(text(read));
                return answer(0);
            default:
                return answer(-1);
        }
    }

    private static byte[] bytes(ByteBuffer read) {
        int length = Math.max(read.getInt(), 0);
        if (length > read.remaining()) {
            throw new IllegalArgumentException("not a text of ours");
        }
        byte[] bytes = new byte[length];
        read.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer read) {
        return new String(bytes(read), StandardCharsets.UTF_8);
    }

    private static byte[] answer(long number) {
        return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
    }

    /** Success, and what the store gives. */
    private static byte[] given(List<byte[]> texts) {
        long size = texts.stream().mapToLong(text -> text.length).sum();
        if (size > MOST_GIVEN) {
            throw new IllegalArgumentException("more than awsfed takes");
        }
        ByteBuffer write = ByteBuffer.allocate((int) size + Long.BYTES + texts.size() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        write.putLong(0);
        for (byte[] text : texts) {
            write.putInt(text.length).put(text);
        }
        return write.array();
    }
}
