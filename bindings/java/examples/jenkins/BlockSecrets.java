package io.awsfed.examples.jenkins;

import io.awsfed.Masking;
import io.awsfed.examples.common.AwsVariables;
import io.awsfed.examples.common.LogMask;
import io.awsfed.examples.common.MaskingStream;
import io.awsfed.examples.host.jenkins.ConsoleLogFilter;
import io.awsfed.examples.host.jenkins.EnvVars;
import io.awsfed.examples.host.jenkins.EnvironmentExpander;
import io.awsfed.examples.host.jenkins.Run;
import io.awsfed.examples.host.jenkins.Secret;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a block has: the variables of its processes, and the filter before its log.
 *
 * <p>It is written with the block, and goes to an agent with the block's log. The variables do neither: until there are
 * credentials again, a process is refused rather than started as somebody else. What is to be hidden does both, since a process
 * that goes on may still print it; Jenkins encrypts it where it is written.
 */
final class BlockSecrets implements EnvironmentExpander, ConsoleLogFilter {
    private static final long serialVersionUID = 1;

    private transient volatile IssuedKeys keys;

    // Under the lock of this object:
    private final ArrayList<Secret> hidden = new ArrayList<>(); // all that there ever were
    private transient LogMask mask;

    /** Also instead of those before. */
    synchronized void put(IssuedKeys issued) {
        for (String name : List.of("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")) {
            String value = issued.variables().getOrDefault(name, "");
            mask().add(Masking.of(value));
            hidden.add(Secret.fromString(value));
        }
        keys = issued;
    }

    /** No further process gets them. What still runs is still filtered. */
    void forget() {
        keys = null;
    }

    /** One that was read back, here or at an agent, knows what it hid before. */
    private synchronized LogMask mask() {
        if (mask == null) {
            mask = new LogMask();
            hidden.forEach(secret -> mask.add(Masking.of(secret.getPlainText())));
        }
        return mask;
    }

    /** A renewal may come meanwhile. */
    private synchronized void writeObject(ObjectOutputStream out) throws IOException {
        out.defaultWriteObject();
    }

    @Override
    public void expand(EnvVars env) {
        IssuedKeys now = keys;
        if (now == null) {
            throw new IllegalStateException("awsfed: This block has no credentials now.");
        }
        if (now.areOver(Instant.now())) { // the renewal has given up
            throw new IllegalStateException("awsfed: The credentials of this block are over.");
        }
        AwsVariables.put(env, now.variables(), now.region());
    }

    @Override
    public Set<String> getSensitiveVariables() {
        return Set.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");
    }

    @Override
    public OutputStream decorateLogger(Run run, OutputStream log) {
        return new MaskingStream(log, mask());
    }
}
