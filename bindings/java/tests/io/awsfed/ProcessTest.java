package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The library in a process of its own: what else can end there. */
@Timeout(60)
class ProcessTest {
    @BeforeEach
    void onlyThere() {
        assumeTrue(!System.getProperty(Library.PROCESS_PROPERTY, "").isEmpty());
    }

    private static ProcessHandle child() {
        return ProcessHandle.of(ChildProcess.running(System.getProperty(Library.PROCESS_PROPERTY)).pid()).orElseThrow();
    }

    @Test
    void whenItIsKilledTheCallSaysSoAndTheNextContextWorks() throws Exception {
        try (FormProvider provider = new FormProvider();
                Context context = new Context(Fake.withoutUser().set("idp_url", provider.url("/never")).set("user", "alice")
                        .setSecret("password", "x".toCharArray()))) {
            CompletableFuture<Credentials> call = CompletableFuture.supplyAsync(context::obtain);
            assertTrue(provider.waiting.await(20, TimeUnit.SECONDS));
            ProcessHandle child = child();
            child.destroyForcibly();
            ExecutionException ended = assertThrows(ExecutionException.class, () -> call.get(20, TimeUnit.SECONDS));
            AwsfedException failure = (AwsfedException) ended.getCause();
            assertEquals("process-ended", failure.code());
            assertTrue(failure.getMessage().contains("signal 9"), failure.getMessage());
            assertEquals("process-ended", assertThrows(AwsfedException.class, context::obtain).code());
            try (Context next = new Context(Fake.settings()); Credentials credentials = next.obtain()) {
                assertEquals("ASIAFAKEFAKEFAKEFAKE", credentials.accessKeyId());
                assertTrue(child().pid() != child.pid());
                assertThrows(IllegalStateException.class, () -> context.narrow(null, credentials, null), "of two processes");
            }
        }
    }

    @Test
    void aCallThatIsTooLongIsRefusedAndNothingEndsWithIt() {
        byte[] body = new byte[(64 << 20) + 1];
        try (HttpRequest request = new HttpRequest("PUT", "https://bucket.s3.amazonaws.com/key")) {
            ProcessHandle before = child();
            assertEquals("usage", assertThrows(AwsfedException.Usage.class, () -> request.body(body)).code());
            request.body(new byte[] {1});
            assertEquals(before.pid(), child().pid());
        }
    }

    @Test
    void aProgramThatSaysNothingIsNotWaitedForWithoutEnd() throws Exception {
        Path program = Files.createTempFile("awsfed-silent-", ".sh", PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwx------")));
        try {
            for (String says : new String[] {"", "printf '1234'; "}) {
                Files.writeString(program, "#!/bin/sh\n" + says + "exec sleep 60\n");
                Thread.currentThread().interrupt();
                IOException failure = assertThrows(IOException.class, () -> new ChildProcess(program.toString(), 300));
                assertTrue(failure.getMessage().contains("says nothing"), failure.getMessage());
                assertTrue(Thread.interrupted(), "the interrupt is still to be seen");
            }
        } finally {
            Files.delete(program);
        }
    }

    @Test
    void whatIsNoProgramOfOursIsNotTakenForIt() {
        for (String program : new String[] {"/bin/true", "/bin/cat", "awsfed", "/no/such/program"}) {
            ProcessHandle before = child();
            assertThrows(IllegalStateException.class, () -> {
                before.destroyForcibly();
                before.onExit().join();
                while (ChildProcess.running(program).pid() == before.pid()) { // which hears of its end a bit later
                    Thread.sleep(1);
                }
            }, program);
        }
    }
}
