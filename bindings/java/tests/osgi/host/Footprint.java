package host;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the loading of native code leaves behind in this process. */
final class Footprint {
    private static final long PATIENCE_MS = 15_000;

    private Footprint() {}

    /** Copies of the native part that are mapped although their files have gone: by inode. */
    static Set<String> mappedCopies() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.endsWith("libawsfed-jni.so (deleted)")).map(line -> line.split(" +")[4])
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Mappings of native parts whose file is there. */
    static long mappingsOfFiles() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.endsWith("libawsfed-jni.so")).count();
        }
    }

    /** Of the library, where it has a process of its own. */
    static long children() {
        return ProcessHandle.current().children().count();
    }

    /** Without those of the framework, and the JDK's own for processes, which stay a while. */
    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> !name.startsWith("Felix") && !name.startsWith("process reaper"))
                .sorted().collect(Collectors.toList());
    }

    /** Those that Java does not know of have the name of the process. */
    static long unnamedTasks() throws IOException {
        long count = 0;
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.collect(Collectors.toList())) {
                if (Files.readString(task.resolve("comm")).trim().equals("java")) {
                    ++count;
                }
            }
        }
        return count;
    }

    static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> !path.equals(folder)).collect(Collectors.toList());
        }
    }

    /** Has the collector run until it is so, and says whether it became so. */
    static boolean afterCollections(BooleanSupplier isSo) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            System.gc();
            Thread.sleep(20);
        }
        return true;
    }

    static long alive(List<WeakReference<Object>> references) {
        return references.stream().filter(reference -> reference.get() != null).count();
    }
}
