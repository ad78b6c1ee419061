package io.awsfed;

import java.nio.file.Path;
import java.nio.file.Paths;

/**
 * Loads the native part, once. A failure is kept and thrown again at every use: a class that could not be initialised
 * would only say {@code NoClassDefFoundError} from the second time on.
 */
final class Library {
    /** System property: the absolute path of the native part. No search path is ever used. */
    static final String PATH_PROPERTY = "io.awsfed.library";

    private static final Throwable FAILURE = load();

    private Library() {}

    /** @throws IllegalStateException when the native part is not there, with what to do about it */
    static void require() {
        if (FAILURE != null) {
            throw new IllegalStateException("The native part of awsfed cannot be loaded: " + FAILURE.getMessage(), FAILURE);
        }
    }

    private static Throwable load() {
        try {
            String path = System.getProperty(PATH_PROPERTY, "");
            if (path.isEmpty() || !Paths.get(path).isAbsolute()) {
                throw new IllegalArgumentException(
                        "set the system property " + PATH_PROPERTY + " to the absolute path of libawsfed-jni.so");
            }
            System.load(Path.of(path).normalize().toString());
            return null;
        } catch (RuntimeException | LinkageError failure) {
            return failure;
        }
    }
}
