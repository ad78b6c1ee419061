package io.awsfed;

/** A request that policies are asked about. */
public final class AccessRequest extends Handle {
    /**
     * By nobody in particular, until it is told.
     *
     * @param action for example {@code s3:GetObject}
     * @param resource its ARN; {@code *} for an action without resources
     */
    public AccessRequest(String action, String resource) {
        this(Library.transport(), action, resource);
    }

    private AccessRequest(Transport transport, String action, String resource) {
        super(transport, make(transport, action, resource), Call.ACCESS_FREE);
    }

    private static long make(Transport transport, String action, String resource) {
        return Message.call(transport, Call.ACCESS_NEW, message -> message.put("action", action).put("resource", resource),
                Message::number);
    }

    /**
     * Something about who asks, or about the resource.
     *
     * @param name {@code principal}, {@code role_arn}, {@code federated_by}, {@code identity_provider}, {@code canonical_user} or
     *     {@code resource_account}
     * @param value for example the ARN of a session
     * @return this
     */
    public AccessRequest set(String name, String value) {
        return put(Call.ACCESS_SET, name, value);
    }

    /**
     * Adds a value of a condition key.
     *
     * @param key for example {@code aws:SourceIp}
     * @param value one value
     * @return this
     */
    public AccessRequest context(String key, String value) {
        return put(Call.ACCESS_CONTEXT, key, value);
    }

    private AccessRequest put(int call, String name, String value) {
        alone(address -> Message.call(transport(), call,
                message -> message.put(address).put("name", name).put("value", value), message -> null));
        return this;
    }
}
