package io.awsfed;

/** A way to the library: in this process ({@link Jni}), or in one of its own ({@link ChildProcess}). */
interface Transport {
    /**
     * Has the call that is in the message's buffer answered. It blocks as long as the function does.
     *
     * @throws AwsfedException when the library is not there any more
     */
    void exchange(Message message);
}
