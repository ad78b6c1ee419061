package io.awsfed;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What there is to know without a context. */
public final class Awsfed {
    private Awsfed() {}

    /**
     * The version of the library.
     *
     * @return for example {@code 0.1.0}
     */
    public static String version() {
        return Message.textOf(Library.transport(), Call.VERSION);
    }

    /**
     * Whether the library has a feature.
     *
     * @param feature for example {@code idp:adfs}
     * @return false for what it has not, and does not know
     */
    public static boolean has(String feature) {
        try (Message message = Message.to(Call.HAS).put("feature", feature).over(Library.transport())) {
            return message.yes();
        }
    }

    /**
     * The connectors of a config file.
     *
     * @param file the config file
     * @return their ids by their names, in the order of the file; an id is empty where a connector has none
     */
    public static Map<String, String> connectors(Path file) {
        Transport transport = Library.transport();
        try (Message message = Message.to(Call.CONNECTORS).put("path", file.toString()).over(transport)) {
            List<String> names = Message.names(transport, message.number());
            List<String> ids = Message.names(transport, message.number());
            Map<String, String> connectors = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); ++i) {
                connectors.put(names.get(i), ids.get(i));
            }
            return connectors;
        }
    }
}
