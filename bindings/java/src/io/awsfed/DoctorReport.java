package io.awsfed;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The way of a sign-in, step by step, with what was found. */
public final class DoctorReport {
    private final boolean healthy;
    private final List<Step> steps;
    private final String talk;

    private DoctorReport(boolean healthy, List<Step> steps, String talk) {
        this.healthy = healthy;
        this.steps = Collections.unmodifiableList(steps);
        this.talk = talk;
    }

    /** The native report is freed. */
    static DoctorReport of(Transport transport, long report) {
        try {
            List<Step> steps = new ArrayList<>();
            long count = Message.numberOf(transport, Call.REPORT_COUNT, report);
            for (long i = 0; i < count; ++i) {
                steps.add(new Step(transport, report, i));
            }
            return new DoctorReport(Message.numberOf(transport, Call.REPORT_HEALTHY, report) != 0, steps,
                    Message.textOf(transport, Call.REPORT_TALK, report));
        } finally {
            Message.done(transport, Call.REPORT_FREE, report);
        }
    }

    /** One step. */
    public static final class Step {
        private final String[] texts = new String[Code.REPORT_SETTING + 1];

        private Step(Transport transport, long report, long index) {
            for (int field = 0; field < texts.length; ++field) {
                texts[field] = Message.textOf(transport, Call.REPORT_TEXT, report, index, field);
            }
        }

        /**
         * Its name.
         *
         * @return for example {@code idp-connection}; docs/guide/doctor.md has all
         */
        public String name() {
            return texts[Code.REPORT_STEP];
        }

        /**
         * How it came out.
         *
         * @return {@code ok}, {@code warning}, {@code failed} or {@code skipped}
         */
        public String outcome() {
            return texts[Code.REPORT_OUTCOME];
        }

        /**
         * What was found.
         *
         * @return for a person
         */
        public String found() {
            return texts[Code.REPORT_FOUND];
        }

        /**
         * What to try next.
         *
         * @return may be empty; a list has one item a line
         */
        public String advice() {
            return texts[Code.REPORT_ADVICE];
        }

        /**
         * The error behind it.
         *
         * @return as in docs/errors.md; may be empty
         */
        public String code() {
            return texts[Code.REPORT_CODE];
        }

        /**
         * The setting at fault.
         *
         * @return may be empty
         */
        public String setting() {
            return texts[Code.REPORT_SETTING];
        }
    }

    /**
     * Whether a sign-in should succeed.
     *
     * @return true when no step failed
     */
    public boolean isHealthy() {
        return healthy;
    }

    /**
     * Each step.
     *
     * @return in the order of the way
     */
    public List<Step> steps() {
        return steps;
    }

    /**
     * What was said, without names and secrets, with {@link Context.DoctorOption#RECORD}.
     *
     * @return empty where none was wished for, or none could be made
     */
    public String talk() {
        return talk;
    }
}
