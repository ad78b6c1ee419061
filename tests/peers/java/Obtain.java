import io.awsfed.AwsfedException;
import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.LogLevel;
import io.awsfed.Settings;
import java.util.List;

/** awsfed obtain, as Java has it: Obtain NAME VALUE... An error's fields are the last lines of standard error. */
public final class Obtain {
    private Obtain() {}

    public static void main(String[] settings) {
        try (Settings wanted = new Settings()) {
            for (int i = 0; i < settings.length; i += 2) {
                wanted.set(settings[i], settings[i + 1]);
            }
            try (Context context = new Context(wanted).log(LogLevel.TRACE, (level, event, text) -> System.err.println(event + ": " + text));
                    Credentials credentials = context.obtain()) {
                System.out.println(credentials.format("process"));
            }
        } catch (AwsfedException failure) {
            String status = failure.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
            List.of(failure.code(), status, failure.setting(), failure.getMessage(), failure.advice().replace('\n', ' ')).forEach(System.err::println);
            System.exit(1);
        }
    }
}
