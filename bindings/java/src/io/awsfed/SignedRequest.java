package io.awsfed;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What makes a request a signed one. All of it is secret: a header may hold the session token. */
public final class SignedRequest extends Handle {
    SignedRequest(Transport transport, long address) {
        super(transport, address, Call.SIGNED_FREE);
    }

    /**
     * The URL to use.
     *
     * @return with the signature in it when it was presigned
     */
    public String url() {
        return text(Call.SIGNED_URL);
    }

    /**
     * The headers to add.
     *
     * @return names and values
     */
    public List<Map.Entry<String, String>> headers() {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        long count = number(Call.SIGNED_HEADER_COUNT);
        for (long i = 0; i < count; ++i) {
            headers.add(new SimpleImmutableEntry<>(text(Call.SIGNED_HEADER_NAME, i), text(Call.SIGNED_HEADER_VALUE, i)));
        }
        return headers;
    }
}
