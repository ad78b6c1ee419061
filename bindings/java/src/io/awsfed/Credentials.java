package io.awsfed;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Temporary credentials. Their native copy is wiped by {@link #close()}; strings that were asked for stay until the
 * garbage collector has been there, so ask for the secret ones late.
 */
public final class Credentials extends Handle {
    Credentials(Transport transport, long address) {
        super(transport, address, Call.CREDENTIALS_FREE);
    }

    /**
     * Keys that the caller has, as a source for calls to STS.
     *
     * @param accessKeyId the key's id
     * @param secretAccessKey overwritten with zeros before this returns
     * @param sessionToken likewise; null for long-term keys
     * @param expires null: never
     * @return the credentials
     */
    public static Credentials of(String accessKeyId, char[] secretAccessKey, char[] sessionToken, Instant expires) {
        Transport transport = Library.transport();
        try {
            return new Credentials(transport, Message.call(transport, Call.CREDENTIALS_NEW, message -> {
                message.put("key id", accessKeyId).put("secret key", secretAccessKey);
                return (sessionToken == null ? message.none() : message.put("session token", sessionToken)).put(Times.ms(expires));
            }, Message::number));
        } finally {
            Arrays.fill(secretAccessKey, '\0');
            if (sessionToken != null) {
                Arrays.fill(sessionToken, '\0');
            }
        }
    }

    /**
     * The id of the key.
     *
     * @return for example {@code ASIA...}
     */
    public String accessKeyId() {
        return text(Code.CREDENTIALS_ACCESS_KEY_ID);
    }

    /**
     * The key itself.
     *
     * @return a secret
     */
    public String secretAccessKey() {
        return text(Code.CREDENTIALS_SECRET_ACCESS_KEY);
    }

    /**
     * What goes with temporary keys.
     *
     * @return a secret; empty for long-term keys
     */
    public String sessionToken() {
        return text(Code.CREDENTIALS_SESSION_TOKEN);
    }

    /**
     * The role that was taken.
     *
     * @return empty where there was none
     */
    public String roleArn() {
        return text(Code.CREDENTIALS_ROLE_ARN);
    }

    /**
     * The account of the session.
     *
     * @return twelve digits; empty where STS did not say
     */
    public String account() {
        return text(Code.CREDENTIALS_ACCOUNT);
    }

    /**
     * The source identity that the session has.
     *
     * @return empty where it has none
     */
    public String sourceIdentity() {
        return text(Code.CREDENTIALS_SOURCE_IDENTITY);
    }

    /**
     * The assumed role or federated user.
     *
     * @return its ARN; empty where STS did not say
     */
    public String sessionArn() {
        return text(Code.CREDENTIALS_SESSION_ARN);
    }

    /**
     * The region of the STS that gave them.
     *
     * @return for example {@code eu-central-1}; may be empty
     */
    public String region() {
        return text(Code.CREDENTIALS_REGION);
    }

    /**
     * When they cease to work.
     *
     * @return empty: never, or unsaid
     */
    public Optional<Instant> expires() {
        return Optional.ofNullable(Times.instant(number(Call.CREDENTIALS_EXPIRES_MS)));
    }

    /**
     * What STS answered beside the keys.
     *
     * @param path for example {@code PackedPolicySize} or {@code AssumedRoleUser/AssumedRoleId}
     * @return empty when it did not say
     */
    public Optional<String> answer(String path) {
        return shared(address -> Message.call(transport(), Call.CREDENTIALS_ANSWER, message -> message.put(address).put("path", path),
                message -> Optional.ofNullable(message.text())));
    }

    /**
     * The variables that the AWS tools read, in the order in which their documents name them.
     *
     * @return secrets, by the names of the variables
     */
    public Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("AWS_ACCESS_KEY_ID", accessKeyId());
        variables.put("AWS_SECRET_ACCESS_KEY", secretAccessKey());
        String token = sessionToken();
        if (!token.isEmpty()) {
            variables.put("AWS_SESSION_TOKEN", token);
        }
        return variables;
    }

    /**
     * The credentials as text for a tool.
     *
     * @param format {@code sh}, {@code fish}, {@code powershell}, {@code process} or {@code bamboo}
     * @return a secret
     */
    public String format(String format) {
        Objects.requireNonNull(format, "format");
        return alone(address -> Message.call(transport(), Call.CREDENTIALS_FORMAT,
                message -> message.put(address).put("format", format), Message::textOrEmpty));
    }

    /**
     * What a host's log has to hide: {@link Masking}.
     *
     * @return secrets
     */
    public List<String> maskingList() {
        return Masking.of(secretAccessKey(), sessionToken());
    }

    /** Names the key, which is no secret, and nothing else. */
    @Override
    public String toString() {
        return "Credentials[" + accessKeyId() + "]";
    }

    private String text(int field) {
        return text(Call.CREDENTIALS_TEXT, field);
    }
}
