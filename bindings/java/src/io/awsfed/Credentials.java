package io.awsfed;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Temporary credentials. Their native copy is wiped by {@link #close()}; strings that were asked for stay until the
 * garbage collector has been there, so ask for the secret ones late.
 */
public final class Credentials extends Handle {
    // awsfed_credentials_field
    private static final int ACCESS_KEY_ID = 0;
    private static final int SECRET_ACCESS_KEY = 1;
    private static final int SESSION_TOKEN = 2;
    private static final int ROLE_ARN = 3;
    private static final int ACCOUNT = 4;
    private static final int SESSION_ARN = 6;

    Credentials(long address) {
        super(address, Native::credentialsFree);
    }

    public String accessKeyId() {
        return text(ACCESS_KEY_ID);
    }

    /** A secret. */
    public String secretAccessKey() {
        return text(SECRET_ACCESS_KEY);
    }

    /** A secret; empty for long-term keys. */
    public String sessionToken() {
        return text(SESSION_TOKEN);
    }

    /** The role that was taken; empty where there was none. */
    public String roleArn() {
        return text(ROLE_ARN);
    }

    /** The twelve digits of the account; empty where STS did not say. */
    public String account() {
        return text(ACCOUNT);
    }

    /** The assumed role or federated user. */
    public String sessionArn() {
        return text(SESSION_ARN);
    }

    /** Empty: never, or unsaid. */
    public Optional<Instant> expires() {
        long ms = shared(address -> Native.credentialsExpiresMs(address));
        return ms < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(ms));
    }

    /** The variables that the AWS tools read, in the order in which their documents name them. Secret. */
    public Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("AWS_ACCESS_KEY_ID", accessKeyId());
        variables.put("AWS_SECRET_ACCESS_KEY", secretAccessKey());
        if (!sessionToken().isEmpty()) {
            variables.put("AWS_SESSION_TOKEN", sessionToken());
        }
        return variables;
    }

    /**
     * The credentials as text for a tool. Secret.
     *
     * @param format {@code sh}, {@code fish}, {@code powershell}, {@code process} or {@code bamboo}
     */
    public String format(String format) {
        byte[] name = Text.bytes("format", format);
        return alone(address -> taken(Native.credentialsFormat(address, name)));
    }

    /** Names the key, which is no secret, and nothing else. */
    @Override
    public String toString() {
        return "Credentials[" + accessKeyId() + "]";
    }

    private String text(int field) {
        return shared(address -> taken(Native.credentialsText(address, field)));
    }

    private static String taken(byte[] bytes) {
        if (bytes == null) {
            return "";
        }
        try {
            return Text.of(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
