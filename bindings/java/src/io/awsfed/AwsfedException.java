package io.awsfed;

import java.time.Duration;
import java.util.Optional;

/**
 * What a failed call says: what happened, where, and what to try next. The texts are free of secrets. The nested classes
 * are the closed set of kinds; {@link #code()} is the finer, stable name of {@code docs/errors.md}.
 *
 * <p>Unchecked, as those of the AWS SDKs are: a plug-in catches the kinds that it can do something about.
 */
public class AwsfedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What the library said. */
    private final Report report;

    private AwsfedException(Report report) {
        super(report.message);
        this.report = report;
    }

    /**
     * What to try next.
     *
     * @return empty when there is nothing to say; a list has one item a line
     */
    public String advice() {
        return report.advice;
    }

    /**
     * The stable name of the error, for example {@code role-not-offered}.
     *
     * @return as in docs/errors.md
     */
    public String code() {
        return report.code;
    }

    /**
     * Where it happened, for example {@code sts/assume-role}.
     *
     * @return the stage
     */
    public String stage() {
        return report.stage;
    }

    /**
     * The setting at fault, or empty.
     *
     * @return its name, or empty
     */
    public String setting() {
        return report.setting;
    }

    /**
     * The server's own code, or empty.
     *
     * @return for example {@code InvalidIdentityToken}
     */
    public String peer() {
        return report.peer;
    }

    /**
     * The request id of the peer, or empty.
     *
     * @return for those who run the peer
     */
    public String trace() {
        return report.trace;
    }

    /**
     * The status of the HTTP answer, or 0.
     *
     * @return for example 503
     */
    public int http() {
        return report.http;
    }

    /**
     * How long to wait before the same call may succeed; empty when repeating it is pointless.
     *
     * @return zero: at once
     */
    public Optional<Duration> retryAfter() {
        return report.retryAfterMs < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(report.retryAfterMs));
    }

    /**
     * Message, setting, stage and advice, as the command-line tool prints them.
     *
     * @return several lines
     */
    public String explain() {
        StringBuilder text = new StringBuilder(report.message);
        append(text, "setting: ", report.setting);
        append(text, "where: ", report.stage);
        append(text, "", report.advice);
        return text.toString();
    }

    private static void append(StringBuilder text, String label, String words) {
        if (!words.isEmpty()) {
            text.append('\n').append(label).append(words);
        }
    }

    /** Of an awsfed_error that was given back as an object, which is freed. */
    static AwsfedException taken(Transport transport, long error) {
        try {
            String[] words = new String[Code.ERROR_TRACE + 1];
            for (int field = 0; field < words.length; ++field) {
                words[field] = Message.textOf(transport, Call.ERROR_TEXT, error, field);
            }
            int status = (int) Message.numberOf(transport, Call.ERROR_STATUS, error);
            int http = (int) Message.numberOf(transport, Call.ERROR_HTTP, error);
            return of(status, http, Message.numberOf(transport, Call.ERROR_RETRY_AFTER_MS, error), words);
        } finally {
            Message.done(transport, Call.ERROR_FREE, error);
        }
    }

    /** @param words in the order of awsfed_error_field */
    static AwsfedException of(int status, int http, long retryAfterMs, String[] words) {
        Report report = new Report(http, retryAfterMs, words);
        switch (status) {
            case Code.E_MEMORY:
                return new Memory(report);
            case Code.E_USAGE:
                return new Usage(report);
            case Code.E_SETTING:
                return new Setting(report);
            case Code.E_CANCELLED:
                return new Cancelled(report);
            case Code.E_TIMEOUT:
                return new Timeout(report);
            case Code.E_NETWORK:
                return new Network(report);
            case Code.E_TRUST:
                return new Trust(report);
            case Code.E_PROTOCOL:
                return new Protocol(report);
            case Code.E_REFUSED:
                return new Refused(report);
            case Code.E_ROLE:
                return new Role(report);
            case Code.E_DENIED:
                return new Denied(report);
            case Code.E_EXPIRED:
                return new Expired(report);
            case Code.E_THROTTLED:
                return new Throttled(report);
            case Code.E_STORE:
                return new Store(report);
            case Code.E_UNSUPPORTED:
                return new Unsupported(report);
            default:
                return new Internal(report);
        }
    }

    /** The fields of an awsfed_error. Serializable: build servers send exceptions from agent to controller. */
    private static final class Report implements java.io.Serializable {
        private static final long serialVersionUID = 1;

        final int http;
        final long retryAfterMs;
        final String message;
        final String advice;
        final String code;
        final String stage;
        final String setting;
        final String peer;
        final String trace;

        Report(int http, long retryAfterMs, String[] words) {
            this.http = http;
            this.retryAfterMs = retryAfterMs;
            message = words[0];
            advice = words[1];
            code = words[2];
            stage = words[3];
            setting = words[4];
            peer = words[5];
            trace = words[6];
        }
    }

    /** A defect of awsfed; also any kind that this version does not know. */
    public static final class Internal extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Internal(Report report) {
            super(report);
        }
    }

    /** There is not enough memory. */
    public static final class Memory extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Memory(Report report) {
            super(report);
        }
    }

    /** The calling program broke a rule of the interface. */
    public static final class Usage extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Usage(Report report) {
            super(report);
        }
    }

    /** A setting is unknown, missing, malformed or locked; {@link #setting()} names it. */
    public static final class Setting extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Setting(Report report) {
            super(report);
        }
    }

    /** The call was cancelled. */
    public static final class Cancelled extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Cancelled(Report report) {
            super(report);
        }
    }

    /** The peer did not answer in time. */
    public static final class Timeout extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Timeout(Report report) {
            super(report);
        }
    }

    /** Resolve, connect, proxy, or a service that is down. */
    public static final class Network extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Network(Report report) {
            super(report);
        }
    }

    /** A certificate or an origin is not trusted. */
    public static final class Trust extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Trust(Report report) {
            super(report);
        }
    }

    /** The answer of the peer is not what its protocol allows. */
    public static final class Protocol extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Protocol(Report report) {
            super(report);
        }
    }

    /** The identity provider refused the user. */
    public static final class Refused extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Refused(Report report) {
            super(report);
        }
    }

    /** The assertion does not offer the role, or leaves the choice open. */
    public static final class Role extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Role(Report report) {
            super(report);
        }
    }

    /** STS denied it. */
    public static final class Denied extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Denied(Report report) {
            super(report);
        }
    }

    /** The assertion or the keys of the caller are too old. */
    public static final class Expired extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Expired(Report report) {
            super(report);
        }
    }

    /** The service asks for a pause. */
    public static final class Throttled extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Throttled(Report report) {
            super(report);
        }
    }

    /** A store of credentials failed. */
    public static final class Store extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Store(Report report) {
            super(report);
        }
    }

    /** This build cannot do it. */
    public static final class Unsupported extends AwsfedException {
        private static final long serialVersionUID = 1;

        private Unsupported(Report report) {
            super(report);
        }
    }
}
