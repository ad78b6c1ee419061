package io.awsfed;

import java.time.Instant;

/** Unix milliseconds as the C interface has them: -1 is never, or unsaid. */
final class Times {
    private Times() {}

    /** Null for -1. */
    static Instant instant(long ms) {
        return ms < 0 ? null : Instant.ofEpochMilli(ms);
    }

    static long ms(Instant instant) {
        return instant == null ? -1 : instant.toEpochMilli();
    }
}
