import io.awsfed.AwsfedException;
import io.awsfed.Context;
import io.awsfed.Settings;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/**
 * A program that runs long and has its credentials from awsfed: Program NAME. Prints "ok ..." or "FAIL ..." for each claim.
 * The environment has the peers, and FRONT: an STS that gives sessions at Ceph of 15 seconds.
 */
public final class Program {
    private static final Map<String, String> PEER = System.getenv();
    private static final String MINISTACK = PEER.get("PEER_MINISTACK_ENDPOINT");
    private static final String CEPH = PEER.get("PEER_CEPH_ENDPOINT");
    private static final long FOR_MS = 36_000; // two sessions and a part of a third
    private static final long EVERY_MS = 500;
    private static final long LEFT_S = 5;

    private final String name;
    private final Client.Maker maker;

    private Program(String name, Client.Maker maker) {
        this.name = name;
        this.maker = maker;
    }

    public static void main(String[] arguments) throws Exception {
        Class<?> sdk = Class.forName(arguments[0]);
        Program program = new Program(arguments[1], (contexts, left) -> {
            try {
                return (Client) sdk.getDeclaredMethod("with", java.util.function.Supplier.class, long.class).invoke(null, contexts, left);
            } catch (ReflectiveOperationException failure) {
                throw new IllegalStateException(failure);
            }
        });
        program.claims();
    }

    private void claims() {
        claim("the SDK's clients are who awsfed says", this::identity);
        claim("a wrong key is awsfed's error", this::wrongKey);
        if (!System.getProperty("io.awsfed.process", "").isEmpty()) {
            claim("a killed process costs the SDK nothing", this::killed);
        }
        claim("sessions of 15 seconds are renewed while they are used", this::shortSessions);
    }

    /** @param check gives null, or what is wrong */
    private void claim(String what, Callable<String> check) {
        String fault;
        try {
            fault = check.call();
        } catch (Exception failure) {
            fault = failure.toString();
        }
        System.out.println(fault == null ? "ok " + name + ": " + what : "FAIL " + name + ": " + what + ": " + fault);
    }

    // ---- MiniStack -----------------------------------------------------------------------------------

    private static Context ministack(String secret) {
        try (Settings settings = new Settings().set("sts_endpoint", MINISTACK).set("http_loopback", "true").set("region", "us-east-1")
                .set("role_arn", PEER.get("PEER_MINISTACK_ROLE")).set("role_session_name", "java-sdk")
                .set("access_key_id", PEER.get("PEER_MINISTACK_KEY")).setSecret("secret_access_key", secret.toCharArray())) {
            return new Context(settings);
        }
    }

    private Client atMiniStack(String secret) {
        return maker.with(() -> ministack(secret), LEFT_S);
    }

    private String identity() {
        try (Client client = atMiniStack(PEER.get("PEER_MINISTACK_SECRET"))) {
            String arn = client.whoAmI(MINISTACK);
            String first = client.keyId();
            if (!arn.equals("arn:aws:sts::123456789012:assumed-role/Dev/java-sdk")) {
                return arn;
            }
            if (!first.startsWith("ASIA") || !first.equals(client.keyId())) {
                return first + ", then " + client.keyId();
            }
            return client.extras().isEmpty() || client.extras().equals("123456789012") ? null : client.extras();
        }
    }

    private String wrongKey() {
        try (Client client = atMiniStack("wrong" + PEER.get("PEER_MINISTACK_SECRET"))) {
            return "it is " + client.whoAmI(MINISTACK);
        } catch (AwsfedException.Denied denied) {
            return denied.advice().isEmpty() ? "without advice" : null;
        }
    }

    private String killed() throws Exception {
        try (Client client = maker.with(() -> ministack(PEER.get("PEER_MINISTACK_SECRET")), Integer.MAX_VALUE)) {
            client.whoAmI(MINISTACK);
            ProcessHandle child = ProcessHandle.current().children().findFirst().orElseThrow();
            child.destroyForcibly();
            child.onExit().get();
            client.whoAmI(MINISTACK);
            return ProcessHandle.current().children().anyMatch(other -> other.pid() != child.pid()) ? null : "there is no other process";
        }
    }

    // ---- Ceph ----------------------------------------------------------------------------------------

    private static Context front() {
        try (Settings settings = new Settings().set("sts_endpoint", PEER.get("FRONT")).set("http_loopback", "true")
                .set("region", "us-east-1").set("role_arn", PEER.get("PEER_CEPH_ROLE")).set("role_session_name", "java-sdk")
                .set("remaining_min", LEFT_S + "s") // and keys that nobody looks at, AWS's own example
                .set("access_key_id", "AKIAIOSFODNN7EXAMPLE")
                .setSecret("secret_access_key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".toCharArray())) {
            return new Context(settings);
        }
    }

    /** Every write is allowed, by several keys; the first of these is not good any more. */
    private String shortSessions() throws InterruptedException {
        Set<String> keys = new TreeSet<>();
        try (Client client = maker.with(Program::front, LEFT_S)) {
            Client first = client.frozen();
            first.put(CEPH, "own", name.replace(' ', '-'));
            long end = System.nanoTime() + FOR_MS * 1_000_000;
            for (int i = 0; System.nanoTime() < end; ++i) {
                client.put(CEPH, "own", name.replace(' ', '-') + i);
                keys.add(client.keyId());
                Thread.sleep(EVERY_MS);
            }
            try {
                first.put(CEPH, "own", "late");
                return "the first session never ends";
            } catch (RuntimeException refused) {
                return keys.size() >= 3 && keys.size() <= 6 ? null : keys.size() + " keys: " + keys;
            }
        }
    }
}
