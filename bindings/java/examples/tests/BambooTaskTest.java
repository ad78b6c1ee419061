package io.awsfed.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.awsfed.Credentials;
import io.awsfed.examples.bamboo.AwsfedTask;
import io.awsfed.examples.common.LogMask;
import io.awsfed.examples.host.bamboo.TaskResult;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The task in a job that is played, against awsfed-sandbox. */
@Timeout(120)
class BambooTaskTest {
    private static final String WHO_AM_I = "exec \"$0\" sts get-caller-identity --sts-endpoint \"$1\" --ca-file \"$2\" --region"
            + " \"$AWS_REGION\" --access-key-id \"$AWS_ACCESS_KEY_ID\" --secret-access-key env:AWS_SECRET_ACCESS_KEY"
            + " --session-token env:AWS_SESSION_TOKEN";
    private static final String PRINT_ALL = "env | grep ^AWS_; for v in \"$AWS_SECRET_ACCESS_KEY\" \"$AWS_SESSION_TOKEN\"; do for b in '' a ab; do"
            + " printf %s%sz \"$b\" \"$v\" | base64 -w0; echo; done; printf %s \"$v\" | sed 's:/:%2f:g; s:+:%2b:g; s:=:%3d:g'; echo;"
            + " printf '{\"k\":\"%s\"}' \"$v\" | sed 's:/:\\\\/:g'; echo; done";

    private final Place place = new Place();
    private final FakeBamboo bamboo = new FakeBamboo().field("connector", "deploy").variable("awsfed.user", Place.ALICE)
            .variable("awsfed.secret.password", Place.PASSWORD);
    private final ManualTimer timer = new ManualTimer();
    private final List<String> audit = new CopyOnWriteArrayList<>();
    private final AwsfedTask task = new AwsfedTask(place.config, bamboo, timer, Clock.systemUTC(), audit::add);

    @AfterEach
    void end() {
        task.jobEnded(bamboo);
        place.close();
    }

    private void command(String script) {
        bamboo.field("command", String.join("\n", "/bin/sh", "-c", script, Place.told("program"), Place.told("sts"),
                Place.told("ca")));
    }

    private Map<String, String> secrets() {
        return Map.of("the secret key", bamboo.variables.get("awsfed.secret.secret_access_key"), "the token",
                bamboo.variables.get("awsfed.secret.session_token"), "the password", Place.PASSWORD);
    }

    private void assertLogTells(String... words) {
        for (String word : words) {
            assertTrue(bamboo.log().contains(word), () -> "no \"" + word + "\" in the log:\n" + bamboo.log());
        }
    }

