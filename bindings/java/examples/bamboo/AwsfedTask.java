package io.awsfed.examples.bamboo;

import io.awsfed.AuditListener;
import io.awsfed.AwsfedException;
import io.awsfed.examples.common.BuildTimer;
import io.awsfed.examples.common.Told;
import io.awsfed.examples.host.bamboo.CommonContext;
import io.awsfed.examples.host.bamboo.CommonTaskContext;
import io.awsfed.examples.host.bamboo.CommonTaskType;
import io.awsfed.examples.host.bamboo.JobEndListener;
import io.awsfed.examples.host.bamboo.ProcessService;
import io.awsfed.examples.host.bamboo.TaskResult;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Signs in by a connector of the administrator's, and gives the job temporary credentials: to the later tasks by variables, to a
 * program of its own by the variables that AWS's tools read. They are renewed until the job ends.
 *
 * <p>One object serves all jobs of an agent.
 */
public final class AwsfedTask implements CommonTaskType, JobEndListener {
    private final Path config;
    private final ProcessService processes;
    private final BuildTimer timer;
    private final Clock clock;
    private final AuditListener audit;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>(); // by the key of the result

    /**
     * For an agent.
     *
     * @param config the administrator's file with the connectors
     * @param processes runs programs
     * @param timer of the agent
     * @param clock of the agent
     * @param audit takes the lines of the audit; null: the connector's {@code audit_file} alone
     */
    public AwsfedTask(Path config, ProcessService processes, BuildTimer timer, Clock clock, AuditListener audit) {
        this.config = config;
        this.processes = processes;
        this.timer = timer;
        this.clock = clock;
        this.audit = audit;
    }

    @Override
    public TaskResult execute(CommonTaskContext task) {
        try {
            return signInAndRun(task, new TaskFields(task.getConfigurationMap()));
        } catch (AwsfedException.Cancelled stopped) {
            return TaskResult.STOPPED;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return TaskResult.STOPPED;
        } catch (RuntimeException failure) {
            Told.lines(failure).forEach(task.getBuildLogger()::addErrorLogEntry);
            return failure instanceof AwsfedException ? TaskResult.FAILED : TaskResult.ERROR;
        }
    }

    private TaskResult signInAndRun(CommonTaskContext task, TaskFields fields) throws InterruptedException {
        Job job = jobs.computeIfAbsent(task.getCommonContext().getResultKey(), key -> new Job(task.getBuildLogger()));
        JobSession session = new JobSession(task, fields, job.mask(), config, audit);
        job.add(session);
        try {
            session.begin(timer, clock);
            job.replaceBy(session);
            return fields.command().isEmpty() ? TaskResult.SUCCESS : run(task, session, fields.command());
        } catch (RuntimeException | InterruptedException failure) {
            job.remove(session);
            throw failure;
        }
    }

    private TaskResult run(CommonTaskContext task, JobSession session, List<String> command) throws InterruptedException {
        int status = processes.execute(task, command, session::put);
        if (status == 0) {
            return TaskResult.SUCCESS;
        }
        task.getBuildLogger().addErrorLogEntry("awsfed: the program has ended with " + status + ".");
        return TaskResult.FAILED;
    }

    @Override
    public void jobStopped(CommonContext job) {
        Job known = jobs.get(job.getResultKey());
        if (known != null) {
            known.stop();
        }
    }

    @Override
    public void jobEnded(CommonContext job) {
        Job known = jobs.remove(job.getResultKey());
        if (known != null) {
            known.close();
        }
    }
}
