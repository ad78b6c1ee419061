package io.awsfed;

/** Takes the lines of the log, for whatever the host logs with. */
@FunctionalInterface
public interface LogListener {
    /**
     * One event. Called on the thread that does the work, by several at once; it should return soon, and may not use
     * awsfed.
     *
     * @param level how much it matters
     * @param event its stable name, for example {@code sts/answered}
     * @param text a line for a person, free of secrets
     */
    void log(LogLevel level, String event, String text);
}
