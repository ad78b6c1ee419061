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
        return Message.call(Library.transport(), Call.HAS, message -> message.put("feature", feature), Message::yes);
    }

    /**
     * The connectors of a config file.
     *
     * @param file the config file
     * @return their ids by their names, in the order of the file; an id is empty where a connector has none
     */
    public static Map<String, String> connectors(Path file) {
        Transport transport = Library.transport();
        return Message.call(transport, Call.CONNECTORS, message -> message.put("path", file.toString()),
                message -> byNames(Message.names(transport, message.number()), Message.names(transport, message.number())));
    }

    private static Map<String, String> byNames(List<String> names, List<String> ids) {
        Map<String, String> connectors = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); ++i) {
            connectors.put(names.get(i), ids.get(i));
        }
        return connectors;
    }
}
