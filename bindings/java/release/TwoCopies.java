import io.awsfed.loopback.LoopbackServer;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/**
 * Uses a jar behind two class loaders, as two plug-ins of a server do; each brings a copy of the native part: JAR. Prints
 * what each says of its version and of a sign-in that is refused, on a new thread each time: all must say the same.
 */
public final class TwoCopies {
    private static final String PAGE = "<html><body><form method='post' action='/'><input type='text' name='username'>"
            + "<input type='password' name='password'><input type='submit'></form></body></html>";

    private TwoCopies() {}

    public static void main(String[] arguments) throws Exception {
        URL[] jar = {Path.of(arguments[0]).toUri().toURL()};
        ClassLoader nothing = ClassLoader.getPlatformClassLoader();
        // A provider that shows its form again, whatever it is told.
        try (LoopbackServer provider = new LoopbackServer((path, body) -> new LoopbackServer.Answer(200, "text/html", PAGE));
                URLClassLoader one = new URLClassLoader(jar, nothing); URLClassLoader other = new URLClassLoader(jar, nothing)) {
            int users = 0;
            for (ClassLoader plugin : new ClassLoader[] {one, other, one, other}) {
                String user = "user" + ++users;
                FutureTask<String> task = new FutureTask<>(() -> version(plugin) + " " + refusal(plugin, provider.url("/"), user));
                new Thread(task).start();
                System.out.println(task.get());
            }
        }
    }

    private static String version(ClassLoader plugin) throws ReflectiveOperationException {
        return (String) plugin.loadClass("io.awsfed.Awsfed").getMethod("version").invoke(null);
    }

    private static String refusal(ClassLoader plugin, String url, String user) throws Exception {
        Class<?> type = plugin.loadClass("io.awsfed.Settings");
        String[][] said = {{"idp", "form"}, {"idp_url", url}, {"http_loopback", "true"}, {"user", user}, {"cache", "off"},
                {"region", "eu-central-1"}};
        try (AutoCloseable settings = (AutoCloseable) type.getConstructor().newInstance()) {
            for (String[] one : said) {
                type.getMethod("set", String.class, String.class).invoke(settings, one[0], one[1]);
            }
            type.getMethod("setSecret", String.class, char[].class).invoke(settings, "password", "wrong".toCharArray());
            Class<?> context = plugin.loadClass("io.awsfed.Context");
            try (AutoCloseable open = (AutoCloseable) context.getConstructor(type).newInstance(settings)) {
                context.getMethod("obtain").invoke(open);
                return "signed-in";
            }
        } catch (java.lang.reflect.InvocationTargetException refused) {
            return String.valueOf(refused.getCause().getClass().getMethod("code").invoke(refused.getCause()));
        }
    }
}
