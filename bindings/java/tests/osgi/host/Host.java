package host;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.osgi.framework.Bundle;

/** A host of plug-ins that bring awsfed along: Host STORAGE JARS. Prints "ok ..." or "FAIL ..." for each claim. */
public final class Host {
    private static final int UPDATES = 20;

    private final Path storage;
    private final Path jars;
    private final Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    private final boolean hasProcess = !System.getProperty("io.awsfed.process", "").isEmpty();
    private final List<WeakReference<Object>> loaders = new ArrayList<>();
    private int loads;
    private boolean isGood = true;

    private Host(Path storage, Path jars) {
        this.storage = storage;
        this.jars = jars;
    }

    public static void main(String[] arguments) throws Exception {
        Host host = new Host(Path.of(arguments[0]), Path.of(arguments[1]));
        List<String> threads = Footprint.threads();
        long tasks = Footprint.unnamedTasks();
        host.bundles();
        host.plainClassLoaders();
        host.leavesNothing(threads, tasks);
        System.exit(host.isGood ? 0 : 1);
    }

    private void claim(String what, boolean isSo, Object otherwise) {
        isGood &= isSo;
        System.out.println(isSo ? "ok " + what : "FAIL " + what + ": " + otherwise);
    }

    // ---- bundles -------------------------------------------------------------------------------------

    private void bundles() throws Exception {
        try (Osgi osgi = new Osgi(storage)) {
            List<Bundle> installed = new ArrayList<>();
            for (String name : new String[] {"awsfed-1.0.jar", "awsfed-2.0.jar", "user-of-1.jar", "user-of-2.jar", "nested-1.0.jar"}) {
                installed.add(osgi.install(jars.resolve(name)));
            }
            List<Bundle> users = installed.subList(2, 5);
            for (Bundle user : users) {
                user.start();
            }
            Set<Object> different = new HashSet<>();
            for (Bundle user : users) {
                different.add(obtain(osgi, user));
            }
            claim("two versions and a nested one obtain credentials side by side", different.size() == 3, different);
            noFileIsLeft("after the first loads");
            different.clear();

            updates(osgi, installed.get(0), users.get(0), "awsfed-1.1.jar", "awsfed-1.0.jar");
            updates(osgi, users.get(2), users.get(2), "nested-1.1.jar", "nested-1.0.jar");
            for (Bundle bundle : installed) {
                bundle.uninstall();
            }
            osgi.refresh();
            collected("what was uninstalled is collected", 0);
        }
    }

    /** Goes back and forth between two revisions, and uses each. */
    private void updates(Osgi osgi, Bundle updated, Bundle user, String... revisions) throws Exception {
        int before = loads;
        for (int i = 0; i < UPDATES; ++i) {
            osgi.update(updated, jars.resolve(revisions[i % revisions.length]));
            osgi.refresh();
            obtain(osgi, user);
        }
        String what = updated.getSymbolicName() + " is updated " + UPDATES + " times and used each time; ";
        collected(what + "what was before is collected", 3);
        if (!hasProcess) {
            claim(what + "each had a native part of its own", Footprint.mappedCopies().size() == before + UPDATES,
                    Footprint.mappedCopies().size() + " after " + loads);
        }
        noFileIsLeft("after the updates");
    }

    private Object obtain(Osgi osgi, Bundle user) throws Exception {
        return noted(osgi.call(user));
    }

    /** One more class loader that has loaded a native part. */
    private Object noted(Object loader) {
        loaders.add(new WeakReference<>(loader));
        ++loads;
        return loader;
    }

    // ---- plain class loaders -------------------------------------------------------------------------

    private void plainClassLoaders() throws Exception {
        URL[] path = {jars.resolve("awsfed-1.0.jar").toUri().toURL(), jars.resolve("plugin.jar").toUri().toURL()};
        try (URLClassLoader one = new URLClassLoader(path, null); URLClassLoader two = new URLClassLoader(path, null)) {
            Object first = noted(obtains(one).call());
            Object second = noted(obtains(two).call());
            claim("two plain class loaders obtain credentials side by side", first == one && second == two, first + " " + second);
            noFileIsLeft("after plain class loaders");
        }
    }

    private static Callable<?> obtains(ClassLoader loader) throws Exception {
        return (Callable<?>) loader.loadClass("plugin.Obtains").getConstructor().newInstance();
    }

    // ---- what is left --------------------------------------------------------------------------------

    private void noFileIsLeft(String when) throws Exception {
        List<Path> files = Footprint.filesIn(temporary);
        claim("no file is left " + when, files.isEmpty(), files);
    }

    private void collected(String what, int remain) throws Exception {
        boolean isSo = Footprint.afterCollections(() -> Footprint.alive(loaders) == remain);
        claim(what, isSo, Footprint.alive(loaders) + " of " + loaders.size() + " class loaders are alive, not " + remain);
    }

    private void leavesNothing(List<String> threads, long tasks) throws Exception {
        collected("all class loaders are collected", 0);
        boolean isSo = Footprint.afterCollections(() -> Footprint.threads().equals(threads));
        claim("no thread is left", isSo, Footprint.threads() + " where there were " + threads);
        claim("no thread of the native part is left", Footprint.unnamedTasks() == tasks, Footprint.unnamedTasks() + " after " + tasks);
        int copies = Footprint.mappedCopies().size();
        claim("a load leaves one mapping and no more", copies == (hasProcess ? 0 : loads) && Footprint.mappingsOfFiles() == 0,
                copies + " copies after " + loads + " loads");
        claim("no process is left", Footprint.afterCollections(() -> Footprint.children() == 0), Footprint.children());
        noFileIsLeft("at the end");
    }
}
