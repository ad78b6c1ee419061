package plugin;

import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.Settings;
import java.util.concurrent.Callable;

/** Obtains credentials by the awsfed that its class loader knows, as a plug-in of a build server does. */
public final class Obtains implements Callable<Object> {
    private static final String PASSWORD = "correct horse \"battery\" st\u00e4ple";

    /** The class loader of awsfed, when it was given the credentials that there are. */
    @Override
    public Object call() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(Obtains.class.getClassLoader()); // as servers do for their plug-ins
        try {
            return obtained();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static Object obtained() {
        try (Settings settings = new Settings().set("idp", "form").set("idp_url", System.getProperty("awsfed.test.start"))
                        .set("http_loopback", "true").set("user", "alice").set("sts_endpoint", System.getProperty("awsfed.test.sts"))
                        .setSecret("password", PASSWORD.toCharArray());
                Context context = new Context(settings);
                Credentials credentials = context.obtain()) {
            if (!credentials.accessKeyId().equals("ASIAFAKEFAKEFAKEFAKE")) {
                throw new IllegalStateException("other credentials: " + credentials);
            }
            return Context.class.getClassLoader();
        }
    }
}
