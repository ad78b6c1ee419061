package io.awsfed;

import java.time.Instant;

/** A request that the host sends to AWS by itself, to be signed. */
public final class HttpRequest extends Handle {
    /**
     * A request without a body.
     *
     * @param method for example {@code GET}
     * @param url whole, escaped as it will go out; its path is signed as it is
     */
    public HttpRequest(String method, String url) {
        this(Library.transport(), method, url);
    }

    private HttpRequest(Transport transport, String method, String url) {
        super(transport, make(transport, method, url), Call.REQUEST_FREE);
    }

    private static long make(Transport transport, String method, String url) {
        return Message.call(transport, Call.REQUEST_NEW, message -> message.put("method", method).put("url", url), Message::number);
    }

    /**
     * A header that goes out with it, once for each value.
     *
     * @param name the header
     * @param value the value
     * @return this
     */
    public HttpRequest header(String name, String value) {
        return changed(Call.REQUEST_HEADER, message -> message.put("name", name).put("value", value));
    }

    /**
     * Its body.
     *
     * @param body the bytes
     * @return this
     */
    public HttpRequest body(byte[] body) {
        return changed(Call.REQUEST_BODY, message -> message.put(body));
    }

    /**
     * In place of the body.
     *
     * @param hash its SHA-256 in hexadecimal, or {@code UNSIGNED-PAYLOAD}
     * @return this
     */
    public HttpRequest bodyHash(String hash) {
        return changed(Call.REQUEST_BODY_HASH, message -> message.put("hash", hash));
    }

    /**
     * The time to sign with.
     *
     * @param time null: now, by AWS's clock as far as it is known
     * @return this
     */
    public HttpRequest time(Instant time) {
        return changed(Call.REQUEST_TIME, message -> message.put(Times.ms(time)));
    }

    private HttpRequest changed(int call, Message.Arguments arguments) {
        alone(address -> Message.call(transport(), call, message -> arguments.to(message.put(address)), message -> null));
        return this;
    }
}
