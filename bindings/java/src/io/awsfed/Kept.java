package io.awsfed;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Something that is kept in a store: credentials, a session at an identity provider, or attempts with passwords. */
public final class Kept {
    private final String[] texts = new String[Code.KEPT_SOURCE_IDENTITY + 1];
    private final Instant since;
    private final Instant expires;
    private final long attempts;

    private Kept(Transport transport, long list, long index) {
        for (int field = 0; field < texts.length; ++field) {
            texts[field] = Message.textOf(transport, Call.KEPT_TEXT, list, index, field);
        }
        since = Times.instant(Message.numberOf(transport, Call.KEPT_SINCE_MS, list, index));
        expires = Times.instant(Message.numberOf(transport, Call.KEPT_EXPIRES_MS, list, index));
        attempts = Message.numberOf(transport, Call.KEPT_ATTEMPTS, list, index);
    }

    /** The native list is freed. */
    static List<Kept> all(Transport transport, long list) {
        try {
            List<Kept> entries = new ArrayList<>();
            long count = Message.numberOf(transport, Call.KEPT_COUNT, list);
            for (long i = 0; i < count; ++i) {
                entries.add(new Kept(transport, list, i));
            }
            return entries;
        } finally {
            Message.done(transport, Call.KEPT_FREE, list);
        }
    }

    /**
     * Its id, for {@link Context#eraseKept}.
     *
     * @return hexadecimal digits
     */
    public String id() {
        return texts[Code.KEPT_ID];
    }

    /**
     * What it is.
     *
     * @return {@code credentials}, {@code session} or {@code attempts}
     */
    public String kind() {
        return texts[Code.KEPT_KIND];
    }

    /**
     * The connector that it came by.
     *
     * @return may be empty
     */
    public String connector() {
        return texts[Code.KEPT_CONNECTOR];
    }

    /**
     * The user at the identity provider.
     *
     * @return may be empty
     */
    public String user() {
        return texts[Code.KEPT_USER];
    }

    /**
     * Whom the host vouched for.
     *
     * @return may be empty
     */
    public String principal() {
        return texts[Code.KEPT_PRINCIPAL];
    }

    /**
     * Of attempts, the origin of the identity provider.
     *
     * @return may be empty
     */
    public String target() {
        return texts[Code.KEPT_TARGET];
    }

    /**
     * The role of credentials.
     *
     * @return may be empty
     */
    public String roleArn() {
        return texts[Code.KEPT_ROLE_ARN];
    }

    /**
     * The account of credentials.
     *
     * @return may be empty
     */
    public String account() {
        return texts[Code.KEPT_ACCOUNT];
    }

    /**
     * The session of credentials.
     *
     * @return may be empty
     */
    public String sessionArn() {
        return texts[Code.KEPT_SESSION_ARN];
    }

    /**
     * The source identity of credentials.
     *
     * @return may be empty
     */
    public String sourceIdentity() {
        return texts[Code.KEPT_SOURCE_IDENTITY];
    }

    /**
     * Since when it is there.
     *
     * @return empty: unsaid
     */
    public Optional<Instant> since() {
        return Optional.ofNullable(since);
    }

    /**
     * Until when it is good.
     *
     * @return empty: unsaid
     */
    public Optional<Instant> expires() {
        return Optional.ofNullable(expires);
    }

    /**
     * How many attempts are remembered.
     *
     * @return 0 of anything but attempts
     */
    public long attempts() {
        return attempts;
    }

    @Override
    public String toString() {
        return kind() + " " + id();
    }
}
