package io.awsfed.examples;

import io.awsfed.loopback.LoopbackServer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers AssumeRole with keys of no worth, a new one each time, and keeps what it was asked. */
final class RecordingSts implements AutoCloseable {
    final Map<String, String> asked = new TreeMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final LoopbackServer server;
    private volatile CountDownLatch deaf;

    RecordingSts() throws IOException {
        server = new LoopbackServer((path, body) -> {
            CountDownLatch waits = deaf;
            if (waits != null) {
                waits.countDown();
                return null;
            }
            for (String pair : body.split("&")) {
                String[] parts = pair.split("=", 2);
                asked.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
            return new LoopbackServer.Answer(200, "text/xml", answer());
        });
    }

    private String answer() {
        return "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>"
                + "<AccessKeyId>ASIARECORDED" + String.format("%08d", count.incrementAndGet()) + "</AccessKeyId>"
                + "<SecretAccessKey>recorded/secret/access/key/of/no/worth/0</SecretAccessKey>"
                + "<SessionToken>recorded-session-token-of-no-worth</SessionToken><Expiration>"
                + Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS)
                + "</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/deploy/"
                + asked.get("RoleSessionName") + "</Arn><AssumedRoleId>AROARECORDED:" + asked.get("RoleSessionName")
                + "</AssumedRoleId></AssumedRoleUser></AssumeRoleResult><ResponseMetadata><RequestId>1</RequestId>"
                + "</ResponseMetadata></AssumeRoleResponse>";
    }

    /** From now on it answers no more; the latch is counted down when somebody waits. */
    CountDownLatch deafen() {
        deaf = new CountDownLatch(1);
        return deaf;
    }

    String url() {
        return server.url("");
    }

    @Override
    public void close() {
        server.close();
    }
}
