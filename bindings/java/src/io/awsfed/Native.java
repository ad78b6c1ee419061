package io.awsfed;

/**
 * The C interface as it is: addresses of objects, texts as UTF-8 bytes. {@code native/natives.cpp} is the other side. What
 * fails throws an {@link AwsfedException}; nothing here checks an address, {@link Handle} does.
 */
final class Native {
    private Native() {}

    static native int abi();

    static native byte[] version();

    static native long settingsNew();

    static native void settingsSet(long settings, byte[] name, byte[] value);

    static native void settingsOverride(long settings, byte[] name, byte[] value);

    static native void settingsSetSecret(long settings, byte[] name, char[] value);

    static native void settingsSetSecretBytes(long settings, byte[] name, byte[] value);

    static native void settingsLoad(long settings, byte[] path, byte[] connector);

    static native void settingsFree(long settings);

    /** {@code settings} may be 0. */
    static native long contextNew(long settings);

    static native void contextFree(long context);

    /** {@code settings} and {@code cancel} may be 0. Blocks. */
    static native long obtain(long context, long settings, long cancel);

    static native long cancelNew();

    static native void cancelNow(long cancel);

    static native void cancelFree(long cancel);

    /** Null when absent. */
    static native byte[] credentialsText(long credentials, int field);

    static native long credentialsExpiresMs(long credentials);

    static native byte[] credentialsFormat(long credentials, byte[] format);

    static native void credentialsFree(long credentials);

    /** Called by the native side, with the texts in the order of awsfed_error_field. */
    @SuppressWarnings("unused")
    private static void raise(int status, int http, long retryAfterMs, byte[][] texts) {
        String[] words = new String[texts.length];
        for (int i = 0; i < texts.length; ++i) {
            words[i] = texts[i] == null ? "" : Text.of(texts[i]);
        }
        throw AwsfedException.of(status, http, retryAfterMs, words);
    }
}
