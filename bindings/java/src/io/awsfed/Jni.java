package io.awsfed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The library in this process. {@code native/jni.cpp} is the other side. */
final class Jni implements Transport {
    /** Runs the call, and gives null, or the answer where the buffer has no room for it. */
    private static native ByteBuffer call(ByteBuffer buffer, int length);

    static native void release(ByteBuffer answer);

    private static native byte[] version();

    /** @throws IllegalStateException when the native part is another version's */
    Jni() {
        String version = new String(version(), StandardCharsets.US_ASCII);
        if (!version.equals(Call.TABLE)) {
            throw new IllegalStateException("the library is not of the version of this jar; take both from one build");
        }
    }

    @Override
    public void exchange(Message message) {
        ByteBuffer buffer = message.buffer();
        ByteBuffer answer = call(buffer, buffer.position());
        if (answer != null) {
            message.lend(answer.order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    /** Called by the native side, on the thread of a call. */
    @SuppressWarnings("unused")
    private static byte[] ask(byte[] question) {
        return Listeners.ask(question);
    }
}
