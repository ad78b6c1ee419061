import com.amazonaws.auth.AWSCredentialsProvider;
import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.client.builder.AwsClientBuilder;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.securitytoken.AWSSecurityTokenServiceClientBuilder;
import com.amazonaws.services.securitytoken.model.GetCallerIdentityRequest;
import io.awsfed.Context;
import io.awsfed.sdk1.AwsfedCredentialsProvider;
import java.time.Duration;
import java.util.function.Supplier;

/** The AWS SDK for Java 1. */
final class Sdk1 implements Client {
    private final AWSCredentialsProvider provider;

    private Sdk1(AWSCredentialsProvider provider) {
        this.provider = provider;
    }

    static Client with(Supplier<Context> contexts, long secondsLeft) {
        return new Sdk1(new AwsfedCredentialsProvider(contexts, Duration.ofSeconds(secondsLeft)));
    }

    private <B extends AwsClientBuilder<B, C>, C> C built(B builder, String endpoint) {
        return builder.withCredentials(provider)
                .withEndpointConfiguration(new AwsClientBuilder.EndpointConfiguration(endpoint, "us-east-1")).build();
    }

    @Override
    public String whoAmI(String endpoint) {
        return built(AWSSecurityTokenServiceClientBuilder.standard(), endpoint).getCallerIdentity(new GetCallerIdentityRequest())
                .getArn();
    }

    @Override
    public void put(String endpoint, String bucket, String key) {
        built(AmazonS3ClientBuilder.standard().withPathStyleAccessEnabled(true), endpoint).putObject(bucket, key, "data");
    }

    @Override
    public Client frozen() {
        return new Sdk1(new AWSStaticCredentialsProvider(provider.getCredentials()));
    }

    @Override
    public String keyId() {
        return provider.getCredentials().getAWSAccessKeyId();
    }

    @Override
    public String extras() {
        return "";
    }

    @Override
    public void close() {
        if (provider instanceof AwsfedCredentialsProvider) {
            ((AwsfedCredentialsProvider) provider).close();
        }
    }
}
