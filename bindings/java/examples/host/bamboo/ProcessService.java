package io.awsfed.examples.host.bamboo;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Stands for Bamboo's ProcessService: runs a program whose output goes to the log. */
public interface ProcessService {
    /**
     * Runs it to its end.
     *
     * @param task whose log and folder it has
     * @param command the program and its arguments
     * @param environment changes the variables of the process, which begin as those of the job
     * @return its exit status
     * @throws InterruptedException when the job was stopped; the program has been ended
     */
    int execute(CommonTaskContext task, List<String> command, Consumer<Map<String, String>> environment)
            throws InterruptedException;
}
