package io.awsfed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A conversation with an identity provider. {@link #step} goes on until it is done or has questions; each is answered with
 * {@link Question#answer}, and then comes the next step. A failure is final.
 */
public final class SignIn extends Handle {
    private final Context context;

    SignIn(Context context, long address) {
        super(context.transport(), address, Call.SIGNIN_FREE);
        this.context = context;
    }

    /** How a step ended. */
    public enum State {
        /** {@link SignIn#result} gives the assertion. */
        DONE,
        /** Answer every question, then step again. */
        ASKS,
        /** Something is pending elsewhere, a telephone say: show the question, which takes no answer, and step again. */
        WAITS
    }

    /** Something to ask, or to show. Its texts are those of the step that it came with. */
    public final class Question {
        private final long index;
        private final String name;
        private final String text;
        private final String show;
        private final boolean secret;
        private final List<String> choices;

        private Question(long index) {
            this.index = index;
            name = SignIn.this.text(Call.SIGNIN_QUESTION_TEXT, index, Code.QUESTION_NAME);
            text = SignIn.this.text(Call.SIGNIN_QUESTION_TEXT, index, Code.QUESTION_TEXT);
            show = SignIn.this.text(Call.SIGNIN_QUESTION_TEXT, index, Code.QUESTION_SHOW);
            secret = yes(Call.SIGNIN_QUESTION_IS_SECRET, index);
            choices = names(Call.SIGNIN_QUESTION_CHOICES, index);
        }

        /**
         * What it is about.
         *
         * @return {@code user}, {@code password}, {@code passcode}, {@code second_factor}
         */
        public String name() {
            return name;
        }

        /**
         * The question for a person.
         *
         * @return one sentence
         */
        public String text() {
            return text;
        }

        /**
         * Something to show: a number to match, a URL.
         *
         * @return empty when there is nothing
         */
        public String show() {
            return show;
        }

        /**
         * Whether the answer has to be hidden while it is typed.
         *
         * @return true for passwords and codes
         */
        public boolean isSecret() {
            return secret;
        }

        /**
         * The answers to choose from.
         *
         * @return empty when any text will do
         */
        public List<String> choices() {
            return choices;
        }

        /**
         * Answers it.
         *
         * @param value overwritten with zeros before this returns
         */
        public void answer(char[] value) {
            try {
                alone(address -> Message.call(transport(), Call.SIGNIN_ANSWER,
                        message -> message.put(address).put(index).put("answer", value), message -> null));
            } finally {
                Arrays.fill(value, '\0');
            }
        }
    }

    /**
     * Goes on as far as it can. It waits for the network, and ends when its thread is interrupted. Until it has ended, every
     * other use of this conversation is refused with an {@link IllegalStateException}: a server's second click, say.
     *
     * @param cancel stops it; may be null
     * @return how it ended
     */
    public State step(Cancel cancel) {
        int state = (int) (long) exclusive(address -> context.cancelled(cancel, stop ->
                Message.numberOf(transport(), Call.SIGNIN_STEP, address, stop)));
        return state == Code.SIGNIN_DONE ? State.DONE : state == Code.SIGNIN_WAITS ? State.WAITS : State.ASKS;
    }

    /**
     * What the last step asks or shows.
     *
     * @return none when it is done
     */
    public List<Question> questions() {
        List<Question> questions = new ArrayList<>();
        long count = number(Call.SIGNIN_QUESTION_COUNT);
        for (long i = 0; i < count; ++i) {
            questions.add(new Question(i));
        }
        return questions;
    }

    /**
     * What the identity provider answered, once it is {@link State#DONE}.
     *
     * @return the assertion, for {@link Context#assumeRole(Settings, Assertion, Cancel)}
     */
    public Assertion result() {
        return new Assertion(transport(), number(Call.SIGNIN_RESULT));
    }
}
