package io.awsfed;

/**
 * One set of rules that calls are made under. It may be used by many threads at once, and keeps connections to services
 * for the next call.
 */
public final class Context extends Handle {
    /** @param settings copied, so they may be closed; null for none */
    public Context(Settings settings) {
        super(make(settings), Native::contextFree);
    }

    private static long make(Settings settings) {
        Library.require();
        return Handle.sharedOrNone(settings, Native::contextNew);
    }

    /** {@link #obtain(Settings, Cancel)} with the context's own settings, and no way to cancel it. */
    public Credentials obtain() {
        return obtain(null, null);
    }

    /**
     * Signs in, or takes the caller's keys, and trades them for temporary credentials. It blocks while it waits for the
     * network, and never asks a person.
     *
     * @param settings laid over those of the context for this call; may be null
     * @param cancel stops the call; may be null
     * @throws AwsfedException of the kind that says what failed; {@link AwsfedException.Refused} when the identity
     *     provider did not take the user
     */
    public Credentials obtain(Settings settings, Cancel cancel) {
        return shared(context -> Handle.sharedOrNone(settings,
                given -> Handle.sharedOrNone(cancel, stop -> new Credentials(Native.obtain(context, given, stop)))));
    }
}
