package io.awsfed;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A SAML assertion whose signature was verified, with what its signed octets say. */
public final class VerifiedAssertion extends Handle {
    VerifiedAssertion(Transport transport, long address) {
        super(transport, address, Call.VERIFIED_FREE);
    }

    private String field(int field) {
        return text(Call.VERIFIED_TEXT, field);
    }

    /**
     * Who issued it.
     *
     * @return the entity's id
     */
    public String issuer() {
        return field(Code.VERIFIED_ISSUER);
    }

    /**
     * Who it is about.
     *
     * @return the NameID
     */
    public String subject() {
        return field(Code.VERIFIED_SUBJECT);
    }

    /**
     * The form of the NameID.
     *
     * @return a URN; may be empty
     */
    public String subjectFormat() {
        return field(Code.VERIFIED_SUBJECT_FORMAT);
    }

    /**
     * Its own id.
     *
     * @return for a memory of replays, with {@link #expires}
     */
    public String id() {
        return field(Code.VERIFIED_ID);
    }

    /**
     * Where it has to be delivered.
     *
     * @return a URL
     */
    public String recipient() {
        return field(Code.VERIFIED_RECIPIENT);
    }

    /**
     * The name that the session will have.
     *
     * @return may be empty
     */
    public String sessionName() {
        return field(Code.VERIFIED_SESSION_NAME);
    }

    /**
     * The source identity that the session will have.
     *
     * @return may be empty
     */
    public String sourceIdentity() {
        return field(Code.VERIFIED_SOURCE_IDENTITY);
    }

    /**
     * The earlier end of its validity.
     *
     * @return empty: unsaid
     */
    public Optional<Instant> expires() {
        return Optional.ofNullable(Times.instant(number(Call.VERIFIED_EXPIRES_MS)));
    }

    /**
     * The earlier end of its validity.
     *
     * @return as written; may be empty
     */
    public String notOnOrAfter() {
        return field(Code.VERIFIED_NOT_ON_OR_AFTER);
    }

    /**
     * The end of the session at the identity provider.
     *
     * @return as written; may be empty
     */
    public String sessionNotOnOrAfter() {
        return field(Code.VERIFIED_SESSION_NOT_ON_OR_AFTER);
    }

    /**
     * How long the session may last by the attribute SessionDuration.
     *
     * @return empty: unsaid
     */
    public Optional<Duration> sessionDuration() {
        long seconds = number(Call.VERIFIED_SESSION_DURATION_S);
        return seconds < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
    }

    /**
     * The roles that are offered.
     *
     * @return in the order of the assertion
     */
    public List<Assertion.RoleOffer> roles() {
        return Assertion.roles(this, Call.VERIFIED_ROLE_COUNT, Call.VERIFIED_ROLE_ARN, Call.VERIFIED_PRINCIPAL_ARN);
    }

    /**
     * What STS will answer as NameQualifier for a role.
     *
     * @param role its place in {@link #roles}
     * @return the hash in base64
     */
    public String nameQualifier(int role) {
        return text(Call.VERIFIED_NAME_QUALIFIER, role);
    }

    /**
     * The session tags.
     *
     * @return values by keys, in the order of the assertion
     */
    public Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        long count = number(Call.VERIFIED_TAG_COUNT);
        for (long i = 0; i < count; ++i) {
            tags.put(text(Call.VERIFIED_TAG_KEY, i), text(Call.VERIFIED_TAG_VALUE, i));
        }
        return tags;
    }

    /**
     * The keys of tags that go on with chained roles.
     *
     * @return in the order of the assertion
     */
    public List<String> transitiveTagKeys() {
        return names(Call.VERIFIED_TRANSITIVE_TAG_KEYS);
    }

    /**
     * The names of all attributes.
     *
     * @return in the order of the assertion
     */
    public List<String> attributeNames() {
        return names(Call.VERIFIED_ATTRIBUTE_NAMES);
    }

    /**
     * The values of an attribute.
     *
     * @param name its whole name
     * @return empty when it is absent
     */
    public List<String> attribute(String name) {
        return Assertion.attribute(this, Call.VERIFIED_ATTRIBUTE, name);
    }
}
