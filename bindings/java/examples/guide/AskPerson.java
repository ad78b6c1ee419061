package io.awsfed.examples.guide;

import io.awsfed.Assertion;
import io.awsfed.Cancel;
import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.SignIn;

/** A sign-in with a person in front of it: for the page where somebody sets a connector up and tries it. */
public final class AskPerson {
    /** Your user interface. */
    public interface Person {
        char[] answer(SignIn.Question question);            // hidden while it is typed where question.isSecret()

        void look(SignIn.Question question);                // at its text(), and a number in show()
    }

    private AskPerson() {}

    public static Credentials signIn(Context context, Person person, Cancel cancel) {
        try (SignIn conversation = context.signIn(null)) {
            SignIn.State state = conversation.step(cancel);
            while (state != SignIn.State.DONE) {
                for (SignIn.Question question : conversation.questions()) {
                    if (state == SignIn.State.WAITS) {
                        person.look(question);              // a telephone: the next step waits for it
                    } else {
                        question.answer(person.answer(question));
                    }
                }
                state = conversation.step(cancel);
            }
            try (Assertion response = conversation.result()) {
                return context.assumeRole(null, response, cancel);
            }
        }
    }
}
