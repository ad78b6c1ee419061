package io.awsfed.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.awsfed.AwsfedException;
import io.awsfed.examples.common.LogMask;
import io.awsfed.examples.host.jenkins.ConsoleLogFilter;
import io.awsfed.examples.host.jenkins.EnvVars;
import io.awsfed.examples.host.jenkins.EnvironmentExpander;
import io.awsfed.examples.host.jenkins.StepExecution;
import io.awsfed.examples.jenkins.WithAwsfedStep;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The step in a pipeline that is played, with an agent behind serialization, against awsfed-sandbox. */
@Timeout(120)
class JenkinsStepTest {
    private final Place place = new Place();
    private FakeJenkins jenkins;

    @AfterEach
    void end() {
        jenkins.close();
        place.close();
    }

    private StepExecution begun(String connector, FakeJenkins.Block block) throws Exception {
        jenkins = new FakeJenkins(block);
        jenkins.passwords.put("alice", Place.PASSWORD.toCharArray());
        jenkins.passwords.put("disabled", "whatever-it-may-be".toCharArray());
        return begun(step(connector));
    }

    private WithAwsfedStep step(String connector) {
        return new WithAwsfedStep(place.config.toString(), connector).credentialsId("alice");
    }

    private StepExecution begun(WithAwsfedStep step) throws Exception {
        StepExecution execution = step.start(jenkins.context());
        execution.start();
        return execution;
    }

    private Throwable ending() throws Exception {
        return jenkins.ended.get(60, TimeUnit.SECONDS);
    }

    /** A block that waits until a test lets it end. */
    private static final class Waiting implements FakeJenkins.Block {
        final CompletableFuture<EnvVars> began = new CompletableFuture<>();
        final CountDownLatch end = new CountDownLatch(1);

        @Override
        public void run(EnvVars env, OutputStream log) throws Exception {
            began.complete(env);
            end.await();
        }

        EnvVars env() throws Exception {
            return began.get(60, TimeUnit.SECONDS);
        }
    }

    private static Map<String, String> secrets(Map<String, String> env) {
        return Map.of("the secret key", env.get("AWS_SECRET_ACCESS_KEY"), "the token", env.get("AWS_SESSION_TOKEN"),
                "the password", Place.PASSWORD);
    }

