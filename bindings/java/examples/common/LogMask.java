package io.awsfed.examples.common;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Hides secrets in the lines of a log, in each form that it was told of. It only learns: what was renewed may still be printed
 * by a process that began before. Any thread may use it.
 *
 * <p>A line that holds a secret in another form, or a part of one, is shown: this is an aid against mistakes, no wall.
 */
public final class LogMask {
    /** What stands in the place of a secret, as build servers have it. */
    public static final String SHOWN = "********";

    private volatile List<String> forms = List.of();

    /**
     * Hides these too.
     *
     * @param more as {@link io.awsfed.Credentials#maskingList} and {@link io.awsfed.Masking#of} have them
     */
    public synchronized void add(Collection<String> more) {
        TreeSet<String> all = new TreeSet<>(Comparator.comparingInt(String::length).reversed()
                .thenComparing(Comparator.naturalOrder()));
        all.addAll(forms);
        all.addAll(more);
        all.remove("");
        forms = List.copyOf(all);
    }

    /**
     * A line as it may be shown.
     *
     * @param line any text
     * @return with each form that is known replaced, the longest first
     */
    public String hide(String line) {
        String shown = line;
        for (String form : forms) {
            shown = shown.replace(form, SHOWN);
        }
        return shown;
    }

    /** The forms as the characters that their UTF-8 has in ISO 8859-1: for bytes of which nobody knows the encoding. */
    List<String> inBytes() {
        List<String> bytes = new ArrayList<>();
        for (String form : forms) {
            bytes.add(new String(form.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        }
        return bytes;
    }

    /** How many forms there are, and none of them. */
    @Override
    public String toString() {
        return "LogMask[" + forms.size() + "]";
    }
}
