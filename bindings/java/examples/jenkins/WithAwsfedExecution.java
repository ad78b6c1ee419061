package io.awsfed.examples.jenkins;

import io.awsfed.examples.common.Renewal;
import io.awsfed.examples.common.Told;
import io.awsfed.examples.host.jenkins.BodyExecution;
import io.awsfed.examples.host.jenkins.BodyExecutionCallback;
import io.awsfed.examples.host.jenkins.HostThreads;
import io.awsfed.examples.host.jenkins.StepContext;
import io.awsfed.examples.host.jenkins.StepExecution;
import io.awsfed.examples.host.jenkins.TaskListener;
import io.awsfed.examples.host.jenkins.VirtualChannel;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;

/** One run of the step, on the controller. What Jenkins writes of it are names and wishes. */
final class WithAwsfedExecution implements StepExecution, BodyExecutionCallback {
    private static final long serialVersionUID = 1;

    private final StepContext context;
    private final SignInAtAgent request;
    private final BlockSecrets secrets = new BlockSecrets();

    // Under the lock of this object:
    private BodyExecution body;
    private boolean hasEnded;
    private transient boolean isStopped;
    private transient Future<?> signIn;
    private transient Renewal renewal;

    WithAwsfedExecution(StepContext context, SignInAtAgent request) {
        this.context = context;
        this.request = request;
    }

    // ---- what Jenkins calls --------------------------------------------------------------------------

    @Override
    public synchronized void start() {
        signIn = context.get(HostThreads.class).run(() -> signIn(this::runBlock));
    }

    /** A block that had begun goes on by itself, without credentials until there are new ones. */
    @Override
    public synchronized void onResume() {
        Runnable then = body == null ? this::runBlock : () -> { };
        signIn = context.get(HostThreads.class).run(() -> signIn(then));
    }

    @Override
    public void stop(Throwable cause) {
        BodyExecution running;
        Future<?> waiting;
        boolean isEnd;
        synchronized (this) { // before anything ends by it, which would tell of a failure else
            isStopped = true;
            running = body;
            waiting = signIn;
            isEnd = running == null && end();
        }
        if (waiting != null) {
            waiting.cancel(true); // the channel passes it on, and the library at the agent ends its call
        }
        if (running != null) {
            running.cancel(cause); // onFailure comes when it has ended
        } else if (isEnd) {
            context.onFailure(cause);
        }
    }

    @Override
    public void onSuccess() {
        if (end()) {
            context.onSuccess();
        }
    }

    @Override
    public void onFailure(Throwable cause) {
        if (end()) {
            context.onFailure(cause);
        }
    }

    // ---- what it does --------------------------------------------------------------------------------

    private void signIn(Runnable then) {
        Renewal first = new Renewal(context.get(HostThreads.class)::after, Clock.systemUTC(), this::obtain, this::renewalFailed);
        synchronized (this) {
            if (hasEnded) {
                return;
            }
            renewal = first;
        }
        try {
            first.begin();
            then.run();
        } catch (RuntimeException failure) {
            failed(failure);
        }
    }

    private synchronized void runBlock() {
        if (!hasEnded) {
            body = context.newBodyInvoker().withEnvironment(secrets).withLog(secrets).start(this);
        }
    }

    private Optional<Instant> obtain() {
        try {
            IssuedKeys issued = context.get(VirtualChannel.class).call(request);
            synchronized (this) {
                if (!hasEnded) {
                    secrets.put(issued);
                }
            }
            return issued.expires();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The step was stopped.", stopped);
        }
    }

    private void failed(RuntimeException failure) {
        BodyExecution running;
        synchronized (this) {
            if (hasEnded || isStopped) { // there is nothing to tell
                return;
            }
            running = body;
        }
        Told.lines(failure).forEach(context.get(TaskListener.class)::error);
        if (running != null) {
            running.cancel(failure);
        } else {
            onFailure(failure);
        }
    }

    private void renewalFailed(RuntimeException failure) {
        TaskListener listener = context.get(TaskListener.class);
        listener.error("awsfed: The credentials could not be renewed.");
        Told.lines(failure).forEach(listener::error);
    }

    /** True for the first who asks. */
    private synchronized boolean end() {
        if (hasEnded) {
            return false;
        }
        hasEnded = true;
        secrets.forget();
        if (renewal != null) {
            renewal.end();
        }
        return true;
    }
}
