package io.awsfed.examples.jenkins;

import io.awsfed.Credentials;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Credentials on their way from the agent to the controller. It makes that way once: what has arrived refuses to be written
 * again, so that none gets into a file of the build by mistake.
 */
final class IssuedKeys implements Serializable {
    private static final long serialVersionUID = 1;

    private final HashMap<String, String> variables;
    private final String region;
    private final Instant expires;
    private transient boolean hasArrived;

    IssuedKeys(Credentials credentials) {
        variables = new HashMap<>(credentials.environment());
        region = credentials.region();
        expires = credentials.expires().orElse(null);
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        if (hasArrived) {
            throw new NotSerializableException("credentials are not kept");
        }
        out.defaultWriteObject();
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        hasArrived = true;
    }

    Map<String, String> variables() {
        return variables;
    }

    String region() {
        return region;
    }

    Optional<Instant> expires() {
        return Optional.ofNullable(expires);
    }

    boolean areOver(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    /** Names the key, which is no secret, and nothing else. */
    @Override
    public String toString() {
        return "IssuedKeys[" + variables.get("AWS_ACCESS_KEY_ID") + "]";
    }
}
