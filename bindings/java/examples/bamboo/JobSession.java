package io.awsfed.examples.bamboo;

import io.awsfed.AuditListener;
import io.awsfed.Cancel;
import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.LogLevel;
import io.awsfed.Masking;
import io.awsfed.Settings;
import io.awsfed.examples.common.BuildIdentity;
import io.awsfed.examples.common.BuildTimer;
import io.awsfed.examples.common.LogMask;
import io.awsfed.examples.common.Renewal;
import io.awsfed.examples.common.Told;
import io.awsfed.examples.host.bamboo.BambooUser;
import io.awsfed.examples.host.bamboo.BuildLogger;
import io.awsfed.examples.host.bamboo.CommonContext;
import io.awsfed.examples.host.bamboo.CommonTaskContext;
import io.awsfed.examples.host.bamboo.LogMutator;
import io.awsfed.examples.host.bamboo.VariableContext;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The credentials of one job: got, put into its variables, hidden in its log, and renewed until it ends. */
final class JobSession implements AutoCloseable {
    private final CommonContext job;
    private final BuildLogger log;
    private final TaskFields fields;
    private final LogMask mask = new LogMask();
    private final LogMutator mutator = mask::hide;
    private final Cancel cancel = new Cancel();

    private Context context;
    private Renewal renewal;
    private volatile Map<String, String> keys = Map.of();
    private volatile String region = "";
    private volatile Instant expires;
    private boolean isForgotten;

    JobSession(CommonTaskContext task, TaskFields fields) {
        job = task.getCommonContext();
        log = task.getBuildLogger();
        this.fields = fields;
        log.addMutator(mutator);
    }

    /** Signs in; what fails is thrown. */
    void begin(Path config, BuildTimer timer, Clock clock, AuditListener audit) {
        if (!TaskFields.isHidden(fields.prefix())) {
            throw new IllegalStateException("Bamboo would show the variables " + fields.prefix() + "... in the log.");
        }
        try (Settings settings = settings(config)) {
            context = new Context(settings);
        }
        context.log(LogLevel.INFO, (level, event, text) ->
                log.addBuildLogEntry("awsfed: " + (level == LogLevel.WARNING ? "warning: " : "") + text));
        if (audit != null) {
            context.audit(audit);
        }
        renewal = new Renewal(timer, clock, this::obtain, this::renewalFailed);
        renewal.begin();
    }

    private Settings settings(Path config) {
        BuildIdentity build = new BuildIdentity(job.getPlanKey(), job.getBuildNumber());
        Settings settings = new Settings();
        try {
            // What is said before the connector is loaded yields to what it says itself.
            build.name(settings);
            variable(fields.passwordVariable()).ifPresent(password -> {
                mask.add(Masking.of(password));
                settings.setSecret("password", password.toCharArray());
            });
            settings.load(config, fields.connector());
            build.describe(settings);
            vouch(settings, job.getTriggeringUser());
            // A job's wishes: the connector may refuse them.
            variable(fields.userVariable()).ifPresent(user -> settings.override("user", user));
            fields.wishes().forEach((name, wish) -> {
                if (!wish.isEmpty()) {
                    settings.override(name, wish);
                }
            });
            return settings;
        } catch (RuntimeException failure) {
            settings.close();
            throw failure;
        }
    }

    /** The user whom the server has authenticated, or nobody: never a variable, which any job may set. */
    static void vouch(Settings settings, Optional<BambooUser> user) {
        settings.principal(user.map(BambooUser::getName).orElse(null));
        user.ifPresent(known -> known.getGroups().forEach(settings::group));
    }

    private Optional<String> variable(String name) {
        return job.getVariableContext().getValue(name).filter(value -> !value.isEmpty());
    }

    private Optional<Instant> obtain() {
        try (Credentials credentials = context.obtain(null, cancel)) {
            mask.add(credentials.maskingList()); // before anybody can print them
            keys = credentials.environment();
            region = credentials.region();
            expires = credentials.expires().orElse(null);
            publish();
            return credentials.expires();
        }
    }

    /** As the format {@code bamboo} names them. Local: they are gone with the job, and never in its result. */
    private void publish() {
        VariableContext variables = job.getVariableContext();
        variables.addLocalVariable(fields.prefix() + "access_key_id", keys.get("AWS_ACCESS_KEY_ID"));
        variables.addLocalVariable(fields.prefix() + "secret_access_key", keys.get("AWS_SECRET_ACCESS_KEY"));
        variables.addLocalVariable(fields.prefix() + "session_token", keys.getOrDefault("AWS_SESSION_TOKEN", ""));
        variables.addLocalVariable("awsfed.expiration", expires == null ? "" : expires.toString());
    }

    private void renewalFailed(RuntimeException failure) {
        log.addErrorLogEntry("awsfed: The credentials could not be renewed; those that there are end at " + expires + ".");
        Told.lines(failure).forEach(log::addErrorLogEntry);
    }

    /** For a process that begins now. */
    Map<String, String> keys() {
        return keys;
    }

    String region() {
        return region;
    }

    /** Ends what waits for a server, from any thread. */
    synchronized void stop() {
        if (!isForgotten) {
            cancel.now();
        }
    }

    /** No further renewal. The log stays filtered: the job's variables still have the secrets. */
    @Override
    public void close() {
        if (renewal != null) {
            renewal.close();
        }
        if (context != null) {
            context.close(); // and with it the password
        }
    }

    /** The job is over. */
    void forget() {
        close();
        synchronized (this) {
            isForgotten = true;
            cancel.close();
        }
        keys = Map.of();
        log.removeMutator(mutator);
    }

    /** Which job it is for. */
    @Override
    public String toString() {
        return "JobSession[" + job.getResultKey() + "]";
    }
}
