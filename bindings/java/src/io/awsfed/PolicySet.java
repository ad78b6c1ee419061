package io.awsfed;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** The policies around a request, layer by layer. A layer without a policy is not there, and does not limit. */
public final class PolicySet extends Handle {
    /** Where a policy stands. */
    public enum Layer {
        /** Service control policies of the organisation. */
        SCP(Code.LAYER_SCP),
        /** Resource control policies of the organisation. */
        RCP(Code.LAYER_RCP),
        /** Of a VPC endpoint. */
        ENDPOINT(Code.LAYER_ENDPOINT),
        /** Of the resource; for sts:AssumeRole and its like the role's trust policy. */
        RESOURCE(Code.LAYER_RESOURCE),
        /** Of the role or user. */
        IDENTITY(Code.LAYER_IDENTITY),
        /** The permissions boundary. */
        BOUNDARY(Code.LAYER_BOUNDARY),
        /** Of the session, inline and by ARN, united with each other. */
        SESSION(Code.LAYER_SESSION),
        /** AWS itself, not a policy: in decisions alone. */
        SERVICE(Code.LAYER_SERVICE);

        private final int number;

        Layer(int number) {
            this.number = number;
        }

        private static Layer of(long number) {
            for (Layer layer : values()) {
                if (layer.number == number) {
                    return layer;
                }
            }
            return null;
        }
    }

    /** What AWS would decide. */
    public static final class Decision {
        private final boolean allowed;
        private final boolean explicit;
        private final Layer layer;
        private final long level;
        private final long policy;
        private final long statement;
        private final Set<Layer> missing;

        private Decision(Message message) {
            Layer decided = Layer.of(message.number());
            level = message.number();
            policy = message.number();
            statement = message.number();
            long lacking = message.number();
            long number = message.number();
            allowed = number == Code.DECISION_ALLOW;
            explicit = number != Code.DECISION_IMPLICIT_DENY;
            layer = explicit ? decided : null;
            missing = EnumSet.noneOf(Layer.class);
            for (Layer one : Layer.values()) {
                if (!explicit && (lacking & (1L << one.number)) != 0) {
                    missing.add(one);
                }
            }
        }

        /**
         * Whether the request is allowed.
         *
         * @return false when a statement denies it, or a layer does not allow it
         */
        public boolean isAllowed() {
            return allowed;
        }

        /**
         * Whether a statement decided it.
         *
         * @return false when it is denied because nothing allows it
         */
        public boolean isExplicit() {
            return explicit;
        }

        /**
         * The layer of the statement that decided.
         *
         * @return null when none did
         */
        public Layer layer() {
            return layer;
        }

        /**
         * The level of the policy in its layer.
         *
         * @return as it was given to {@link PolicySet#add}; -1 when no policy decided
         */
        public long level() {
            return level;
        }

        /**
         * The policy that decided.
         *
         * @return its place in the layer, from 0; -1 when none did
         */
        public long policy() {
            return policy;
        }

        /**
         * The statement that decided.
         *
         * @return its place in the policy, from 0; -1 when none did
         */
        public long statement() {
            return statement;
        }

        /**
         * The layers that lack an allow.
         *
         * @return empty unless it is denied because nothing allows it
         */
        public Set<Layer> missing() {
            return missing;
        }
    }

    /** Without any policy. */
    public PolicySet() {
        this(Library.transport());
    }

    private PolicySet(Transport transport) {
        super(transport, Message.numberOf(transport, Call.POLICIES_NEW), Call.POLICIES_FREE);
    }

    /**
     * Adds a policy to a layer.
     *
     * @param layer any but {@link Layer#SERVICE}
     * @param level of an SCP or RCP, 0 is the root of the organisation; else 0
     * @param policy kept alive; one that was read as of another kind is refused
     * @return this
     */
    public PolicySet add(Layer layer, long level, Policy policy) {
        Objects.requireNonNull(policy, "policy");
        alone(set -> sharedWith(policy, given -> {
            Message.done(transport(), Call.POLICIES_ADD, set, layer.number, level, given);
            return null;
        }));
        return this;
    }

    /**
     * What AWS would decide (IAM User Guide, "Policy evaluation logic").
     *
     * @param request who asks for what
     * @return the decision, and what decided
     */
    public Decision evaluate(AccessRequest request) {
        Objects.requireNonNull(request, "request");
        return shared(set -> sharedWith(request, asked -> Message.call(transport(), Call.POLICIES_EVALUATE,
                message -> message.put(set).put(asked), Decision::new)));
    }

    /**
     * What the identity policies and the session policies both allow, as a document.
     *
     * @param steps bounds the work; 0: the usual
     * @return answer {@code exact}, {@code approximate} (two documents) or {@code unknown}
     */
    public Analysis intersect(long steps) {
        return Analysis.of(transport(), number(Call.POLICIES_INTERSECT, steps));
    }

    /**
     * What in the session policies has an effect, given the identity policies.
     *
     * @param steps bounds the work; 0: the usual
     * @return answer {@code useful}, {@code partly-dead}, {@code dead} or {@code unknown}
     */
    public Analysis sessionReport(long steps) {
        return Analysis.of(transport(), number(Call.POLICIES_SESSION_REPORT, steps));
    }

    /**
     * The identity policies of both.
     *
     * @param other what to compare with
     * @param steps bounds the work; 0: the usual
     * @return answer {@code equal}, {@code within} (these allow nothing that the other does not), {@code contains},
     *     {@code different} or {@code unknown}
     */
    public Analysis compare(PolicySet other, long steps) {
        Objects.requireNonNull(other, "other");
        return shared(set -> sharedWith(other, with ->
                Analysis.of(transport(), Message.numberOf(transport(), Call.POLICIES_COMPARE, set, with, steps))));
    }
}
