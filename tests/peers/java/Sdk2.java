import io.awsfed.Context;
import io.awsfed.sdk2.AwsfedCredentialsProvider;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.sts.StsClient;

/** The AWS SDK for Java 2. */
final class Sdk2 implements Client {
    private final AwsCredentialsProvider provider;

    private Sdk2(AwsCredentialsProvider provider) {
        this.provider = provider;
    }

    static Client with(Supplier<Context> contexts, long secondsLeft) {
        return new Sdk2(new AwsfedCredentialsProvider(contexts, Duration.ofSeconds(secondsLeft)));
    }

    private <B extends AwsClientBuilder<B, C>, C> C built(B builder, String endpoint) {
        return builder.credentialsProvider(provider).region(Region.US_EAST_1).endpointOverride(URI.create(endpoint)).build();
    }

    @Override
    public String whoAmI(String endpoint) {
        try (StsClient sts = built(StsClient.builder().httpClient(UrlConnectionHttpClient.create()), endpoint)) {
            return sts.getCallerIdentity().arn();
        }
    }

    @Override
    public void put(String endpoint, String bucket, String key) {
        // Ceph 16 does not know the trailing checksums that this SDK sends unless told not to.
        S3ClientBuilder builder = S3Client.builder().forcePathStyle(true).httpClient(UrlConnectionHttpClient.create())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .serviceConfiguration(settings -> settings.chunkedEncodingEnabled(false));
        try (S3Client s3 = built(builder, endpoint)) {
            s3.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString("data"));
        }
    }

    @Override
    public Client frozen() {
        return new Sdk2(StaticCredentialsProvider.create(provider.resolveCredentials()));
    }

    @Override
    public String keyId() {
        return provider.resolveCredentials().accessKeyId();
    }

    @Override
    public String extras() {
        AwsCredentials credentials = provider.resolveCredentials();
        return credentials.accountId().orElse("no account") + (credentials.expirationTime().isPresent() ? "" : " no end");
    }

    @Override
    public void close() {
        if (provider instanceof AwsfedCredentialsProvider) {
            ((AwsfedCredentialsProvider) provider).close();
        }
    }
}
