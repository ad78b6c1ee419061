package io.awsfed;

import java.util.List;
import java.util.Optional;

/** What an action of STS answered, member by member. */
public final class StsAnswer extends Handle {
    StsAnswer(Transport transport, long address) {
        super(transport, address, Call.ANSWER_FREE);
    }

    /**
     * The paths of its members.
     *
     * @return for example {@code Arn}, {@code AssumedRoleUser/Arn}
     */
    public List<String> members() {
        return names(Call.ANSWER_MEMBERS);
    }

    /**
     * The value of a member.
     *
     * @param path as in {@link #members}
     * @return empty when it is absent
     */
    public Optional<String> text(String path) {
        return member(Call.ANSWER_TEXT, path, message -> Optional.ofNullable(message.text()));
    }

    /**
     * Whether a member has to be hidden.
     *
     * @param path as in {@link #members}
     * @return true for keys and tokens
     */
    public boolean isSecret(String path) {
        return member(Call.ANSWER_IS_SECRET, path, Message::yes);
    }

    private <T> T member(int call, String path, Message.Answer<T> answer) {
        return shared(address -> Message.call(transport(), call, message -> message.put(address).put("path", path), answer));
    }

    /**
     * AWS's id of the request.
     *
     * @return for AWS's support; may be empty
     */
    public String requestId() {
        return text(Call.ANSWER_REQUEST_ID);
    }

    /**
     * A copy of the credentials in it.
     *
     * @return the credentials
     * @throws AwsfedException.Usage when the action gives none
     */
    public Credentials credentials() {
        return new Credentials(transport(), number(Call.ANSWER_CREDENTIALS));
    }
}
