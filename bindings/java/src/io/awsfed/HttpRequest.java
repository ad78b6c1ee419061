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
        try (Message message = Message.to(Call.REQUEST_NEW).put("method", method).put("url", url).over(transport)) {
            return message.number();
        }
    }

    /**
     * A header that goes out with it, once for each value.
     *
     * @param name the header
     * @param value the value
     * @return this
     */
    public HttpRequest header(String name, String value) {
        return changed(Message.to(Call.REQUEST_HEADER), message -> message.put("name", name).put("value", value));
    }

    /**
     * Its body.
     *
     * @param body the bytes
     * @return this
     */
    public HttpRequest body(byte[] body) {
        return changed(Message.to(Call.REQUEST_BODY), message -> message.put(body));
    }

    /**
     * In place of the body.
     *
     * @param hash its SHA-256 in hexadecimal, or {@code UNSIGNED-PAYLOAD}
     * @return this
     */
    public HttpRequest bodyHash(String hash) {
        return changed(Message.to(Call.REQUEST_BODY_HASH), message -> message.put("hash", hash));
    }

    /**
     * The time to sign with.
     *
     * @param time null: now, by AWS's clock as far as it is known
     * @return this
     */
    public HttpRequest time(Instant time) {
        return changed(Message.to(Call.REQUEST_TIME), message -> message.put(Times.ms(time)));
    }

    private HttpRequest changed(Message message, Context.Arguments arguments) {
        try (message) {
            alone(address -> arguments.to(message.put(address)).over(transport()));
            return this;
        }
    }
}
