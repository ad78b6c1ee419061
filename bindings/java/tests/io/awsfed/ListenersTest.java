package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the host gives: a log, an audit, a store. */
@Timeout(60)
class ListenersTest {
    @Test
    void theLogIsToldAndForgotten() {
        int before = Listeners.count();
        List<String> lines = new CopyOnWriteArrayList<>();
        try (Context context = new Context(Fake.settings())) {
            context.log(LogLevel.WARNING, (level, event, text) -> lines.add("never"));
            context.log(LogLevel.TRACE, (level, event, text) -> lines.add(level + " " + event + " " + text));
            assertEquals(before + 1, Listeners.count(), "the first one is not known any more");
            context.obtain().close();
            assertTrue(lines.size() > 3, lines.toString());
            assertFalse(lines.contains("never"));
            assertFalse(lines.toString().contains("battery"));
            int told = lines.size();
            context.log(LogLevel.TRACE, null);
            context.obtain().close();
            assertEquals(told, lines.size());
            context.log(LogLevel.INFO, (level, event, text) -> {
                throw new IllegalStateException("a log that is broken");
            });
            context.obtain().close();
        }
        assertEquals(before, Listeners.count());
    }

    @Test
    void theAuditIsWrittenOrTheCredentialsAreKeptBack() {
        List<String> lines = new CopyOnWriteArrayList<>();
        try (Settings required = new Settings().set("audit", "required"); Context context = new Context(Fake.settings())) {
            context.audit(line -> lines.add(line));
            context.obtain(required, null).close();
            assertTrue(lines.get(0).startsWith("{") && lines.get(0).contains("ASIAFAKEFAKEFAKEFAKE"), lines.toString());
            assertFalse(lines.toString().contains("fakeSecret"));
            context.audit(line -> {
                throw new java.io.IOException("the disk is full");
            });
            assertThrows(AwsfedException.class, () -> context.obtain(required, null));
            context.obtain().close(); // where it is not required
        }
    }

    /** AssertionError, OutOfMemoryError and their like are no reason to wait for ever. */
    @Test
    void anErrorOfAListenerIsAFailureOfThatListener() {
        try (Settings required = new Settings().set("audit", "required"); Context context = new Context(Fake.settings())) {
            context.log(LogLevel.TRACE, (level, event, text) -> {
                throw new AssertionError("a log that is wrong");
            });
            context.obtain().close();
            context.audit(line -> {
                throw new StackOverflowError();
            });
            assertThrows(AwsfedException.class, () -> context.obtain(required, null));
            context.obtain().close();
        }
    }

    /** A natural shape for a host. */
    private static final class Everything extends MapStore implements LogListener, AuditListener, ReplayMemory, CredentialStore.WithLocks {
        final List<String> events = new CopyOnWriteArrayList<>();
        final List<String> audit = new CopyOnWriteArrayList<>();
        final Set<String> locked = ConcurrentHashMap.newKeySet();

        @Override
        public void log(LogLevel level, String event, String text) {
            events.add(event);
        }

        @Override
        public boolean written(String line) {
            return audit.add(line);
        }

        @Override
        public boolean isFirst(String id, Instant expires) {
            return true;
        }

        @Override
        public boolean lock(String name) {
            return locked.add(name);
        }

        @Override
        public void unlock(String name) {
            locked.remove(name);
        }
    }

    @Test
    void oneObjectMayBeEveryListener() {
        Everything host = new Everything();
        try (Context context = new Context(hostCache().set("audit", "required"))) {
            context.log(LogLevel.TRACE, host).audit(host).replay(host).store(host);
            context.obtain().close();
            context.obtain().close();
        }
        assertEquals(2, host.audit.size(), host.audit.toString());
        assertTrue(host.audit.get(1).contains("\"hit\""), host.audit.toString());
        assertTrue(host.events.stream().allMatch(event -> event.matches("[a-z][a-z0-9._-]*")), host.events.toString());
        assertFalse(host.kept.isEmpty());
        assertEquals(Set.of(), host.locked);
    }

