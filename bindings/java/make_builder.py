#!/usr/bin/env python3
"""Makes SettingsBuilder.java, a method for each setting, from the settings table: make_builder.py SETTINGS_DEF JAVA"""
import re
import sys
from pathlib import Path

ROW = re.compile(r'^AWSFED_SETTING\((\w+), \w+, (\w+), "([^"]*)", "([^"]*)", (\w+), \w+, "[^"]*", "([^"]*)",\s*'
                 r'((?:"(?:[^"\\]|\\.)*"\s*)+)\)', re.M)
# By type: the parameter, and how its value is written as a config file has it. Secrets have methods of their own.
TAKES = {"text": ("String", "{}"), "integer": ("long", "Long.toString({})"), "boolean": ("boolean", "Boolean.toString({})"),
         "duration": ("Duration", 'Long.toString({}.toMillis()) + "ms"'), "url": ("String", "{}"), "path": ("Path", "{}.toString()"),
         "arn": ("String", "{}"), "json": ("String", "{}"), "choice": ("String", "{}")}
GUARDS = {"open": "A job may set it.", "pinned": "A job may set it where the connector does not.",
          "admin": "No job may set it once the connector or the host has set anything.", "host": "Only the host sets it."}
HEAD = '''package io.awsfed;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings with a method for each. Made by make_builder.py from the settings table; docs/settings.md is the same for
 * people. Each method says the word of the program that calls ({@link Settings#set}), and throws
 * {@link AwsfedException.Setting} for a value that its setting does not take.
 */
public final class SettingsBuilder implements AutoCloseable {
    private final Settings settings;

    /** Nothing is set. */
    public SettingsBuilder() {
        this(new Settings());
    }

    /**
     * More for settings that are there.
     *
     * @param settings those; a connector may have been loaded into them
     */
    public SettingsBuilder(Settings settings) {
        this.settings = settings;
    }

    /**
     * The settings.
     *
     * @return those that the methods have set, not a copy
     */
    public Settings build() {
        return settings;
    }

    /** Closes the settings. */
    @Override
    public void close() {
        settings.close();
    }
'''
METHOD = '''
    /**
     * {help}
     *
     * <p>{guard}{default}
     *
     * @param value {what}
     * @return this
     */
    public SettingsBuilder {method}({type} value) {{
        settings.{call};
        return this;
    }}
'''


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def javadoc(text):
    text = re.sub(r"[&<>@*\\]", lambda found: f"&#{ord(found[0])};", text)
    words, lines = text.split(" "), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 110:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return "\n     * ".join(lines)


def methods(row):
    name, kind, default, choices, guard, _since, quoted = row
    help_text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', quoted)).replace('\\"', '"').replace("\\\\", "\\")
    what = f"one of {choices.replace(' ', ', ')}" if choices else "the value"
    common = {"help": javadoc(help_text), "guard": GUARDS[guard], "method": camel(name),
              "default": f" Unless set: {javadoc(default)}." if default else ""}
    if kind == "secret":
        yield METHOD.format(**common, what="its characters; overwritten with zeros before this returns", type="char[]",
                            call=f'setSecret("{name}", value)')
        kind = "text"
        what = "a reference to it: {@code env:NAME}, {@code file:PATH}"
    java_type, value = TAKES[kind]
    yield METHOD.format(**common, what=what, type=java_type, call=f'set("{name}", {value.format("value")})')


def main():
    table, java = map(Path, sys.argv[1:])
    text = table.read_text(encoding="utf-8")
    rows = ROW.findall(text)
    if len(rows) != len(re.findall(r"^AWSFED_SETTING\(", text, re.M)):
        sys.exit("make_builder.py: a row of the settings table is not of the form that is expected")
    java.write_text(HEAD + "".join(method for row in rows for method in methods(row)) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
