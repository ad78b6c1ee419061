package io.awsfed.sdk1;

import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.AWSCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.auth.BasicSessionCredentials;
import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.Renewed;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Credentials by awsfed for any client of the AWS SDK for Java 1. One provider may serve many clients; they do not close it.
 *
 * <p>What fails throws an {@link io.awsfed.AwsfedException}, which the SDK leaves as it is.
 */
public final class AwsfedCredentialsProvider implements AWSCredentialsProvider, AutoCloseable {
    private final Renewed<AWSCredentials> renewed;

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

    private static AWSCredentials form(Credentials credentials) {
        String token = credentials.sessionToken();
        if (token.isEmpty()) {
            return new BasicAWSCredentials(credentials.accessKeyId(), credentials.secretAccessKey());
        }
        return new BasicSessionCredentials(credentials.accessKeyId(), credentials.secretAccessKey(), token);
    }

    @Override
    public AWSCredentials getCredentials() {
        return renewed.get();
    }

    /** The next call asks the library, which gives what it keeps as long as that is good. */
    @Override
    public void refresh() {
        renewed.expire();
    }

    @Override
    public void close() {
        renewed.close();
    }

    /** Says nothing of the credentials. */
    @Override
    public String toString() {
        return "AwsfedCredentialsProvider";
    }
}
