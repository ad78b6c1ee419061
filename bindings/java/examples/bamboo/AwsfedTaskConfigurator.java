package io.awsfed.examples.bamboo;

import io.awsfed.Awsfed;
import io.awsfed.AwsfedException;
import io.awsfed.Settings;
import io.awsfed.examples.common.BuildIdentity;
import io.awsfed.examples.common.PolicyCheck;
import io.awsfed.examples.host.bamboo.BambooUser;
import io.awsfed.examples.host.bamboo.FieldMessages;
import io.awsfed.examples.host.bamboo.TaskConfigurator;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at the form of {@link AwsfedTask} before it is saved. Nothing is sent anywhere, and nothing here replaces what the library
 * checks when the task runs: whoever starts the build then may be somebody else.
 */
public final class AwsfedTaskConfigurator implements TaskConfigurator {
    private static final Map<String, String> SAMPLE = new BuildIdentity("PROJECT-PLAN", 1).data();

    private final Path config;

    /**
     * For a server.
     *
     * @param config the administrator's file with the connectors
     */
    public AwsfedTaskConfigurator(Path config) {
        this.config = config;
    }

    /** {@code connectors}: names by what to save, which is the id where there is one: names may change. */
    @Override
    public void populateContextForCreate(Map<String, Object> context) {
        Map<String, String> choices = new LinkedHashMap<>();
        try {
            Awsfed.connectors(config).forEach((name, id) -> choices.put(id.isEmpty() ? name : id, name));
        } catch (AwsfedException failure) { // the form is shown all the same
            context.put("connectorsError", failure.explain());
        }
        context.put("connectors", choices);
    }

    @Override
    public void validate(Map<String, String> form, BambooUser user, FieldMessages messages) {
        TaskFields fields = new TaskFields(form);
        checkNames(fields, messages);
        checkConnector(fields, user, messages);
        if (!fields.policy().isEmpty()) {
            for (PolicyCheck.Note note : PolicyCheck.notes(fields.policy(), fields.rolePolicy(), SAMPLE)) {
                if (note.isError()) {
                    messages.addError(TaskFields.POLICY, note.text());
                } else {
                    messages.addWarning(TaskFields.POLICY, note.text());
                }
            }
        }
    }

    private static void checkNames(TaskFields fields, FieldMessages messages) {
        String advice = " is shown in logs by Bamboo: have \"secret\" or \"password\" in its name.";
        if (!TaskFields.isHidden(fields.passwordVariable())) {
            messages.addError(TaskFields.PASSWORD_VARIABLE, "The variable " + fields.passwordVariable() + advice);
        }
        if (!TaskFields.isHidden(fields.prefix())) {
            messages.addError(TaskFields.PREFIX, "A variable " + fields.prefix() + "session_token" + advice);
        }
    }

    private void checkConnector(TaskFields fields, BambooUser user, FieldMessages messages) {
        try (Settings settings = new Settings()) {
            settings.load(config, fields.connector());
            JobSession.vouch(settings, Optional.of(user));
            settings.refusal().ifPresent(refusal -> messages.addError(TaskFields.CONNECTOR, refusal.explain()));
            if (settings.mayUse() && !settings.principal(null).mayUse()) {
                messages.addWarning(TaskFields.CONNECTOR,
                        "It is refused to builds that nobody starts by hand: it has no system_scope.");
            }
            fields.wishes().forEach((name, wish) -> wish(settings, name, wish, messages));
        } catch (AwsfedException failure) { // an unknown connector, a file that cannot be read
            messages.addError(TaskFields.CONNECTOR, failure.explain());
        }
    }

    private static void wish(Settings settings, String name, String wish, FieldMessages messages) {
        try {
            if (!wish.isEmpty()) {
                settings.override(name, wish);
            }
        } catch (AwsfedException.Setting refused) {
            messages.addError(TaskFields.fieldOf(name), refused.explain());
        }
    }
}
