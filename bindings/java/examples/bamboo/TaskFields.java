package io.awsfed.examples.bamboo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The fields of the task's form. None holds a secret: user and password are named by the variables that have them. */
final class TaskFields {
    static final String CONNECTOR = "connector";
    static final String USER_VARIABLE = "userVariable";
    static final String PASSWORD_VARIABLE = "passwordVariable";
    static final String ROLE_ARN = "roleArn";
    static final String DURATION = "duration";
    static final String POLICY = "policy";
    /** For the form's own check alone: what the role may do, as somebody knows it. */
    static final String ROLE_POLICY = "rolePolicy";
    static final String PREFIX = "prefix";
    static final String COMMAND = "command";

    private static final List<String> HIDDEN_WORDS = List.of("password", "passphrase", "secret", "sshkey");

    private final Map<String, String> fields;

    TaskFields(Map<String, String> fields) {
        this.fields = fields;
    }

    private String field(String name, String unlessSet) {
        String value = fields.getOrDefault(name, "").trim();
        return value.isEmpty() ? unlessSet : value;
    }

    /** Name or id. */
    String connector() {
        return field(CONNECTOR, "");
    }

    String userVariable() {
        return field(USER_VARIABLE, "awsfed.user");
    }

    String passwordVariable() {
        return field(PASSWORD_VARIABLE, "awsfed.secret.password");
    }

    /** What the names of the variables with the credentials begin with. */
    String prefix() {
        return field(PREFIX, "awsfed.secret.");
    }

    String policy() {
        return field(POLICY, "");
    }

    String rolePolicy() {
        return field(ROLE_POLICY, "");
    }

    /** What the job wishes for, by the names of settings; the connector may refuse it. */
    Map<String, String> wishes() {
        return Map.of("role_arn", field(ROLE_ARN, ""), "duration", field(DURATION, ""), "policy", policy());
    }

    /** The field that a setting was wished for in; that of the connector for all others. */
    static String fieldOf(String setting) {
        switch (setting) {
            case "role_arn":
                return ROLE_ARN;
            case "duration":
                return DURATION;
            case "policy":
                return POLICY;
            default:
                return CONNECTOR;
        }
    }

    /** A program and its arguments, one a line; empty: later tasks use the variables. */
    List<String> command() {
        List<String> words = new ArrayList<>();
        field(COMMAND, "").lines().filter(line -> !line.isBlank()).forEach(words::add);
        return words;
    }

    /** Whether Bamboo hides the value of a variable of that name. */
    static boolean isHidden(String variable) {
        String name = variable.toLowerCase(Locale.ROOT);
        return HIDDEN_WORDS.stream().anyMatch(name::contains);
    }
}
