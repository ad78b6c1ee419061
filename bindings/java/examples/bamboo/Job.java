package io.awsfed.examples.bamboo;

import io.awsfed.examples.common.LogMask;
import io.awsfed.examples.host.bamboo.BuildLogger;
import io.awsfed.examples.host.bamboo.LogMutator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What an agent knows of one job: the sessions of its tasks, and all that its log has to hide until it ends. */
final class Job implements AutoCloseable {
    private final BuildLogger log;
    private final LogMask mask = new LogMask();
    private final LogMutator mutator = mask::hide;
    private final List<JobSession> sessions = new CopyOnWriteArrayList<>();

    Job(BuildLogger log) {
        this.log = log;
        log.addMutator(mutator);
    }

    LogMask mask() {
        return mask;
    }

    /** A stop reaches it from here on. */
    void add(JobSession session) {
        sessions.add(session);
    }

    /** Its secrets stay hidden: where it had begun, the job's variables still have them. */
    void remove(JobSession session) {
        sessions.remove(session);
        session.close();
    }

    /** One that has begun takes the place of that with the same variables; one that fails to leaves it as it is. */
    void replaceBy(JobSession session) {
        for (JobSession other : sessions) {
            if (other != session && other.prefix().equals(session.prefix())) {
                remove(other);
            }
        }
        session.publish(); // the other may have been renewed meanwhile
    }

    void stop() {
        sessions.forEach(JobSession::stop);
    }

    @Override
    public void close() {
        sessions.forEach(this::remove);
        log.removeMutator(mutator);
    }
}
