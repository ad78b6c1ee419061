package io.awsfed;

/** Stops a waiting call from another thread. Once used it stays so: take a new one for the next call. */
public final class Cancel extends Handle {
    public Cancel() {
        super(make(), Native::cancelFree);
    }

    private static long make() {
        Library.require();
        return Native.cancelNew();
    }

    /** The call that was given this object ends soon with {@link AwsfedException.Cancelled}. From any thread. */
    public void now() {
        shared(address -> {
            Native.cancelNow(address);
            return null;
        });
    }
}
