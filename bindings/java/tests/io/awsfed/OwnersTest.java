package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Security rule 16: nothing is loaded, or started, that somebody else could have put there. */
@Timeout(60)
class OwnersTest {
    private Path folder;
    private Path file;

    @BeforeEach
    void make() throws IOException {
        folder = Files.createTempDirectory("awsfed-owners-");
        file = Files.createFile(folder.resolve("library"));
        mode(folder, "rwx------");
        mode(file, "rwx------");
    }

    @AfterEach
    void remove() throws IOException {
        mode(folder, "rwx------");
        Files.deleteIfExists(folder.resolve("link"));
        Files.deleteIfExists(file);
        Files.delete(folder);
    }

    private static void mode(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private String refusal() {
        return assertThrows(IllegalArgumentException.class, () -> Library.named("io.awsfed.library", file.toString())).getMessage();
    }

    @Test
    void oursAloneIsTaken() throws IOException {
        assertEquals(file.toRealPath(), Library.named("io.awsfed.library", file.toString()));
        mode(folder, "rwxr-xr-x");
        mode(file, "r-xr-xr-x");
        Files.createSymbolicLink(folder.resolve("link"), file);
        assertEquals(file.toRealPath(), Library.named("io.awsfed.library", folder.resolve("link").toString()), "what a link means");
    }

    @Test
    void whatOthersMayWriteIsNot() throws IOException {
        mode(file, "rwxrwx---");
        assertTrue(refusal().contains("chmod go-w"), refusal());
        mode(file, "rwx---rwx");
        assertTrue(refusal().contains(file.getFileName().toString()));
        mode(file, "rwx------");
        mode(folder, "rwxrwxrwx"); // anybody could rename the file away
        assertTrue(refusal().contains(folder.getFileName() + " may be written"), refusal());
    }

    @Test
    void whatIsAnothersIsNot() throws IOException {
        assumeTrue(Owners.ourselves() == 0, "only root gives files away");
        Files.setAttribute(file, "unix:uid", 65534);
        assertTrue(refusal().contains("another user"));
        Files.setAttribute(file, "unix:uid", 0);
        Files.setAttribute(folder, "unix:uid", 65534);
        assertTrue(refusal().contains("another user"));
    }

    @Test
    void weAreWhoseFilesOursAre() throws IOException {
        assertEquals(Files.getAttribute(file, "unix:uid"), Owners.ourselves());
    }

    @Test
    void onlyWholePathsAreTaken() {
        for (String path : new String[] {"libawsfed-jni.so", "./library", "../library"}) {
            assertThrows(IllegalArgumentException.class, () -> Library.named("io.awsfed.library", path));
        }
        assertThrows(IOException.class, () -> Library.named("io.awsfed.library", folder.resolve("absent").toString()));
    }
}
