package io.awsfed;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where the library is: in this process, or in one of its own. A failure to load it is kept and thrown again at every use: a
 * class that could not be initialised would only say {@code NoClassDefFoundError} from the second time on.
 */
final class Library {
    /** System property: the absolute path of the native part, in place of the one in the jar. No search path is ever used. */
    static final String PATH_PROPERTY = "io.awsfed.library";
    /** System property: the absolute path of the program awsfed. With it no native code is loaded here. */
    static final String PROCESS_PROPERTY = "io.awsfed.process";

    private Library() {}

    /**
     * The way to the library, which is loaded or started when need be.
     *
     * @throws IllegalStateException when it is not to be had, with what to do about it
     */
    static Transport transport() {
        String program = System.getProperty(PROCESS_PROPERTY, "");
        return program.isEmpty() ? InProcess.transport() : ChildProcess.running(program);
    }

    /** A file that the host names. */
    static Path named(String property, String path) throws IOException {
        Path file = Path.of(path);
        if (!file.isAbsolute()) {
            throw new IllegalArgumentException("the system property " + property + " must be an absolute path, not " + path);
        }
        Path real = file.toRealPath();
        Owners.requireTrusted(real);
        return real;
    }

    /** Loaded at the first use, and never when there is a process. */
    private static final class InProcess {
        private static final Transport TRANSPORT;
        private static final Throwable FAILURE;

        static {
            Transport transport = null;
            Throwable failure = null;
            try {
                load();
                transport = new Jni();
            } catch (RuntimeException | LinkageError | IOException thrown) {
                failure = thrown;
            }
            TRANSPORT = transport;
            FAILURE = failure;
        }

        static Transport transport() {
            if (FAILURE != null) {
                throw new IllegalStateException("The native part of awsfed cannot be loaded: " + FAILURE.getMessage(), FAILURE);
            }
            return TRANSPORT;
        }

        private static void load() throws IOException {
            String path = System.getProperty(PATH_PROPERTY, "");
            if (path.isEmpty()) {
                NativePart.load();
            } else {
                System.load(named(PATH_PROPERTY, path).toString());
            }
        }
    }
}
