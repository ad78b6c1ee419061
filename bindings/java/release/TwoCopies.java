import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/** Uses a jar behind two class loaders, as two plug-ins of a server do; each brings a copy of the native part: JAR */
public final class TwoCopies {
    private TwoCopies() {}

    public static void main(String[] arguments) throws Exception {
        URL[] jar = {Path.of(arguments[0]).toUri().toURL()};
        ClassLoader nothing = ClassLoader.getPlatformClassLoader();
        try (URLClassLoader one = new URLClassLoader(jar, nothing); URLClassLoader other = new URLClassLoader(jar, nothing)) {
            for (ClassLoader plugin : new ClassLoader[] {one, other, one}) {
                Class<?> awsfed = Class.forName("io.awsfed.Awsfed", true, plugin);
                System.out.println(awsfed.getMethod("version").invoke(null));
            }
        }
    }
}
