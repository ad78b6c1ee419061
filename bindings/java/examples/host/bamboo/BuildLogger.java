package io.awsfed.examples.host.bamboo;

/** Stands for Bamboo's BuildLogger. Any thread of the job may write. */
public interface BuildLogger {
    /**
     * Adds a line.
     *
     * @param line without a line's end
     */
    void addBuildLogEntry(String line);

    /**
     * Adds a line that is shown as an error.
     *
     * @param line without a line's end
     */
    void addErrorLogEntry(String line);

    /**
     * Has each further line changed before anybody keeps or shows it: those of tasks and those of their processes.
     * Stands for getMutatorStack().
     *
     * @param mutator what changes them
     */
    void addMutator(LogMutator mutator);

    /**
     * Takes one away again.
     *
     * @param mutator as it was added
     */
    void removeMutator(LogMutator mutator);
}
