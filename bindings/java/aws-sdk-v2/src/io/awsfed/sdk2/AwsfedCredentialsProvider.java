package io.awsfed.sdk2;

import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.Renewed;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * Credentials by awsfed for any client of the AWS SDK for Java 2. One provider may serve many clients.
 *
 * <p>It has {@link #close()}, but is no {@code AutoCloseable}: the SDK's clients close such a provider with themselves, and
 * another client might still need it.
 *
 * <p>What fails throws an {@link io.awsfed.AwsfedException}, which the SDK leaves as it is.
 */
public final class AwsfedCredentialsProvider implements AwsCredentialsProvider {
    private static final String NAME = "awsfed";

    private final Renewed<AwsCredentials> renewed;

    /**
     * A provider whose credentials are renewed when they have {@link Renewed#USUAL_LEFT} left.
     *
     * @param contexts makes the context, and the settings for it, at the first use and after the library's process has ended
     */
    public AwsfedCredentialsProvider(Supplier<Context> contexts) {
        this(contexts, Renewed.USUAL_LEFT);
    }

    /**
     * A provider for sessions that are shorter than usual.
     *
     * @param contexts makes the context, and the settings for it, at the first use and after the library's process has ended
     * @param left credentials that work no longer than that are renewed
     */
    public AwsfedCredentialsProvider(Supplier<Context> contexts, Duration left) {
        renewed = new Renewed<>(contexts, AwsfedCredentialsProvider::form, left);
    }

    private static AwsCredentials form(Credentials credentials) {
        String token = credentials.sessionToken();
        String account = credentials.account().isEmpty() ? null : credentials.account();
        if (token.isEmpty()) {
            return AwsBasicCredentials.builder().accessKeyId(credentials.accessKeyId())
                    .secretAccessKey(credentials.secretAccessKey()).accountId(account).providerName(NAME).build();
        }
        return AwsSessionCredentials.builder().accessKeyId(credentials.accessKeyId())
                .secretAccessKey(credentials.secretAccessKey()).sessionToken(token).accountId(account)
                .expirationTime(credentials.expires().orElse(null)).providerName(NAME).build();
    }

    @Override
    public AwsCredentials resolveCredentials() {
        return renewed.get();
    }

    /** Closes the context. The provider gives no credentials afterwards. */
    public void close() {
        renewed.close();
    }

    /** Says nothing of the credentials. */
    @Override
    public String toString() {
        return "AwsfedCredentialsProvider";
    }
}
