package io.awsfed.examples.host.bamboo;

/** Stands for Bamboo's LogMutator, with text in place of its log entries. */
@FunctionalInterface
public interface LogMutator {
    /**
     * What the log shall have in place of a line.
     *
     * @param line as somebody wrote it
     * @return as it is kept and shown
     */
    String mutate(String line);
}
