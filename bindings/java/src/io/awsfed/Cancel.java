package io.awsfed;

/** Stops a waiting call from another thread. Once used it stays so: take a new one for the next call. */
public final class Cancel extends Handle {
    private volatile boolean used;

    /** Not used yet. */
    public Cancel() {
        this(Library.transport());
    }

    Cancel(Transport transport) {
        super(transport, Message.numberOf(transport, Call.CANCEL_NEW), Call.CANCEL_FREE);
    }

    /** The call that was given this object ends soon with {@link AwsfedException.Cancelled}. From any thread. */
    public synchronized void now() {
        used = true;
        shared(address -> {
            Message.done(transport(), Call.CANCEL_NOW, address);
            return null;
        });
    }

    /** As of every object; it waits for another thread that is in {@link #now}. */
    @Override
    public synchronized void close() {
        super.close();
    }

    boolean wasUsed() {
        return used;
    }

    /** The call may end, and its process too, while this is on its way. */
    void fromInterrupt() {
        try {
            now();
        } catch (IllegalStateException | AwsfedException over) { // there is nothing left to stop
        }
    }
}
