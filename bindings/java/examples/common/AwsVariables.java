package io.awsfed.examples.common;

import java.util.List;
import java.util.Map;

/** The variables of a process that shall work at AWS as a session, and as nobody else. */
public final class AwsVariables {
    /** What AWS's tools might prefer, or mix with the session's keys. */
    private static final List<String> STALE = List.of("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN",
            "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
            "AWS_ROLE_SESSION_NAME", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");

    private AwsVariables() {}

    /**
     * Changes an environment.
     *
     * @param environment of the process that is to start
     * @param keys as {@link io.awsfed.Credentials#environment} has them
     * @param region of the session; may be empty
     */
    public static void put(Map<String, String> environment, Map<String, String> keys, String region) {
        environment.keySet().removeAll(STALE);
        environment.putAll(keys);
        if (!region.isEmpty()) {
            environment.put("AWS_REGION", region);
            environment.put("AWS_DEFAULT_REGION", region);
        }
    }
}
