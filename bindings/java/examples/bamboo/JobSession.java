package io.awsfed.examples.bamboo;

import io.awsfed.AuditListener;
import io.awsfed.AwsfedException;
import io.awsfed.Cancel;
import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.LogLevel;
import io.awsfed.Masking;
import io.awsfed.Settings;
import io.awsfed.examples.common.AwsVariables;
import io.awsfed.examples.common.BuildIdentity;
import io.awsfed.examples.common.BuildTimer;
import io.awsfed.examples.common.LogMask;
import io.awsfed.examples.common.Renewal;
import io.awsfed.examples.common.Told;
import io.awsfed.examples.host.bamboo.BambooUser;
import io.awsfed.examples.host.bamboo.BuildLogger;
import io.awsfed.examples.host.bamboo.CommonContext;
import io.awsfed.examples.host.bamboo.CommonTaskContext;
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
    private final LogMask mask;
    private final Path config;
    private final AuditListener audit;

    private Renewal renewal;
    private Context context; // of whoever obtains: one at a time

    // Under the lock of this object:
    private Cancel cancel; // goes with the context
    private boolean isStopped;
    private Map<String, String> keys = Map.of();
    private String region = "";
    private Instant expires;

    /** @param mask before the log of the job: told of each secret before anybody can print it */
    JobSession(CommonTaskContext task, TaskFields fields, LogMask mask, Path config, AuditListener audit) {
        job = task.getCommonContext();
        log = task.getBuildLogger();
        this.fields = fields;
        this.mask = mask;
        this.config = config;
        this.audit = audit;
    }

    /** Signs in; what fails is thrown. */
    void begin(BuildTimer timer, Clock clock) {
        if (!TaskFields.isHidden(fields.prefix())) {
            throw new IllegalStateException("Bamboo would show the variables " + fields.prefix() + "... in the log.");
        }
        renewal = new Renewal(timer, clock, this::obtain, this::renewalFailed);
        renewal.begin();
    }

    private Settings settings() {
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

    /** Where the library has a process of its own, that may have ended, and the context with it: then once more, in another. */
    private Optional<Instant> obtain() {
        try {
            return obtainOnce();
        } catch (AwsfedException ended) {
            if (!ended.code().equals("process-ended")) {
                throw ended;
            }
            forgetContext();
            return obtainOnce();
        }
    }

    private Optional<Instant> obtainOnce() {
        if (context == null) {
            context = context();
        }
        try (Credentials credentials = context.obtain(null, cancel())) {
            take(credentials);
            return credentials.expires();
        }
    }

    private Context context() {
        try (Settings settings = settings()) {
            Context made = new Context(settings);
            made.log(LogLevel.INFO, (level, event, text) ->
                    log.addBuildLogEntry("awsfed: " + (level == LogLevel.WARNING ? "warning: " : "") + text));
            if (audit != null) {
                made.audit(audit);
            }
            return made;
        }
    }

    private synchronized Cancel cancel() {
        if (cancel == null) {
            cancel = new Cancel();
            if (isStopped) {
                cancel.now();
            }
        }
        return cancel;
    }

    private void forgetContext() {
        if (context != null) {
            context.close(); // and with it the password
            context = null;
        }
        synchronized (this) {
            if (cancel != null) {
                cancel.close();
                cancel = null;
            }
        }
    }

    private synchronized void take(Credentials credentials) {
        mask.add(credentials.maskingList());
        keys = credentials.environment();
        region = credentials.region();
        expires = credentials.expires().orElse(null);
        publish();
    }

    String prefix() {
        return fields.prefix();
    }

    /** As the format {@code bamboo} names them. Local: they are gone with the job, and never in its result. */
    synchronized void publish() {
        VariableContext variables = job.getVariableContext();
        variables.addLocalVariable(prefix() + "access_key_id", keys.get("AWS_ACCESS_KEY_ID"));
        variables.addLocalVariable(prefix() + "secret_access_key", keys.get("AWS_SECRET_ACCESS_KEY"));
        variables.addLocalVariable(prefix() + "session_token", keys.getOrDefault("AWS_SESSION_TOKEN", ""));
        variables.addLocalVariable("awsfed.expiration", expires == null ? "" : expires.toString());
    }

    private void renewalFailed(RuntimeException failure) {
        log.addErrorLogEntry("awsfed: The credentials could not be renewed; those that there are end at " + end() + ".");
        Told.lines(failure).forEach(log::addErrorLogEntry);
    }

    private synchronized Instant end() {
        return expires;
    }

    /** The variables of a process that begins now. */
    synchronized void put(Map<String, String> environment) {
        AwsVariables.put(environment, keys, region);
    }

    /** Ends what waits for a server, from any thread, and what would. */
    synchronized void stop() {
        isStopped = true;
        if (cancel == null) {
            return;
        }
        try {
            cancel.now();
        } catch (AwsfedException ended) { // with the library's process: nothing waits any more
        }
    }

    /** No further renewal. The log stays filtered: the job's variables still have the secrets. */
    @Override
    public void close() {
        if (renewal != null) {
            renewal.close();
        }
        forgetContext();
    }

    /** Which job it is for. */
    @Override
    public String toString() {
        return "JobSession[" + job.getResultKey() + "]";
    }
}
