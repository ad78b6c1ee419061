package io.awsfed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Who may change a file that code is loaded from: we ourselves and root, nobody else. */
final class Owners {
    private static final int GROUP_OR_OTHERS_WRITE = 0022;
    private static final int STICKY = 01000;
    /** In the line of the user ids: real, effective and so on. */
    private static final int EFFECTIVE = 2;

    private Owners() {}

    /** Not by the owner of /proc/self: that is root where a program has rights of its own, as to listen on a low port. */
    static int ourselves() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("Uid:")) {
                return Integer.parseInt(line.split("\\s+")[EFFECTIVE]);
            }
        }
        throw new IOException("/proc/self/status does not say whose process this is");
    }

    /** @throws IllegalArgumentException when somebody else could put another file, or folder, in its place */
    static void requireTrusted(Path file) throws IOException {
        require(file, false);
        for (Path folder = file.getParent(); folder != null; folder = folder.getParent()) {
            require(folder, true);
        }
    }

    /** In a sticky folder nobody takes away what is another's. */
    private static void require(Path path, boolean isFolder) throws IOException {
        int owner = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if (owner != 0 && owner != ourselves()) {
            throw new IllegalArgumentException(path + " belongs to another user than the one who runs this program");
        }
        boolean mayBeReplaced = (mode & GROUP_OR_OTHERS_WRITE) != 0 && !(isFolder && (mode & STICKY) != 0);
        if (mayBeReplaced) {
            throw new IllegalArgumentException(path + " may be written by others; take that right away (chmod go-w)");
        }
    }
}