    @Test
    void theBlockHasTheVariablesAndItsLogHidesThem() throws Exception {
        CompletableFuture<EnvVars> seen = new CompletableFuture<>();
        begun("deploy", (env, log) -> {
            seen.complete(env);
            String token = env.get("AWS_SESSION_TOKEN");
            log.write("no line's end: ".getBytes(StandardCharsets.US_ASCII));
            log.write(token.substring(0, 9).getBytes(StandardCharsets.US_ASCII));
            log.flush();
            log.write((token.substring(9) + "\n").getBytes(StandardCharsets.US_ASCII));
            for (String secret : List.of(env.get("AWS_SECRET_ACCESS_KEY"), token)) {
                for (String form : Leaks.forms(secret).values()) {
                    log.write(("form: " + form + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
            log.write("the last line".getBytes(StandardCharsets.US_ASCII));
        });
        assertNull(ending(), jenkins::log);
        EnvVars env = seen.get();
        assertEquals("eu-central-1", env.get("AWS_REGION"));
        assertFalse(env.containsKey("AWS_PROFILE"), "nobody else's");
        assertEquals(List.of(), Leaks.in(jenkins.log(), secrets(env)));
        assertTrue(jenkins.log().contains("no line's end: " + LogMask.SHOWN) && jenkins.log().endsWith("the last line"), jenkins.log());
        assertTrue(jenkins.expander.getSensitiveVariables().contains("AWS_SESSION_TOKEN"));
        assertEquals(0, jenkins.timer.count(), "no renewal is left");
        assertThrows(IllegalStateException.class, () -> jenkins.expander.expand(new EnvVars()), "the block is over");
    }

    @Test
    void whatGoesToTheAgentIsNoSecretAndThePasswordIsWipedThere() throws Exception {
        begun("deploy", (env, log) -> { });
        assertNull(ending(), jenkins::log);
        assertArrayEquals(new char[Place.PASSWORD.length()], jenkins.lastPassword);
        assertEquals(List.of(), Leaks.in(jenkins.sentToAgent.toString(StandardCharsets.ISO_8859_1),
                Map.of("the password", Place.PASSWORD)));
    }

    @Test
    void whatIsWrittenIntoTheBuildsFolderHasNoSecret() throws Exception {
        Waiting block = new Waiting();
        StepExecution execution = begun("deploy", block);
        EnvVars env = block.env();
        for (Object part : List.of(execution, jenkins.expander, jenkins.filter)) {
            String written = new String(FakeJenkins.written(part), StandardCharsets.ISO_8859_1);
            assertEquals(List.of(), Leaks.in(written, secrets(env)));
            assertEquals(List.of(), Leaks.in(part.toString(), secrets(env)));
        }
        block.end.countDown();
        assertNull(ending());
    }

    @Test
    void afterARestartTheBlockHasNothingUntilItIsSignedInAgain() throws Exception {
        Waiting block = new Waiting();
        StepExecution execution = begun("deploy", block);
        EnvVars before = block.env();
        // The two are in one file, and stay together.
        Object[] read = FakeJenkins.read(FakeJenkins.written(new Object[] {execution, jenkins.expander}));
        EnvironmentExpander expander = (EnvironmentExpander) read[1];
        assertThrows(IllegalStateException.class, () -> expander.expand(new EnvVars()));
        ((StepExecution) read[0]).onResume();
        EnvVars after = new EnvVars();
        while (after.isEmpty()) {
            try {
                expander.expand(after);
            } catch (IllegalStateException notYet) {
                assertEquals("", jenkins.errors.toString());
                Thread.onSpinWait();
            }
        }
        assertNotEquals(before.get("AWS_ACCESS_KEY_ID"), after.get("AWS_ACCESS_KEY_ID"));
        block.end.countDown();
    }

    /** What a log has when a process prints some secrets in each form behind a filter. */
    private String printed(ConsoleLogFilter filter, Map<String, String> secrets) throws IOException {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (OutputStream out = filter.decorateLogger(jenkins, log)) {
            for (String secret : secrets.values()) {
                for (String form : Leaks.forms(secret).values()) {
                    out.write(("form: " + form + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, String> keys(Map<String, String> env) {
        return Map.of("the secret key", env.get("AWS_SECRET_ACCESS_KEY"), "the token", env.get("AWS_SESSION_TOKEN"));
    }

    @Test
    void afterARestartAndAtAnAgentTheLogStillHidesWhatItHidBefore() throws Exception {
        Waiting block = new Waiting();
        begun("deploy", block);
        Map<String, String> first = keys(block.env());
        jenkins.timer.fire();
        EnvVars next = new EnvVars();
        jenkins.expander.expand(next);
        ConsoleLogFilter restarted = FakeJenkins.read(FakeJenkins.written(jenkins.filter));
        ConsoleLogFilter atAgent = FakeJenkins.received(FakeJenkins.sent(jenkins.filter));
        for (ConsoleLogFilter filter : List.of(jenkins.filter, restarted, atAgent)) {
            assertEquals(List.of(), Leaks.in(printed(filter, first), first), "a process that began before prints it");
            assertEquals(List.of(), Leaks.in(printed(filter, keys(next)), keys(next)));
        }
        block.end.countDown();
        assertNull(ending());
    }

    @Test
    void theCredentialsOfALongBlockAreRenewed() throws Exception {
        Waiting block = new Waiting();
        begun("deploy", block);
        String first = block.env().get("AWS_ACCESS_KEY_ID");
        assertTrue(jenkins.timer.delay().toMinutes() >= 40, jenkins.timer.delay()::toString); // of an hour
        jenkins.timer.fire();
        EnvVars next = new EnvVars();
        jenkins.expander.expand(next);
        assertNotEquals(first, next.get("AWS_ACCESS_KEY_ID"));
        block.end.countDown();
        assertNull(ending());
    }

    @Test
    void aStopEndsTheSignInAtTheAgent() throws Exception {
        try (DeafServer server = new DeafServer()) {
            place.connector("deaf", server.connector());
            StepExecution execution = begun("deaf", (env, log) -> { });
            assertTrue(server.asked.await(60, TimeUnit.SECONDS));
            Exception cause = new Exception("stopped by a person");
            execution.stop(cause);
            assertSame(cause, ending());
            assertTrue(jenkins.agentIsIdle());
            assertEquals("", jenkins.errors.toString(), "nobody is to blame");
        }
    }

    @Test
    void aStopEndsTheBlock() throws Exception {
        Waiting block = new Waiting();
        StepExecution execution = begun("deploy", block);
        block.env();
        execution.stop(new Exception("stopped by a person"));
        assertTrue(ending() instanceof InterruptedException, "what the block ended with");
        assertEquals(0, jenkins.timer.count());
    }

    @Test
    void aRefusalIsToldAndThePasswordIsPostedOnce() throws Exception {
        long before = Place.posts();
        begun("deploy", (env, log) -> { });
        assertNull(ending());
        assertEquals(before + 1, Place.posts());
        jenkins.close();
        for (int i = 0; i < 2; ++i) {
            jenkins = new FakeJenkins((env, log) -> { });
            jenkins.passwords.put("disabled", "whatever-it-may-be".toCharArray());
            begun(step("deploy").credentialsId("disabled"));
            assertTrue(ending() instanceof AwsfedException.Refused, jenkins::log);
            assertTrue(jenkins.log().contains("(credentials-refused"), jenkins.log());
            assertEquals(before + 2, Place.posts(), "never a second time");
            assertEquals(List.of(), Leaks.in(jenkins.log() + new String(FakeJenkins.written(ending()), StandardCharsets.ISO_8859_1),
                    Map.of("the password", "whatever-it-may-be")));
            jenkins.close();
        }
    }

    @Test
    void whoIsNotListedIsRefusedAtTheAgentToo() throws Exception {
        place.connector("listed", Place.adfs(), "allowed_principals = anna");
        String before = Place.heard();
        begun("listed", (env, log) -> { });
        assertEquals("connector-refused", ((AwsfedException) ending()).code(), "nobody has started it");
        jenkins.close();
        jenkins = new FakeJenkins((env, log) -> { }).startedBy("eve");
        jenkins.passwords.put("alice", Place.PASSWORD.toCharArray());
        begun(step("listed"));
        assertEquals("connector-refused", ((AwsfedException) ending()).code());
        assertEquals(before, Place.heard());
        jenkins.close();
        jenkins = new FakeJenkins((env, log) -> { }).startedBy("anna");
        jenkins.passwords.put("alice", Place.PASSWORD.toCharArray());
        begun(step("listed"));
        assertNull(ending(), jenkins::log);
    }

    @Test
    void aSessionPolicyAndTheNameOfTheBuildGoToSts() throws Exception {
        try (RecordingSts sts = new RecordingSts()) {
            place.connector("named", place.keys(sts.url()), "http_loopback = true", "source_identity = {plan}-{build}");
            jenkins = new FakeJenkins((env, log) -> { });
            begun(new WithAwsfedStep(place.config.toString(), "named").policy("{\"Version\":\"2012-10-17\",\"Statement\":"
                    + "{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::builds/{{build}}/*\"}}"));
            assertNull(ending(), jenkins::log);
            // web/main, and not web-main: that has another name
            assertEquals("web-main-06850eb5-17", sts.asked.get("RoleSessionName"));
            assertEquals("web-main-06850eb5-17", sts.asked.get("SourceIdentity"));
            assertTrue(sts.asked.get("Policy").contains("builds/17/*"));
        }
    }

    @Test
    void anUnknownEntryOfTheStoreIsTold() throws Exception {
        jenkins = new FakeJenkins((env, log) -> { });
        begun(step("deploy").credentialsId("nobody"));
        assertTrue(ending() instanceof IllegalStateException);
        assertTrue(jenkins.log().contains("This agent has no credentials \"nobody\"."), jenkins.log());
    }

    @Test
    void keysThatHaveArrivedAreNotWrittenAgain() throws Exception {
        Waiting block = new Waiting();
        begun("deploy", block);
        block.env();
        UncheckedIOException refused = assertThrows(UncheckedIOException.class, () -> FakeJenkins.written(jenkins.lastAnswer));
        assertTrue(refused.getMessage().contains("credentials are not kept"), refused::getMessage);
        block.end.countDown();
    }
}
