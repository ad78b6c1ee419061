package io.awsfed.examples.jenkins;

import io.awsfed.Masking;
import io.awsfed.examples.common.AwsVariables;
import io.awsfed.examples.common.LogMask;
import io.awsfed.examples.common.MaskingStream;
import io.awsfed.examples.host.jenkins.ConsoleLogFilter;
import io.awsfed.examples.host.jenkins.EnvVars;
import io.awsfed.examples.host.jenkins.EnvironmentExpander;
import io.awsfed.examples.host.jenkins.Run;
import java.io.OutputStream;
import java.util.Set;

/**
 * What a block has: the variables of its processes, and the filter before its log. It is written with the block, and comes back
 * empty: until there are credentials again, a process is refused rather than started as somebody else.
 */
final class BlockSecrets implements EnvironmentExpander, ConsoleLogFilter {
    private static final long serialVersionUID = 1;

    private transient volatile IssuedKeys keys;
    private transient volatile LogMask mask;

    /** Also instead of those before. */
    void put(IssuedKeys issued) {
        mask().add(Masking.of(issued.variables().get("AWS_SECRET_ACCESS_KEY"),
                issued.variables().getOrDefault("AWS_SESSION_TOKEN", "")));
        keys = issued;
    }

    /** No further process gets them. What still runs is still filtered. */
    void forget() {
        keys = null;
    }

    private synchronized LogMask mask() {
        if (mask == null) {
            mask = new LogMask();
        }
        return mask;
    }

    @Override
    public void expand(EnvVars env) {
        IssuedKeys now = keys;
        if (now == null) {
            throw new IllegalStateException("awsfed: This block has no credentials now.");
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
