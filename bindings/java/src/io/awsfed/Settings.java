package io.awsfed;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * Named values that say who signs in where, which role is wanted and under which policy. {@code docs/settings.md} lists
 * them.
 *
 * <p>Every method that sets something throws {@link AwsfedException.Setting}, with the name at fault, when the name is
 * unknown, the value malformed or the setting locked; {@link IllegalArgumentException} for text that is not Unicode.
 */
public final class Settings extends Handle {
    public Settings() {
        super(make(), Native::settingsFree);
    }

    private static long make() {
        Library.require();
        return Native.settingsNew();
    }

    /**
     * The word of the program that calls. An empty value takes the setting away. A secret is given as a reference here
     * ({@code env:NAME}, {@code file:PATH}); its characters go to {@link #setSecret(String, char[])}.
     */
    public Settings set(String name, String value) {
        byte[] key = Text.bytes("name", name);
        byte[] text = Text.bytes("value of " + name, value);
        alone(address -> {
            Native.settingsSet(address, key, text);
            return null;
        });
        return this;
    }

    /**
     * Sets a secret. The array is overwritten with zeros before this returns, also when it fails; the native side keeps
     * the characters as UTF-8, in locked memory, until the last object that needs them is closed.
     */
    public Settings setSecret(String name, char[] value) {
        Objects.requireNonNull(value, "value"); // the native side looks into it
        try {
            byte[] key = Text.bytes("name", name);
            alone(address -> {
                Native.settingsSetSecret(address, key, value);
                return null;
            });
            return this;
        } finally {
            Arrays.fill(value, '\0');
        }
    }

    /** As {@link #setSecret(String, char[])}, for a secret that is bytes. */
    public Settings setSecret(String name, byte[] value) {
        Objects.requireNonNull(value, "value"); // the native side looks into it
        try {
            byte[] key = Text.bytes("name", name);
            alone(address -> {
                Native.settingsSetSecretBytes(address, key, value);
                return null;
            });
            return this;
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    /** Reads the section {@code [connector NAME]} of a config file, and locks what it sets against {@link #override}. */
    public Settings load(Path file, String connector) {
        byte[] path = Text.bytes("path", file.toString());
        byte[] section = Text.bytes("connector", connector);
        alone(address -> {
            Native.settingsLoad(address, path, section);
            return null;
        });
        return this;
    }

    /** The wish of a job: refused where the connector, or the setting itself, does not let a job have it. */
    public Settings override(String name, String value) {
        byte[] key = Text.bytes("name", name);
        byte[] text = Text.bytes("value of " + name, value);
        alone(address -> {
            Native.settingsOverride(address, key, text);
            return null;
        });
        return this;
    }
}
