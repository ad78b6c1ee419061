package io.awsfed;

/** How much a {@link LogListener} is told. Each level includes those before it. */
public enum LogLevel {
    /** What somebody should look at, though the call went on. */
    WARNING(Code.LOG_WARNING),
    /** One line for each step. */
    INFO(Code.LOG_INFO),
    /** What was decided, and why. */
    DEBUG(Code.LOG_DEBUG),
    /** Every exchange with a server, without its secrets. */
    TRACE(Code.LOG_TRACE);

    final int number;

    LogLevel(int number) {
        this.number = number;
    }

    static LogLevel of(int number) {
        for (LogLevel level : values()) {
            if (level.number == number) {
                return level;
            }
        }
        return TRACE;
    }
}
