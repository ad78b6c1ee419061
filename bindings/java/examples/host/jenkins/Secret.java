package io.awsfed.examples.host.jenkins;

import java.io.Serializable;
import java.util.Objects;

/**
 * Stands for hudson.util.Secret: a text that Jenkins encrypts with a key of the controller's wherever it writes it, the state of a
 * pipeline too. Over the channel to an agent, which does not have that key, it goes as it is.
 */
public final class Secret implements Serializable {
    private static final long serialVersionUID = 1;

    private final String text;

    private Secret(String text) {
        this.text = Objects.requireNonNull(text, "text");
    }

    /**
     * Of a text.
     *
     * @param text to be kept
     * @return the secret
     */
    public static Secret fromString(String text) {
        return new Secret(text);
    }

    /**
     * The text.
     *
     * @return as it was given
     */
    public String getPlainText() {
        return text;
    }

    /** Not the text. */
    @Override
    public String toString() {
        return "[secret]";
    }
}
