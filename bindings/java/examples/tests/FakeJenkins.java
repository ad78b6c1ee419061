package io.awsfed.examples;

import io.awsfed.examples.host.jenkins.Agent;
import io.awsfed.examples.host.jenkins.AgentCallable;
import io.awsfed.examples.host.jenkins.BodyExecution;
import io.awsfed.examples.host.jenkins.BodyExecutionCallback;
import io.awsfed.examples.host.jenkins.BodyInvoker;
import io.awsfed.examples.host.jenkins.ConsoleLogFilter;
import io.awsfed.examples.host.jenkins.CredentialsStore;
import io.awsfed.examples.host.jenkins.EnvVars;
import io.awsfed.examples.host.jenkins.EnvironmentExpander;
import io.awsfed.examples.host.jenkins.HostThreads;
import io.awsfed.examples.host.jenkins.Run;
import io.awsfed.examples.host.jenkins.Secret;
import io.awsfed.examples.host.jenkins.StepContext;
import io.awsfed.examples.host.jenkins.TaskListener;
import io.awsfed.examples.host.jenkins.VirtualChannel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * A controller with one build and one agent. Whatever goes between them is serialized ({@link #sent}); the two have threads of
 * their own. The build's folder is what {@link #written} gives.
 */
final class FakeJenkins implements AutoCloseable, Run, TaskListener, HostThreads, VirtualChannel, Agent, CredentialsStore {
    /** What a pipeline has in a block. */
    interface Block {
        void run(EnvVars env, OutputStream log) throws Exception;
    }

    private static FakeJenkins running; // a context that was read back finds it here

    final Map<String, char[]> passwords = new HashMap<>();
    final CompletableFuture<Throwable> ended = new CompletableFuture<>(); // null: well
    final ManualTimer timer = new ManualTimer();
    final StringBuilder errors = new StringBuilder();
    final ByteArrayOutputStream sentToAgent = new ByteArrayOutputStream();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final ExecutorService controller = Executors.newCachedThreadPool();
    private final ExecutorService agent = Executors.newCachedThreadPool();
    private final Block block;
    private String user;
    EnvironmentExpander expander;
    ConsoleLogFilter filter;
    char[] lastPassword;
    Object lastAnswer; // of the agent, as it arrived

    FakeJenkins(Block block) {
        this.block = block;
        running = this;
    }

    FakeJenkins startedBy(String name) {
        user = name;
        return this;
    }

    String log() {
        synchronized (log) {
            return log.toString(StandardCharsets.UTF_8);
        }
    }

    /** Waits for what still runs: it would tell its end to the next one. */
    @Override
    public void close() {
        controller.shutdownNow();
        agent.shutdownNow();
        try {
            if (!controller.awaitTermination(30, TimeUnit.SECONDS) || !agent.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("something does not end when it is interrupted");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- what is written ---------------------------------------------------------------------------

    /** A {@link Secret} in the build's folder: only the controller has the key. */
    private static final class Sealed implements Serializable {
        private static final long serialVersionUID = 1;
        private static final byte[] KEY = new SecureRandom().generateSeed(512);

        private final byte[] bytes;

        Sealed(Secret secret) {
            bytes = turned(secret.getPlainText().getBytes(StandardCharsets.UTF_8));
        }

        Secret opened() {
            return Secret.fromString(new String(turned(bytes), StandardCharsets.UTF_8));
        }

        /** Good enough for a fake: nobody finds the text by looking. */
        private static byte[] turned(byte[] bytes) {
            byte[] turned = bytes.clone();
            for (int i = 0; i < turned.length; ++i) {
                turned[i] ^= KEY[i % KEY.length];
            }
            return turned;
        }
    }

    private static final class FolderOutput extends ObjectOutputStream {
        FolderOutput(OutputStream out) throws IOException {
            super(out);
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object object) {
            return object instanceof Secret ? new Sealed((Secret) object) : object;
        }
    }

    private static final class FolderInput extends ObjectInputStream {
        FolderInput(InputStream in) throws IOException {
            super(in);
            enableResolveObject(true);
        }

        @Override
        protected Object resolveObject(Object object) {
            return object instanceof Sealed ? ((Sealed) object).opened() : object;
        }
    }

    private interface Way<A, B> {
        B over(A stream) throws IOException;
    }

    private static byte[] bytes(Object object, Way<OutputStream, ObjectOutputStream> way) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = way.over(bytes)) {
            out.writeObject(object);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    @SuppressWarnings("unchecked")
    private static <T> T object(byte[] bytes, Way<InputStream, ObjectInputStream> way) {
        try (ObjectInputStream in = way.over(new ByteArrayInputStream(bytes))) {
            return (T) in.readObject();
        } catch (IOException | ClassNotFoundException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** As the build's folder has it. */
    static byte[] written(Object object) {
        return bytes(object, FolderOutput::new);
    }

    static <T> T read(byte[] bytes) {
        return object(bytes, FolderInput::new);
    }

    /** As it goes over the channel. */
    static byte[] sent(Object object) {
        return bytes(object, ObjectOutputStream::new);
    }

    static <T> T received(byte[] bytes) {
        return object(bytes, ObjectInputStream::new);
    }

    // ---- the step's context ------------------------------------------------------------------------

    StepContext context() {
        return new Context();
    }

    private static final class Context implements StepContext {
        private static final long serialVersionUID = 1;

        @Override
        public <T> T get(Class<T> type) {
            return type.cast(running);
        }

        @Override
        public BodyInvoker newBodyInvoker() {
            return running.new Invoker();
        }

        @Override
        public void onSuccess() {
            running.ended.complete(null);
        }

        @Override
        public void onFailure(Throwable cause) {
            running.ended.complete(cause);
        }
    }

    private final class Invoker implements BodyInvoker {
        @Override
        public BodyInvoker withEnvironment(EnvironmentExpander given) {
            expander = given;
            return this;
        }

        @Override
        public BodyInvoker withLog(ConsoleLogFilter given) {
            filter = given;
            return this;
        }

        @Override
        public BodyExecution start(BodyExecutionCallback callback) {
            Running execution = new Running();
            execution.thread = controller.submit(() -> run(callback));
            return execution;
        }

        private void run(BodyExecutionCallback callback) {
            try (OutputStream out = filter.decorateLogger(FakeJenkins.this, new Console())) {
                EnvVars env = new EnvVars();
                env.put("AWS_PROFILE", "somebody-else");
                expander.expand(env);
                block.run(env, out);
            } catch (Exception failure) {
                callback.onFailure(failure);
                return;
            }
            callback.onSuccess();
        }
    }

    private static final class Running implements BodyExecution {
        private static final long serialVersionUID = 1;
        private transient Future<?> thread;

        @Override
        public void cancel(Throwable cause) {
            thread.cancel(true);
        }
    }

    private final class Console extends OutputStream {
        @Override
        public void write(int one) {
            synchronized (log) {
                log.write(one);
            }
        }
    }

    // ---- the channel -------------------------------------------------------------------------------

    @Override
    public <V extends Serializable> V call(AgentCallable<V> callable) throws InterruptedException {
        byte[] question = sent(callable);
        sentToAgent.writeBytes(question);
        Future<byte[]> answer = agent.submit(() -> {
            AgentCallable<V> there = received(question);
            try {
                return sent(there.call(this));
            } catch (RuntimeException failure) {
                return sent(failure);
            }
        });
        try {
            Object given = received(answer.get());
            lastAnswer = given;
            if (given instanceof RuntimeException) {
                throw (RuntimeException) given;
            }
            @SuppressWarnings("unchecked")
            V value = (V) given;
            return value;
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException stopped) {
            answer.cancel(true);
            throw stopped;
        }
    }

    // ---- the agent ---------------------------------------------------------------------------------

    @Override
    public CredentialsStore credentials() {
        return this;
    }

    @Override
    public TaskListener listener() {
        return this;
    }

    @Override
    public String user(String id) {
        return passwords.containsKey(id) ? id + "@corp.example" : null;
    }

    @Override
    public char[] password(String id) {
        char[] password = passwords.get(id);
        lastPassword = password == null ? null : password.clone();
        return lastPassword;
    }

    /** Waits until everything that the agent was asked has ended. */
    boolean agentIsIdle() throws InterruptedException {
        agent.shutdown();
        return agent.awaitTermination(60, TimeUnit.SECONDS);
    }

    // ---- the controller ----------------------------------------------------------------------------

    @Override
    public String getParentFullName() {
        return "web/main";
    }

    @Override
    public int getNumber() {
        return 17;
    }

    @Override
    public Optional<String> getUserId() {
        return Optional.ofNullable(user);
    }

    @Override
    public Collection<String> getUserGroups() {
        return List.of("builders");
    }

    @Override
    public void println(String line) {
        synchronized (log) {
            log.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public synchronized void error(String line) {
        errors.append(line).append('\n');
        println("ERROR: " + line);
    }

    @Override
    public Future<?> run(Runnable work) {
        CountDownLatch over = new CountDownLatch(1);
        Runnable told = () -> {
            try {
                work.run();
            } finally {
                over.countDown();
            }
        };
        FutureTask<Void> task = new FutureTask<>(told, null) {
            /** The order that is hardest for who cancels: what he interrupts has come to its end before he goes on. */
            @Override
            public boolean cancel(boolean interrupt) {
                boolean isNew = super.cancel(interrupt);
                try {
                    over.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
                return isNew;
            }
        };
        controller.execute(task);
        return task;
    }

    @Override
    public Future<?> after(Duration delay, Runnable work) {
        return timer.after(delay, work);
    }
}
