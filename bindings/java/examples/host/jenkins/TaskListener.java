package io.awsfed.examples.host.jenkins;

/** Stands for hudson.model.TaskListener: the log, for lines. It can be sent to an agent, and writes back from there. */
public interface TaskListener {
    /**
     * Adds a line.
     *
     * @param line without a line's end
     */
    void println(String line);

    /**
     * Adds a line that is shown as an error.
     *
     * @param line without a line's end
     */
    void error(String line);
}
