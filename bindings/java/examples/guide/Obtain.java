package io.awsfed.examples.guide;

import io.awsfed.Cancel;
import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.Settings;
import java.nio.file.Path;
import java.util.Map;

/** From a connector of the administrator's and a password to the environment of a program. */
public final class Obtain {
    private Obtain() {}

    public static void obtain(Path config, String connector, String user, char[] password, Cancel cancel,
            Map<String, String> environment) {
        try (Settings settings = new Settings().load(config, connector)) {
            settings.principal(user);                       // whom your server has authenticated; null: nobody
            settings.setSecret("password", password);       // and wipes the array
            settings.override("duration", "1h");            // what a job wishes for: the connector may refuse it
            settings.set("build_data", "{\"plan\":\"WEB-MAIN\",\"build\":\"17\"}"); // what your server knows
            try (Context context = new Context(settings); Credentials credentials = context.obtain(null, cancel)) {
                environment.putAll(credentials.environment());
            }
        }
    }
}
