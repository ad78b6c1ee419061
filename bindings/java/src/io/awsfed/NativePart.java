package io.awsfed;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The native part that the jar carries. It is copied into a new folder that nobody else may enter, checked there, loaded
 * from there, and removed at once: each class loader gets a copy, and thereby a state, of its own.
 */
final class NativePart {
    /** System property: a folder to copy it to, in place of java.io.tmpdir; it must not be mounted noexec. */
    static final String FOLDER_PROPERTY = "io.awsfed.folder";

    private static final String NAME = "libawsfed-jni.so";

    private NativePart() {}

    static void load() throws IOException {
        String platform = platform();
        byte[] library = resource("native/" + platform + "/" + NAME);
        byte[] digest = resource("native/" + platform + "/" + NAME + ".sha256");
        if (library == null || digest == null) {
            throw new IllegalStateException("this jar has none for " + platform + "; set the system property "
                    + Library.PATH_PROPERTY + " to the absolute path of one, or " + Library.PROCESS_PROPERTY
                    + " to that of the program awsfed");
        }
        List<String> failures = new ArrayList<>();
        for (Path folder : folders()) {
            try {
                loadFrom(folder, library, new String(digest, StandardCharsets.US_ASCII).trim());
                return;
            } catch (IOException | IllegalArgumentException | UnsatisfiedLinkError failure) {
                failures.add(folder + ": " + explained(failure));
            }
        }
        throw new IllegalStateException(String.join("; ", failures));
    }

    /** The only operating system that there is a native part for is Linux with glibc. */
    private static String platform() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return (system.equals("linux") ? "linux" : system.replace(' ', '-')) + "-" + (machine.equals("amd64") ? "x86_64" : machine);
    }

    private static List<Path> folders() {
        String wanted = System.getProperty(FOLDER_PROPERTY, "");
        List<Path> folders = new ArrayList<>();
        if (!wanted.isEmpty()) {
            folders.add(Path.of(wanted)); // and no other: somebody has chosen it
            return folders;
        }
        folders.add(Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
        folders.add(Path.of(System.getProperty("user.home", "/")));
        return folders;
    }

    /** Without the cache of URL connections: it would keep the jar open, and break when the jar is replaced. */
    private static byte[] resource(String name) throws IOException {
        URL found = NativePart.class.getResource(name);
        if (found == null) {
            return null;
        }
        URLConnection connection = found.openConnection();
        connection.setUseCaches(false);
        try (InputStream stream = connection.getInputStream()) {
            return stream.readAllBytes();
        }
    }

    private static void loadFrom(Path parent, byte[] library, String digest) throws IOException {
        Path folder = Files.createTempDirectory(parent.toRealPath(), "awsfed-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path file = folder.resolve(NAME);
        try {
            Owners.requireTrusted(folder);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.write(file, library, StandardOpenOption.TRUNCATE_EXISTING);
            if (!sha256(Files.readAllBytes(file)).equalsIgnoreCase(digest)) {
                throw new IOException("its digest is not the one in the jar; the disk is full, or the jar is damaged");
            }
            System.load(file.toString());
        } finally {
            remove(file);
            remove(folder);
        }
    }

    /** What stays does no harm, for nobody else may enter the folder; and it is no reason to load another copy. */
    private static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException stays) {
            return;
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            StringBuilder text = new StringBuilder();
            for (byte one : MessageDigest.getInstance("SHA-256").digest(bytes)) {
                text.append(String.format("%02x", one));
            }
            return text.toString();
        } catch (NoSuchAlgorithmException impossible) { // every JRE has it
            throw new IllegalStateException(impossible);
        }
    }

    private static String explained(Throwable failure) {
        String said = String.valueOf(failure.getMessage());
        if (said.contains("failed to map segment")) {
            return "it is mounted noexec; set the system property " + FOLDER_PROPERTY + " to a folder that is not";
        }
        if (said.contains("libc.") && !said.contains("GLIBC_")) {
            return said + "; the native part needs glibc, so on musl set " + Library.PROCESS_PROPERTY;
        }
        if (said.contains("GLIBC_")) {
            return said + "; the native part needs glibc 2.28 or later";
        }
        return failure instanceof java.nio.file.AccessDeniedException ? "it cannot be written" : said;
    }
}
