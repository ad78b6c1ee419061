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

    private final Report report;

    private AwsfedException(Report report) {
        super(report.message);
        this.report = report;
    }

    /** What to try next, empty when there is nothing to say; a list has one item a line. */
    public String advice() {
        return report.advice;
    }

    /** The stable name of the error, for example {@code role-not-offered}. */
    public String code() {
        return report.code;
    }

    /** Where it happened, for example {@code sts/assume-role}. */
    public String stage() {
        return report.stage;
    }

    /** The setting at fault, or empty. */
    public String setting() {
        return report.setting;
    }

    /** The server's own code, or empty. */
    public String peer() {
        return report.peer;
    }

    /** The request id of the peer, or empty. */
    public String trace() {
        return report.trace;
    }

    /** The status of the HTTP answer, or 0. */
    public int http() {
        return report.http;
    }

    /** How long to wait before the same call may succeed; empty when repeating it is pointless. */
    public Optional<Duration> retryAfter() {
        return report.retryAfterMs < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(report.retryAfterMs));
    }

    /** Message, setting, stage and advice, as the command-line tool prints them. */
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

    /** @param words in the order of awsfed_error_field */
    static AwsfedException of(int status, int http, long retryAfterMs, String[] words) {
        Report report = new Report(http, retryAfterMs, words);
        switch (status) { // awsfed_status
            case 2:
                return new Memory(report);
            case 3:
                return new Usage(report);
            case 4:
                return new Setting(report);
            case 5:
                return new Cancelled(report);
            case 6:
                return new Timeout(report);
            case 7:
                return new Network(report);
            case 8:
                return new Trust(report);
            case 9:
                return new Protocol(report);
            case 10:
                return new Refused(report);
            case 11:
                return new Role(report);
            case 12:
                return new Denied(report);
            case 13:
                return new Expired(report);
            case 14:
                return new Throttled(report);
            case 15:
                return new Store(report);
            case 16:
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
