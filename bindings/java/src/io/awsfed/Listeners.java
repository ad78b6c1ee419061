package io.awsfed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The host's own objects that the library asks while a call runs, by the numbers it knows them by. What they throw never
 * reaches the library: it counts as a failure of the callback.
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

    private static final Map<Long, Object> ALL = new ConcurrentHashMap<>();
    private static final AtomicLong LAST = new AtomicLong();

    private Listeners() {}

    static long add(Object listener) {
        long number = LAST.incrementAndGet();
        ALL.put(number, listener);
        return number;
    }

    static void remove(long number) {
        ALL.remove(number);
    }

    /** How many the library still knows: for tests. */
    static int count() {
        return ALL.size();
    }

    static byte[] ask(byte[] question) {
        ByteBuffer read = ByteBuffer.wrap(question).order(ByteOrder.LITTLE_ENDIAN);
        int kind = (int) read.getLong();
        long number = read.getLong();
        if (kind == DONE) {
            remove(number);
            return answer(0, Collections.emptyList());
        }
        Object listener = ALL.get(number);
        try {
            if (listener instanceof LogListener) {
                log((LogListener) listener, read);
                return answer(0, Collections.emptyList());
            }
            if (listener instanceof ReplayMemory && kind == REPLAY) {
                boolean first = ((ReplayMemory) listener).isFirst(text(read), Times.instant(read.getLong()));
                return answer(first ? 1 : 0, Collections.emptyList());
            }
            if (listener instanceof AuditListener && kind == AUDIT) {
                return answer(((AuditListener) listener).written(text(read)) ? 1 : 0, Collections.emptyList());
            }
            if (listener instanceof CredentialStore) {
                return store((CredentialStore) listener, kind, read);
            }
        } catch (Exception | LinkageError failure) { // told by the library in its own words
        }
        return answer(kind == REPLAY || kind == AUDIT ? 0 : -1, Collections.emptyList());
    }

    private static void log(LogListener listener, ByteBuffer read) {
        int level = (int) read.getLong();
        listener.log(LogLevel.of(level), text(read), text(read));
    }

    private static byte[] store(CredentialStore store, int kind, ByteBuffer read) throws Exception {
        switch (kind) {
            case GET: {
                byte[] bytes = store.get(text(read));
                return answer(0, bytes == null ? Collections.emptyList() : Collections.singletonList(bytes));
            }
            case PUT: {
                String name = text(read);
                byte[] bytes = bytes(read);
                store.put(name, bytes, java.time.Duration.ofMillis(read.getLong()));
                return answer(0, Collections.emptyList());
            }
            case ERASE:
                store.erase(text(read));
                return answer(0, Collections.emptyList());
            case NAMES: {
                List<byte[]> names = new java.util.ArrayList<>();
                for (String name : store.names()) {
                    names.add(name.getBytes(StandardCharsets.UTF_8));
                }
                return answer(0, names);
            }
            case LOCK:
                return answer(((CredentialStore.WithLocks) store).lock(text(read)) ? 1 : 0, Collections.emptyList());
            case UNLOCK:
                ((CredentialStore.WithLocks) store).unlock(text(read));
                return answer(0, Collections.emptyList());
            default:
                return answer(-1, Collections.emptyList());
        }
    }

    private static byte[] bytes(ByteBuffer read) {
        byte[] bytes = new byte[Math.max(read.getInt(), 0)];
        read.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer read) {
        return new String(bytes(read), StandardCharsets.UTF_8);
    }

    private static byte[] answer(long number, List<byte[]> texts) {
        int size = Long.BYTES;
        for (byte[] text : texts) {
            size += Integer.BYTES + text.length;
        }
        ByteBuffer write = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).putLong(number);
        for (byte[] text : texts) {
            write.putInt(text.length).put(text);
        }
        return write.array();
    }
}
