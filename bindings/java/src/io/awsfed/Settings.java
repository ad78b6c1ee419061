package io.awsfed;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * Named values that say who signs in where, which role is wanted and under which policy. {@code docs/settings.md} lists
 * them, {@link SettingInfo#all()} too; {@link SettingsBuilder} has a method for each.
 *
 * <p>Every method that sets something throws {@link AwsfedException.Setting}, with the name at fault, when the name is
 * unknown, the value malformed or the setting locked; {@link IllegalArgumentException} for text that is not Unicode.
 */
public final class Settings extends Handle {
    /**
     * Nothing is set.
     *
     * @throws IllegalStateException when the native part cannot be loaded, or its process not be started
     */
    public Settings() {
        this(Library.transport());
    }

    private Settings(Transport transport) {
        super(transport, Message.numberOf(transport, Call.SETTINGS_NEW), Call.SETTINGS_FREE);
    }

    /**
     * The word of the program that calls. An empty value takes the setting away. A secret is given as a reference here
     * ({@code env:NAME}, {@code file:PATH}); its characters go to {@link #setSecret(String, char[])}.
     *
     * @param name of the setting
     * @param value as a config file has it
     * @return this
     */
    public Settings set(String name, String value) {
        return put(Call.SETTINGS_SET, name, value);
    }

    /**
     * The wish of a job: refused where the connector, or the setting itself, does not let a job have it.
     *
     * @param name of the setting
     * @param value as a config file has it
     * @return this
     */
    public Settings override(String name, String value) {
        return put(Call.SETTINGS_OVERRIDE, name, value);
    }

    private Settings put(int call, String name, String value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        return changed(call, message -> message.put("name", name).put("value of " + name, value));
    }

    /**
     * Sets a secret. The array is overwritten with zeros before this returns, also when it fails; the native side keeps
     * the characters as UTF-8, in locked memory, until the last object that needs them is closed.
     *
     * @param name of the setting
     * @param value the characters
     * @return this
     */
    public Settings setSecret(String name, char[] value) {
        Objects.requireNonNull(value, "value");
        try {
            Objects.requireNonNull(name, "name");
            return changed(Call.SETTINGS_SET_SECRET, message -> message.put("name", name).put("value of " + name, value));
        } finally {
            Arrays.fill(value, '\0');
        }
    }

    /**
     * As {@link #setSecret(String, char[])}, with the bytes themselves.
     *
     * @param name of the setting
     * @param value the bytes; overwritten with zeros before this returns
     * @return this
     */
    public Settings setSecret(String name, byte[] value) {
        Objects.requireNonNull(value, "value");
        try {
            Objects.requireNonNull(name, "name");
            return changed(Call.SETTINGS_SET_SECRET, message -> message.put("name", name).put(value));
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    /**
     * Reads the section {@code [connector NAME]} of a config file, by its name or, where no name fits, by its id, and locks
     * what it sets against {@link #override}.
     *
     * @param file the config file
     * @param connector name or id; an unknown one is refused with a list of those that there are
     * @return this
     */
    public Settings load(Path file, String connector) {
        Objects.requireNonNull(connector, "connector");
        return changed(Call.SETTINGS_LOAD, message -> message.put("path", file.toString()).put("connector", connector));
    }

    /**
     * Takes every variable AWSFED_&lt;NAME&gt; of the environment as {@link #override} does.
     *
     * @return this
     */
    public Settings environment() {
        return changed(Call.SETTINGS_ENVIRONMENT, message -> message);
    }

    /**
     * What AWS's own variables, and the profile in AWS's config file, say, where nobody else says anything.
     *
     * @return this
     */
    public Settings awsEnvironment() {
        return changed(Call.SETTINGS_AWS_ENVIRONMENT, message -> message);
    }

    /**
     * Whom the host vouches for: a connector may list who may use it, kept credentials are for him alone, and the audit names
     * him. No setting, config file or variable can say it.
     *
     * @param name kept to the letter; null: there is no user, it is the system that runs
     * @return this
     */
    public Settings principal(String name) {
        return changed(Call.SETTINGS_PRINCIPAL, message -> message.putOrNone("principal", name));
    }

    /**
     * One of the principal's groups; once for each, after {@link #principal}, which begins without any.
     *
     * @param name of the group
     * @return this
     */
    public Settings group(String name) {
        Objects.requireNonNull(name, "name");
        return changed(Call.SETTINGS_GROUP, message -> message.put("group", name));
    }

    /**
     * Whether the principal may use the connector that was loaded: for when a task is configured. Each call asks again by
     * itself, before it sends anything.
     *
     * @return what a call would fail with; empty when it may
     */
    public Optional<AwsfedException> refusal() {
        return shared(address -> Message.call(transport(), Call.MAY_USE, message -> message.put(address), message -> {
            boolean allowed = message.yes();
            long why = message.number();
            return allowed ? Optional.empty() : Optional.of(AwsfedException.taken(transport(), why));
        }));
    }

    /**
     * {@link #refusal()}, as yes or no.
     *
     * @return true when the principal may use the connector
     */
    public boolean mayUse() {
        return !refusal().isPresent();
    }

    private Settings changed(int call, Message.Arguments arguments) {
        alone(address -> Message.call(transport(), call, message -> arguments.to(message.put(address)), message -> null));
        return this;
    }
}
