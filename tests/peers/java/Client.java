import java.util.function.Supplier;

import io.awsfed.Context;

/** What the claims of Program need of an SDK. */
interface Client extends AutoCloseable {
    /** A client whose credentials are awsfed's. */
    interface Maker {
        Client with(Supplier<Context> contexts, long secondsLeft);
    }

    /** The ARN that STS has for the caller. */
    String whoAmI(String endpoint);

    void put(String endpoint, String bucket, String key);

    /** One with the credentials that this one has now, for good. */
    Client frozen();

    String keyId();

    /** The account and the end of the credentials, as far as the SDK has a place for them. */
    String extras();

    @Override
    void close();
}
