package io.awsfed;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a SAML response says. Nobody has checked its signature here: hints, never proof. */
public final class Assertion extends Handle {
    Assertion(Transport transport, long address) {
        super(transport, address, Call.ASSERTION_FREE);
    }

    /** A role that is offered, and the provider that vouches for it. */
    public static final class RoleOffer {
        private final String roleArn;
        private final String principalArn;

        RoleOffer(String roleArn, String principalArn) {
            this.roleArn = roleArn;
            this.principalArn = principalArn;
        }

        /**
         * The role.
         *
         * @return its ARN
         */
        public String roleArn() {
            return roleArn;
        }

        /**
         * The SAML provider.
         *
         * @return its ARN
         */
        public String principalArn() {
            return principalArn;
        }

        @Override
        public String toString() {
            return roleArn;
        }
    }

    /**
     * Who issued it.
     *
     * @return the entity's id; may be empty
     */
    public String issuer() {
        return text(Call.ASSERTION_TEXT, Code.ASSERTION_ISSUER);
    }

    /**
     * Who it is about.
     *
     * @return the NameID; may be empty
     */
    public String subject() {
        return text(Call.ASSERTION_TEXT, Code.ASSERTION_SUBJECT);
    }

    /**
     * Who it is for.
     *
     * @return the first audience; may be empty
     */
    public String audience() {
        return text(Call.ASSERTION_TEXT, Code.ASSERTION_AUDIENCE);
    }

    /**
     * Where it has to be delivered.
     *
     * @return a URL; may be empty
     */
    public String recipient() {
        return text(Call.ASSERTION_TEXT, Code.ASSERTION_RECIPIENT);
    }

    /**
     * The name that the session will have.
     *
     * @return may be empty
     */
    public String sessionName() {
        return text(Call.ASSERTION_TEXT, Code.ASSERTION_SESSION_NAME);
    }

    /**
     * Its own id.
     *
     * @return may be empty
     */
    public String id() {
        return text(Call.ASSERTION_TEXT, Code.ASSERTION_ID);
    }

    /**
     * Whether its words cannot be read.
     *
     * @return true when it is encrypted
     */
    public boolean isEncrypted() {
        return yes(Call.ASSERTION_IS_ENCRYPTED);
    }

    /**
     * Until when STS takes it.
     *
     * @return empty: unsaid
     */
    public Optional<Instant> expires() {
        return Optional.ofNullable(Times.instant(number(Call.ASSERTION_EXPIRES_MS)));
    }

    /**
     * How long the session may last by the attribute SessionDuration.
     *
     * @return empty: unsaid
     */
    public Optional<Duration> sessionDuration() {
        long seconds = number(Call.ASSERTION_SESSION_DURATION_S);
        return seconds < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
    }

    /**
     * The roles that are offered.
     *
     * @return in the order of the response
     */
    public List<RoleOffer> roles() {
        return roles(this, Call.ASSERTION_ROLE_COUNT, Call.ASSERTION_ROLE_ARN, Call.ASSERTION_PRINCIPAL_ARN);
    }

    static List<RoleOffer> roles(Handle assertion, int count, int role, int principal) {
        List<RoleOffer> offers = new ArrayList<>();
        long size = assertion.number(count);
        for (long i = 0; i < size; ++i) {
            offers.add(new RoleOffer(assertion.text(role, i), assertion.text(principal, i)));
        }
        return offers;
    }

    /**
     * The names of all attributes.
     *
     * @return in the order of the response
     */
    public List<String> attributeNames() {
        return names(Call.ASSERTION_ATTRIBUTE_NAMES);
    }

    /**
     * The values of an attribute.
     *
     * @param name its whole name
     * @return empty when it is absent
     */
    public List<String> attribute(String name) {
        return attribute(this, Call.ASSERTION_ATTRIBUTE, name);
    }

    static List<String> attribute(Handle assertion, int call, String name) {
        return assertion.shared(address -> Message.names(assertion.transport(), Message.call(assertion.transport(), call,
                message -> message.put(address).put("name", name), Message::number)));
    }
}