    @Test
    void laterTasksHaveVariablesAndTheProgramHasThoseOfAws() {
        command(WHO_AM_I);
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo), bamboo::log);
        assertLogTells("assumed-role/build/alice@corp.example");
        assertTrue(bamboo.variables.get("awsfed.secret.access_key_id").startsWith("ASIA"));
        assertTrue(Instant.parse(bamboo.variables.get("awsfed.expiration")).isAfter(Instant.now()));
        assertFalse(bamboo.variables.keySet().stream().anyMatch(name -> name.startsWith("AWS_")), "plain names are the child's");
        assertEquals(List.of(), bamboo.errors);
    }

    @Test
    void theLogHidesEveryFormOfEachSecret() {
        command(PRINT_ALL);
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo), bamboo::log);
        for (String secret : secrets().values()) { // as a later task might, too
            Leaks.forms(secret).values().forEach(bamboo::addBuildLogEntry);
        }
        assertEquals(List.of(), Leaks.in(bamboo.log(), secrets()));
        assertEquals(List.of(), Leaks.in(String.join("", audit), secrets()));
        assertLogTells("AWS_SECRET_ACCESS_KEY=" + LogMask.SHOWN, "AWS_SESSION_TOKEN=" + LogMask.SHOWN, "AWS_REGION=eu-central-1");
    }

    @Test
    void withoutTheFilterThoseWouldHaveBeenSeen() {
        FakeBamboo unfiltered = new FakeBamboo();
        Leaks.forms(Place.PASSWORD).values().forEach(unfiltered::addBuildLogEntry);
        assertEquals(Leaks.forms(Place.PASSWORD).size(), Leaks.in(unfiltered.log(), Map.of("it", Place.PASSWORD)).size());
    }

    @Test
    void afterTheJobNothingIsLeftOfIt() {
        task.execute(bamboo);
        assertEquals(1, timer.count());
        assertTrue(bamboo.isFiltered());
        task.jobEnded(bamboo);
        assertEquals(0, timer.count());
        assertFalse(bamboo.isFiltered());
    }

    @Test
    void aWrongPasswordIsPostedOnceWhateverTheJobDoes() {
        bamboo.variable("awsfed.user", "bob@corp.example").variable("awsfed.secret.password", "not-the-password-of-bob");
        long before = Place.posts();
        assertEquals(TaskResult.FAILED, task.execute(bamboo));
        assertEquals(before + 1, Place.posts());
        assertLogTells("awsfed: ", "(credentials-refused");
        assertEquals(TaskResult.FAILED, task.execute(bamboo));
        assertEquals(before + 1, Place.posts(), "the second time it is not sent");
        assertEquals(List.of(), Leaks.in(bamboo.log(), Map.of("the wrong password", "not-the-password-of-bob")));
        assertFalse(bamboo.variables.containsKey("awsfed.secret.session_token"));
    }

    @Test
    void whoIsNotListedIsRefusedBeforeAnythingIsSent() {
        place.connector("listed", Place.adfs(), "allowed_principals = anna", "allowed_groups = builders");
        bamboo.field("connector", "listed");
        String before = Place.heard();
        assertEquals(TaskResult.FAILED, task.execute(bamboo.startedBy("eve", "visitors")));
        assertLogTells("The connector \"listed\" is not for eve.", "(connector-refused");
        assertTrue(audit.get(0).contains("\"principal\":\"eve\"") && audit.get(0).contains("\"refused\""), audit.get(0));
        assertEquals(TaskResult.FAILED, task.execute(new FakeBamboo().field("connector", "listed")
                .variable("awsfed.user", Place.ALICE)), "nobody has started it");
        // What a job may set says nothing of who asks.
        bamboo.variable("awsfed.principal", "anna").variable("principal", "anna").variable("ManualBuildTriggerReason.userName", "anna");
        assertEquals(TaskResult.FAILED, task.execute(bamboo));
        assertEquals(before, Place.heard());
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo.startedBy("anna")), bamboo::log);
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo.startedBy("carl", "builders")), bamboo::log);
    }

    @Test
    void aTimerMayUseWhatIsForTheSystemToo() {
        place.connector("nightly", Place.adfs(), "allowed_principals = anna", "system_scope = true");
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo.field("connector", "nightly")), bamboo::log);
    }

    @Test
    void anUnknownConnectorIsToldWithThoseThatThereAre() {
        place.connector("other", "region = eu-west-1");
        assertEquals(TaskResult.FAILED, task.execute(bamboo.field("connector", "depoly")));
        assertLogTells("depoly", "deploy (id " + Place.ID + ")", "other", "(connector-unknown");
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo.field("connector", Place.ID)), bamboo::log);
    }

    @Test
    void whatTheConnectorSaysAJobDoesNotChange() {
        place.connector("fixed", Place.adfs(), "user = " + Place.ALICE, "password = file:" + place.folder.resolve("password"));
        bamboo.field("connector", "fixed");
        long before = Place.posts();
        assertEquals(TaskResult.FAILED, task.execute(bamboo.variable("awsfed.user", "bob@corp.example")));
        assertLogTells("(setting-locked, setting user");
        bamboo.variables.remove("awsfed.user");
        assertEquals(TaskResult.FAILED, task.execute(bamboo.field("roleArn", "arn:aws:iam::123456789012:role/reader")));
        assertLogTells("(setting-locked, setting role_arn");
        bamboo.fields.remove("roleArn");
        assertEquals(TaskResult.FAILED, task.execute(bamboo), "it is the connector's password that counts, and its file is not there");
        assertLogTells("setting password");
        assertEquals(before, Place.posts());
    }

    @Test
    void awsIsToldWhichBuildItIs() throws Exception {
        try (RecordingSts sts = new RecordingSts()) {
            place.connector("named", place.keys(sts.url()), "http_loopback = true", "source_identity = bamboo-{plan}-{build}");
            bamboo.variables.clear();
            assertEquals(TaskResult.SUCCESS, task.execute(bamboo.field("connector", "named").field("policy",
                    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:PutObject\","
                    + "\"Resource\":\"arn:aws:s3:::builds/{{plan}}/{{build}}/*\"}}")), bamboo::log);
            assertEquals("WEB-MAIN-17", sts.asked.get("RoleSessionName"));
            assertEquals("bamboo-WEB-MAIN-17", sts.asked.get("SourceIdentity"));
            assertTrue(sts.asked.get("Policy").contains("arn:aws:s3:::builds/WEB-MAIN/17/*"), sts.asked.get("Policy"));
        }
    }

    @Test
    void aShortSessionIsRenewedWhileTheJobRuns() {
        // The clock of this STS is 850 seconds behind, so that its shortest session, of 900, ends in 50. The library goes by
        // the age that STS's own clock shows, and would give out the kept ones.
        place.connector("short", place.keys(Place.told("short")), "duration = 900s", "cache = off");
        bamboo.variables.clear();
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo.field("connector", "short")), bamboo::log);
        assertTrue(timer.delay().getSeconds() > 5 && timer.delay().getSeconds() < 50, timer.delay()::toString);
        Map<String, String> before = Map.copyOf(bamboo.variables);
        timer.fire();
        assertNotEquals(before.get("awsfed.secret.access_key_id"), bamboo.variables.get("awsfed.secret.access_key_id"));
        assertNotEquals(before.get("awsfed.secret.session_token"), bamboo.variables.get("awsfed.secret.session_token"));
        assertEquals(1, timer.count(), "and so on");
        for (Map<String, String> keys : List.of(before, bamboo.variables)) { // the old ones may still be printed
            bamboo.addBuildLogEntry("key " + keys.get("awsfed.secret.secret_access_key"));
            assertEquals(List.of(), Leaks.in(bamboo.log(), Map.of("it", keys.get("awsfed.secret.secret_access_key"))));
        }
        assertEquals(List.of(), bamboo.errors);
    }

    @Test
    void aStopDuringARenewalIsNoFailureOfIt() throws Exception {
        try (RecordingSts sts = new RecordingSts()) {
            place.connector("named", place.keys(sts.url()), "http_loopback = true", "cache = off");
            bamboo.variables.clear();
            assertEquals(TaskResult.SUCCESS, task.execute(bamboo.field("connector", "named")), bamboo::log);
            CountDownLatch asked = sts.deafen();
            Thread renewal = new Thread(timer::fire);
            renewal.start();
            assertTrue(asked.await(60, TimeUnit.SECONDS));
            task.jobStopped(bamboo);
            renewal.join();
            assertEquals(List.of(), bamboo.errors);
            assertEquals(0, timer.count());
        }
    }

    @Test
    void aSecondTaskTakesThePlaceOfTheFirst() {
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo), bamboo::log);
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo), bamboo::log);
        assertEquals(1, timer.count(), "one renews the variables");
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo.field("prefix", "other.secret.")), bamboo::log);
        assertEquals(2, timer.count(), "others are renewed by themselves");
        assertTrue(bamboo.variables.containsKey("other.secret.session_token"));
        task.jobEnded(bamboo);
        assertEquals(0, timer.count());
    }

    @Test
    void whatWasHiddenOnceIsHiddenUntilTheJobEnds() {
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo), bamboo::log);
        Map<String, String> first = secrets();
        place.connector("short", place.keys(Place.told("short")), "duration = 900s", "cache = off");
        bamboo.variables.keySet().removeAll(List.of("awsfed.user", "awsfed.secret.password"));
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo.field("connector", "short")), bamboo::log);
        assertNotEquals(first.get("the token"), secrets().get("the token"));
        for (String secret : first.values()) { // a program of the first task may go on
            Leaks.forms(secret).values().forEach(bamboo::addBuildLogEntry);
        }
        assertEquals(List.of(), Leaks.in(bamboo.log(), first));
    }

    @Test
    void aSecondTaskThatFailsLeavesTheFirstAsItIs() {
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo), bamboo::log);
        Map<String, String> first = secrets();
        assertEquals(TaskResult.FAILED, task.execute(bamboo.field("connector", "not-there")));
        assertEquals(first, secrets());
        assertEquals(1, timer.count(), "it is still renewed");
        first.values().forEach(secret -> Leaks.forms(secret).values().forEach(bamboo::addBuildLogEntry));
        assertEquals(List.of(), Leaks.in(bamboo.log(), first));
    }

    /** The process of the library in this JVM, as a fault in native code would end it. */
    private static void endProcess() throws Exception {
        String program = System.getProperty("io.awsfed.process");
        assumeTrue(program != null);
        for (ProcessHandle child : (Iterable<ProcessHandle>) ProcessHandle.current().children()::iterator) {
            if (child.info().command().filter(program::equals).isPresent()) {
                child.destroyForcibly();
                child.onExit().get(60, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aJobIsRenewedWhenTheProcessOfTheLibraryHasEnded() throws Exception {
        place.connector("short", place.keys(Place.told("short")), "duration = 900s", "cache = off");
        bamboo.variables.clear();
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo.field("connector", "short")), bamboo::log);
        String first = bamboo.variables.get("awsfed.secret.session_token");
        endProcess();
        timer.fire();
        assertEquals(List.of(), bamboo.errors);
        assertNotEquals(first, bamboo.variables.get("awsfed.secret.session_token"));
        assertEquals(1, timer.count(), "and so on");
    }

    @Test
    void aStopReachesEverySessionThoughTheProcessOfTheLibraryHasEnded() throws Exception {
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo), bamboo::log);
        assertEquals(TaskResult.SUCCESS, task.execute(bamboo.field("prefix", "other.secret.")), bamboo::log);
        endProcess();
        String before = Place.heard();
        task.jobStopped(bamboo);
        timer.fire();
        timer.fire();
        assertEquals(0, timer.count(), "nothing is renewed any more");
        assertEquals(before, Place.heard());
        assertEquals(List.of(), bamboo.errors);
    }

    @Test
    void aBuildIsStoppedByTheServer() throws Exception {
        assertStopped(job -> task.jobStopped(bamboo));
    }

    @Test
    void aBuildIsStoppedByAnInterrupt() throws Exception {
        assertStopped(Thread::interrupt);
    }

    private void assertStopped(Consumer<Thread> stop) throws Exception {
        try (DeafServer server = new DeafServer()) {
            place.connector("deaf", server.connector());
            bamboo.field("connector", "deaf");
            FutureTask<TaskResult> run = new FutureTask<>(() -> task.execute(bamboo));
            Thread job = new Thread(run);
            job.start();
            assertTrue(server.asked.await(60, TimeUnit.SECONDS));
            stop.accept(job);
            assertEquals(TaskResult.STOPPED, run.get(60, TimeUnit.SECONDS));
            assertEquals(List.of(), bamboo.errors, "nobody is to blame");
        }
    }

    @Test
    void aProgramIsStoppedWithTheBuild() throws Exception {
        command("echo started; exec sleep 600");
        FutureTask<TaskResult> run = new FutureTask<>(() -> task.execute(bamboo));
        Thread job = new Thread(run);
        job.start();
        while (!bamboo.log().contains("started") && job.isAlive()) {
            Thread.onSpinWait();
        }
        job.interrupt();
        assertEquals(TaskResult.STOPPED, run.get(60, TimeUnit.SECONDS), bamboo::log);
    }

    @Test
    void aProgramThatFailsFailsTheTask() {
        command("exit 3");
        assertEquals(TaskResult.FAILED, task.execute(bamboo));
        assertLogTells("has ended with 3");
    }

    @Test
    void aNameThatBambooWouldShowIsRefused() {
        assertEquals(TaskResult.ERROR, task.execute(bamboo.field("prefix", "aws.")));
        assertFalse(bamboo.variables.containsKey("aws.session_token"));
    }

    @Test
    void objectsSayNothingSecretOfThemselves() {
        task.execute(bamboo);
        LogMask mask = new LogMask();
        mask.add(List.of(Place.PASSWORD));
        try (Credentials keys = Credentials.of("AKIAEXAMPLE", "secret-of-no-worth".toCharArray(), null, null)) {
            assertEquals(List.of(), Leaks.in(mask + " " + keys + " " + task,
                    Map.of("the password", Place.PASSWORD, "the key", "secret-of-no-worth")));
        }
    }
}
