package io.awsfed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** What can be set: lets a plug-in draw its own form and its own help. */
public final class SettingInfo {
    private final String[] texts = new String[Code.SETTING_KEY + 1];
    private final Type type;

    /** What a setting takes. */
    public enum Type {
        /** Any text. */
        TEXT,
        /** A whole number. */
        INTEGER,
        /** {@code true} or {@code false}. */
        BOOLEAN,
        /** A number with a unit: {@code 90s}, {@code 15m}, {@code 1h}. */
        DURATION,
        /** An address. */
        URL,
        /** A file or folder. */
        PATH,
        /** The name of something at AWS. */
        ARN,
        /** A JSON document. */
        JSON,
        /** One of {@link SettingInfo#choices}. */
        CHOICE,
        /** A secret. */
        SECRET
    }

    private SettingInfo(Transport transport, long index) {
        for (int field = 0; field < texts.length; ++field) {
            texts[field] = Message.textOf(transport, Call.SETTING_TEXT, index, field);
        }
        int number = (int) Message.numberOf(transport, Call.SETTING_TYPE_OF, index);
        type = number >= 0 && number < Type.values().length ? Type.values()[number] : Type.TEXT;
    }

    /**
     * All settings.
     *
     * @return in the order of docs/settings.md
     */
    public static List<SettingInfo> all() {
        Transport transport = Library.transport();
        List<SettingInfo> settings = new ArrayList<>();
        long count = Message.numberOf(transport, Call.SETTING_COUNT);
        for (long i = 0; i < count; ++i) {
            settings.add(new SettingInfo(transport, i));
        }
        return settings;
    }

    /**
     * Its name.
     *
     * @return for example {@code role_arn}
     */
    public String name() {
        return texts[Code.SETTING_NAME];
    }

    /**
     * What it belongs to.
     *
     * @return for example {@code session}
     */
    public String group() {
        return texts[Code.SETTING_GROUP];
    }

    /**
     * What it is when nobody sets it.
     *
     * @return may be empty
     */
    public String defaultValue() {
        return texts[Code.SETTING_DEFAULT];
    }

    /**
     * What it is for.
     *
     * @return one or two sentences
     */
    public String help() {
        return texts[Code.SETTING_HELP];
    }

    /**
     * What can be chosen.
     *
     * @return empty unless its type is {@link Type#CHOICE}
     */
    public List<String> choices() {
        String words = texts[Code.SETTING_CHOICES];
        return words.isEmpty() ? Collections.emptyList() : Arrays.asList(words.split(" "));
    }

    /**
     * The version that has it first.
     *
     * @return for example {@code 0.1}
     */
    public String since() {
        return texts[Code.SETTING_SINCE];
    }

    /**
     * What a job may do.
     *
     * @return {@code open}, {@code pinned}, {@code admin} or {@code host}
     */
    public String guard() {
        return texts[Code.SETTING_GUARD];
    }

    /**
     * Whether requests that differ in it may be given each other's credentials.
     *
     * @return {@code keyed}, {@code sign-in} or {@code free}
     */
    public String key() {
        return texts[Code.SETTING_KEY];
    }

    /**
     * What it takes.
     *
     * @return its type
     */
    public Type type() {
        return type;
    }
}
