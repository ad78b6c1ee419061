package io.awsfed;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A policy document that was read, with what there is to say of it. Many threads may use one. */
public final class Policy extends Handle {
    private Policy(Transport transport, long address) {
        super(transport, address, Call.POLICY_FREE);
    }

    /** How much a finding matters. */
    public enum Severity {
        /** AWS does not take the document. */
        REFUSED,
        /** AWS takes it, but this part never matches. */
        DEAD,
        /** It allows more, or less, than one may think. */
        WARNING,
        /** It would be better otherwise. */
        SUGGESTION
    }

    /** One thing that there is to say of a document. */
    public static final class Finding {
        private final String code;
        private final Severity severity;
        private final String what;
        private final String advice;
        private final String pointer;
        private final long offset;
        private final long length;
        private final long line;
        private final long column;

        private Finding(Policy policy, long index) {
            code = policy.text(Call.POLICY_FINDING_TEXT, index, Code.FINDING_CODE);
            severity = Severity.valueOf(policy.text(Call.POLICY_FINDING_TEXT, index, Code.FINDING_SEVERITY)
                    .toUpperCase(Locale.ROOT));
            what = policy.text(Call.POLICY_FINDING_TEXT, index, Code.FINDING_WHAT);
            advice = policy.text(Call.POLICY_FINDING_TEXT, index, Code.FINDING_ADVICE);
            pointer = policy.text(Call.POLICY_FINDING_TEXT, index, Code.FINDING_POINTER);
            long[] place = policy.shared(address -> Message.call(policy.transport(), Call.POLICY_FINDING_PLACE,
                    message -> message.put(address).put(index),
                    message -> new long[] {message.number(), message.number(), message.number(), message.number()}));
            offset = place[0];
            length = place[1];
            line = place[2];
            column = place[3];
        }

        /**
         * Its stable name.
         *
         * @return for example {@code unknown-action}; docs/policy-findings.md has all
         */
        public String code() {
            return code;
        }

        /**
         * How much it matters.
         *
         * @return one of four
         */
        public Severity severity() {
            return severity;
        }

        /**
         * What it is.
         *
         * @return one sentence
         */
        public String what() {
            return what;
        }

        /**
         * What to do about it.
         *
         * @return may be empty
         */
        public String advice() {
            return advice;
        }

        /**
         * Where in the document (RFC 6901).
         *
         * @return for example {@code /Statement/0/Action/1}
         */
        public String pointer() {
            return pointer;
        }

        /**
         * Where in the text.
         *
         * @return bytes of UTF-8 from its beginning
         */
        public long offset() {
            return offset;
        }

        /**
         * How much of the text.
         *
         * @return bytes of UTF-8
         */
        public long length() {
            return length;
        }

        /**
         * The line.
         *
         * @return from 1
         */
        public long line() {
            return line;
        }

        /**
         * The column.
         *
         * @return characters, from 1
         */
        public long column() {
            return column;
        }

        @Override
        public String toString() {
            return line + ":" + column + " " + code + ": " + what;
        }
    }

    /**
     * Reads a document. One that AWS would refuse is read, too: the findings say why.
     *
     * @param text JSON, at most 1 MiB
     * @param type {@code identity}, {@code session}, {@code boundary}, {@code resource}, {@code trust}, {@code scp}, {@code rcp}
     *     or {@code endpoint}
     * @return the policy
     */
    public static Policy parse(String text, String type) {
        Transport transport = Library.transport();
        return new Policy(transport, Message.call(transport, Call.POLICY_PARSE,
                message -> message.put("policy", text).put("type", type), Message::number));
    }

    /**
     * A policy from a text with <code>{{name}}</code> in it. A value stands for itself alone: no quote, wildcard or variable
     * in it has a meaning. Where that cannot be had, it is refused.
     *
     * @param template the text
     * @param values by names
     * @param type as in {@link #parse}
     * @return the policy
     */
    public static Policy fill(String template, Map<String, String> values, String type) {
        Transport transport = Library.transport();
        return new Policy(transport, Message.call(transport, Call.POLICY_FILL,
                message -> message.put("template", template).put("values", json(values)).put("type", type), Message::number));
    }

    private static String json(Map<String, String> values) {
        StringBuilder json = new StringBuilder("{");
        for (Map.Entry<String, String> value : values.entrySet()) {
            json.append(json.length() == 1 ? "" : ",");
            quote(json, value.getKey());
            json.append(':');
            quote(json, value.getValue());
        }
        return json.append('}').toString();
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (char one : text.toCharArray()) {
            if (one == '"' || one == '\\' || one < ' ') {
                json.append(String.format("\\u%04x", (int) one));
            } else {
                json.append(one);
            }
        }
        json.append('"');
    }

    /**
     * Whether AWS takes it.
     *
     * @return true when no finding is {@link Severity#REFUSED}
     */
    public boolean isAccepted() {
        return yes(Call.POLICY_ACCEPTED);
    }

    /**
     * As it would be sent: without blanks that do not count.
     *
     * @return empty for one whose form AWS refuses
     */
    public String text() {
        return text(Call.POLICY_TEXT);
    }

    /**
     * What there is to say of it.
     *
     * @return in the order of their places
     */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        long count = number(Call.POLICY_FINDING_COUNT);
        for (long i = 0; i < count; ++i) {
            findings.add(new Finding(this, i));
        }
        return findings;
    }

    /** How a policy may be shrunk. */
    public enum ShrinkOption {
        /** Also by wildcards that match the same actions of today: they grow with AWS. */
        WILDCARDS(Code.SHRINK_WILDCARDS),
        /** Over several documents where one does not do. */
        SPLIT(Code.SHRINK_SPLIT);

        final int flag;

        ShrinkOption(int flag) {
            this.flag = flag;
        }
    }

    /**
     * The same policy in fewer characters, proved to be the same.
     *
     * @param options how it may be done
     * @param most characters; 0: what STS takes, 2,048
     * @param steps bounds the work; 0: the usual
     * @return answer {@code fits}, {@code too-long} or {@code unknown}
     */
    public Analysis shrink(Set<ShrinkOption> options, long most, long steps) {
        int flags = options.stream().mapToInt(option -> option.flag).reduce(0, (a, b) -> a | b);
        return Analysis.of(transport(), number(Call.POLICY_SHRINK, flags, most, steps));
    }
}
