package io.awsfed;

import java.util.ArrayList;
import java.util.List;

/** What the verification of a SAML response found, check by check. */
public final class Verdict extends Handle {
    Verdict(Transport transport, long address) {
        super(transport, address, Call.VERDICT_FREE);
    }

    /** One check. */
    public static final class Check {
        private final String name;
        private final String outcome;
        private final String reason;
        private final String value;
        private final String detail;

        private Check(Verdict verdict, long index) {
            name = verdict.text(Call.VERDICT_TEXT, index, Code.VERDICT_CHECK);
            outcome = verdict.text(Call.VERDICT_TEXT, index, Code.VERDICT_OUTCOME);
            reason = verdict.text(Call.VERDICT_TEXT, index, Code.VERDICT_REASON);
            value = verdict.text(Call.VERDICT_TEXT, index, Code.VERDICT_VALUE);
            detail = verdict.text(Call.VERDICT_TEXT, index, Code.VERDICT_DETAIL);
        }

        /**
         * What was checked.
         *
         * @return for example {@code signature}
         */
        public String name() {
            return name;
        }

        /**
         * How it came out.
         *
         * @return {@code passed}, {@code failed}, {@code warned} or {@code skipped}
         */
        public String outcome() {
            return outcome;
        }

        /**
         * Of what failed or is warned of, a word.
         *
         * @return as in docs/guide/saml.md; may be empty
         */
        public String reason() {
            return reason;
        }

        /**
         * What was looked at. It is from the message, so not to be believed.
         *
         * @return may be empty
         */
        public String value() {
            return value;
        }

        /**
         * Of what failed or is warned of, a sentence.
         *
         * @return may be empty
         */
        public String detail() {
            return detail;
        }
    }

    /**
     * Whether the response may be believed.
     *
     * @return true only when every check that counts has passed
     */
    public boolean allows() {
        return yes(Call.VERDICT_ALLOWS);
    }

    /**
     * Each check.
     *
     * @return in the order in which they were made
     */
    public List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        long count = number(Call.VERDICT_COUNT);
        for (long i = 0; i < count; ++i) {
            checks.add(new Check(this, i));
        }
        return checks;
    }

    /**
     * Where the keys come from.
     *
     * @return {@code pinned} or {@code url}
     */
    public String trust() {
        return text(Call.VERDICT_TRUST);
    }

    /**
     * What was proved, read from the octets that were signed.
     *
     * @return another object than a parsed assertion
     * @throws AwsfedException.Trust unless the verdict {@link #allows}
     */
    public VerifiedAssertion verified() {
        return new VerifiedAssertion(transport(), number(Call.VERDICT_VERIFIED));
    }
}