    /** Bigger than a frame of the process, too. */
    @Test
    void aStoreThatGivesTooMuchHasFailed() {
        MapStore store = new MapStore() {
            @Override
            public byte[] get(String name) {
                return new byte[65 << 20];
            }
        };
        List<String> warnings = new CopyOnWriteArrayList<>();
        try (Context context = new Context(hostCache())) {
            context.store(store).log(LogLevel.WARNING, (level, event, text) -> warnings.add(text));
            context.obtain().close();
        }
        assertFalse(warnings.isEmpty());
    }

    /** What a plug-in is that forgets to close, and is unloaded. */
    private static final class Plugin {
        final Context context = new Context(Fake.settings());
        int lines;

        Plugin() {
            context.log(LogLevel.INFO, this::note);
        }

        private void note(LogLevel level, String event, String text) {
            ++lines;
        }
    }

    @Test
    void whatListensToItsOwnContextIsCollectedWithIt() throws Exception {
        int before = Listeners.count();
        WeakReference<Plugin> plugin = new WeakReference<>(new Plugin());
        for (int i = 0; i < 200 && (plugin.get() != null || Listeners.count() > before); ++i) {
            System.gc();
            Thread.sleep(20);
        }
        assertEquals(null, plugin.get());
        assertEquals(before, Listeners.count());
    }

    /** What a host with a database would write. */
    private static class MapStore implements CredentialStore {
        final Map<String, byte[]> kept = new ConcurrentHashMap<>();
        boolean broken;

        private void check() throws java.io.IOException {
            if (broken) {
                throw new java.io.IOException("the database is down");
            }
        }

        @Override
        public byte[] get(String name) throws Exception {
            check();
            return kept.get(name);
        }

        @Override
        public void put(String name, byte[] bytes, Duration life) throws Exception {
            check();
            assertTrue(life.toMillis() > 0);
            kept.put(name, bytes);
        }

        @Override
        public void erase(String name) throws Exception {
            check();
            kept.remove(name);
        }

        @Override
        public Collection<String> names() throws Exception {
            check();
            return kept.keySet();
        }
    }

    private static final class LockingStore extends MapStore implements CredentialStore.WithLocks {
        final Set<String> locked = ConcurrentHashMap.newKeySet();
        int locks;

        @Override
        public synchronized boolean lock(String name) {
            ++locks;
            return locked.add(name);
        }

        @Override
        public void unlock(String name) {
            assertTrue(locked.remove(name));
        }
    }

    private static Settings hostCache() {
        return Fake.settings().set("cache", "host").setSecret("cache_key", "0123456789abcdef0123456789abcdef".toCharArray());
    }

    @Test
    void whatTheHostKeepsServesTheNextContext() {
        LockingStore store = new LockingStore();
        List<String> audit = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 2; ++i) {
            try (Context context = new Context(hostCache())) {
                context.store(store).audit(line -> audit.add(line));
                context.obtain().close();
                assertTrue(context.kept(null, null).stream().anyMatch(entry -> entry.kind().equals("credentials")
                        && entry.expires().isPresent()), context.kept(null, null).toString());
            }
        }
        assertEquals(2, audit.size(), audit.toString());
        assertTrue(audit.get(1).contains("\"hit\""), audit.toString());
        assertTrue(store.locks > 0);
        assertEquals(Set.of(), store.locked);
        for (byte[] sealed : store.kept.values()) {
            assertFalse(new String(sealed, java.nio.charset.StandardCharsets.ISO_8859_1).contains("fakeSecret"));
        }
        try (Context context = new Context(hostCache())) {
            context.store(store);
            assertTrue(context.eraseKept(null, null, null, null) >= 1);
            assertEquals(0, context.kept(null, null).stream().filter(entry -> entry.kind().equals("credentials")).count());
        }
    }

    @Test
    void aStoreThatIsDownCostsNoJob() {
        MapStore store = new MapStore();
        store.broken = true;
        List<String> warnings = new CopyOnWriteArrayList<>();
        try (Context context = new Context(hostCache())) {
            context.store(store).log(LogLevel.WARNING, (level, event, text) -> warnings.add(text));
            context.obtain().close();
        }
        assertFalse(warnings.isEmpty());
    }
}
