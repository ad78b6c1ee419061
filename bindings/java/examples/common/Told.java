package io.awsfed.examples.common;

import io.awsfed.AwsfedException;
import java.util.ArrayList;
import java.util.List;

/** A failure as a build's log has it. */
public final class Told {
    private Told() {}

    /**
     * The lines for a person: what happened, what to try, and the name to search for.
     *
     * @param failure of the library, or of a host
     * @return one line each; no stack trace, and no secret
     */
    public static List<String> lines(RuntimeException failure) {
        List<String> lines = new ArrayList<>();
        if (failure instanceof AwsfedException) {
            AwsfedException told = (AwsfedException) failure;
            lines.add("awsfed: " + told.getMessage());
            told.advice().lines().forEach(line -> lines.add("        " + line));
            lines.add("        (" + told.code() + (told.setting().isEmpty() ? "" : ", setting " + told.setting())
                    + (told.stage().isEmpty() ? "" : ", at " + told.stage()) + ")");
        } else {
            lines.add("awsfed: " + failure.getMessage());
        }
        return lines;
    }
}
