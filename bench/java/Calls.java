import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.Settings;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * What calls.c does, from Java: Calls CALLS NAME=VALUE... obtains over and over on one thread and prints as JSON what that
 * took, by the clock and of the thread's CPU; with no CALLS it obtains once. NAME=@VARIABLE is a secret of the environment.
 * The calls that warm up the compiler are made before.
 */
public final class Calls {
    private static final int WARM_UP_CALLS = 30_000;

    private Calls() {}

    public static void main(String[] arguments) {
        int calls = Integer.parseInt(arguments[0]);
        try (Settings settings = new Settings()) {
            for (int i = 1; i < arguments.length; ++i) {
                String[] parts = arguments[i].split("=", 2);
                if (parts[1].startsWith("@")) {
                    settings.setSecret(parts[0], System.getenv(parts[1].substring(1)).toCharArray());
                } else {
                    settings.set(parts[0], parts[1]);
                }
            }
            try (Context context = new Context(settings)) {
                context.obtain().close();
                if (calls > 0) {
                    measure(context, calls);
                }
            }
        }
    }

    private static void measure(Context context, int calls) {
        work(context, WARM_UP_CALLS);
        long time = System.nanoTime();
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work(context, calls);
        cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
        time = System.nanoTime() - time;
        System.out.printf(Locale.ROOT, "{\"us\": %.3f, \"cpu_us\": %.3f}%n", time / 1e3 / calls, cpu / 1e3 / calls);
    }

    private static void work(Context context, int calls) {
        for (int i = 0; i < calls; ++i) {
            try (Credentials credentials = context.obtain()) {
                if (credentials == null) {
                    throw new IllegalStateException();
                }
            }
        }
    }
}
