package io.awsfed;

import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Signs in once, closes everything and waits, so that memory.py may look at what is left. The password comes by standard
 * input: a length, then UTF-16, through no buffer but the array that the binding wipes.
 */
final class MemoryUse {
    private MemoryUse() {}

    public static void main(String[] arguments) throws IOException {
        DataInputStream in = new DataInputStream(new FileInputStream(FileDescriptor.in));
        char[] marker = read(in); // what must be found, or else the search is not worth anything
        for (int i = 0; i < 20; ++i) {
            char[] password = read(in);
            try (Settings settings = settings().setSecret("password", password);
                    Context context = new Context(settings);
                    Credentials credentials = context.obtain()) {
                if (!credentials.accessKeyId().startsWith("ASIA")) {
                    throw new IllegalStateException("no credentials");
                }
            }
            refused(read(in));
        }
        System.out.println("used");
        in.read();
        System.out.println(marker.length);
    }

    /** Half a surrogate pair follows, which has no UTF-8. */
    private static void refused(char[] secret) {
        char[] malformed = Arrays.copyOf(secret, secret.length + 1);
        malformed[secret.length] = '\ud800';
        Arrays.fill(secret, '\0');
        try {
            Credentials.of("AKIAEXAMPLE", malformed, null, null).close();
            throw new AssertionError("it is taken");
        } catch (IllegalArgumentException expected) {
            return;
        }
    }

    /** Not those of Fake, a class with the password in it. */
    private static Settings settings() {
        return new Settings().set("idp", "form").set("idp_url", System.getProperty("awsfed.test.start"))
                .set("http_loopback", "true").set("sts_endpoint", System.getProperty("awsfed.test.sts")).set("user", "alice");
    }

    private static char[] read(DataInputStream in) throws IOException {
        char[] text = new char[in.readInt()];
        for (int i = 0; i < text.length; ++i) {
            text[i] = in.readChar();
        }
        return text;
    }
}
