package io.awsfed.examples.jenkins;

import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.LogLevel;
import io.awsfed.Settings;
import io.awsfed.examples.common.BuildIdentity;
import io.awsfed.examples.host.jenkins.Agent;
import io.awsfed.examples.host.jenkins.AgentCallable;
import io.awsfed.examples.host.jenkins.CredentialsStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the controller asks of the agent: names and wishes. The password is where this runs, and stays there. */
final class SignInAtAgent implements AgentCallable<IssuedKeys> {
    private static final long serialVersionUID = 1;

    private final String config;
    private final String connector;
    private final String credentialsId;
    private final LinkedHashMap<String, String> wishes;
    private final BuildIdentity build;
    private final String principal;
    private final ArrayList<String> groups;

    /** @param principal whom the controller vouches for; null: nobody started it */
    SignInAtAgent(String config, String connector, String credentialsId, Map<String, String> wishes, BuildIdentity build,
            String principal, Collection<String> groups) {
        this.config = config;
        this.connector = connector;
        this.credentialsId = credentialsId;
        this.wishes = new LinkedHashMap<>(wishes);
        this.build = build;
        this.principal = principal;
        this.groups = new ArrayList<>(groups);
    }

    /** An interrupt, which the channel passes on, ends it. */
    @Override
    public IssuedKeys call(Agent agent) {
        try (Settings settings = new Settings()) {
            fill(settings, agent.credentials());
            try (Context context = new Context(settings)) {
                context.log(LogLevel.INFO, (level, event, text) -> agent.listener().println(
                        "awsfed: " + (level == LogLevel.WARNING ? "warning: " : "") + text));
                try (Credentials credentials = context.obtain()) {
                    return new IssuedKeys(credentials);
                }
            }
        }
    }

    private void fill(Settings settings, CredentialsStore store) {
        // What is said before the connector is loaded yields to what it says itself.
        build.name(settings);
        if (!credentialsId.isEmpty()) {
            char[] password = store.password(credentialsId);
            if (password == null) {
                throw new IllegalStateException("This agent has no credentials \"" + credentialsId + "\".");
            }
            settings.setSecret("password", password); // and wipes it
        }
        settings.load(Path.of(config), connector);
        build.describe(settings);
        settings.principal(principal);
        if (principal != null) {
            groups.forEach(settings::group);
        }
        // The pipeline's wishes: the connector may refuse them.
        if (!credentialsId.isEmpty()) {
            settings.override("user", store.user(credentialsId));
        }
        wishes.forEach(settings::override);
    }
}
