package io.awsfed.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.awsfed.AwsfedException;
import io.awsfed.Cancel;
import io.awsfed.Context;
import io.awsfed.Credentials;
import io.awsfed.Settings;
import io.awsfed.SignIn;
import io.awsfed.examples.guide.AskPerson;
import io.awsfed.examples.guide.Obtain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/guide/java.md do what it says. */
@Timeout(120)
class GuideTest {
    private final Place place = new Place();

    @AfterEach
    void end() {
        place.close();
    }

    @Test
    void aPasswordBecomesAnEnvironment() {
        place.connector("whole", Place.adfs(), "user = " + Place.ALICE, "allowed_principals = anna");
        char[] password = Place.PASSWORD.toCharArray();
        Map<String, String> environment = new HashMap<>();
        try (Cancel cancel = new Cancel()) {
            Obtain.obtain(place.config, "whole", "anna", password, cancel, environment);
            assertEquals(3, environment.size());
            assertArrayEquals(new char[Place.PASSWORD.length()], password);
            assertThrows(AwsfedException.Setting.class, () ->
                    Obtain.obtain(place.config, "whole", "eve", Place.PASSWORD.toCharArray(), cancel, environment));
        }
    }

    /** Answers from a list; what it was asked and shown. */
    private static final class Played implements AskPerson.Person {
        final List<String> seen = new ArrayList<>();
        private final Map<String, String> answers;

        Played(Map<String, String> answers) {
            this.answers = answers;
        }

        @Override
        public char[] answer(SignIn.Question question) {
            seen.add(question.name() + (question.isSecret() ? ", hidden" : ""));
            return answers.get(question.name()).toCharArray();
        }

        @Override
        public void look(SignIn.Question question) {
            seen.add(question.show());
        }
    }

    private void signIn(Played person) {
        try (Settings settings = new Settings().load(place.config, "deploy"); Context context = new Context(settings);
                Credentials credentials = AskPerson.signIn(context, person, null)) {
            assertTrue(credentials.sessionArn().contains("assumed-role/build/"), credentials::sessionArn);
        }
    }

    @Test
    void aPersonIsAskedForACode() {
        Played heidi = new Played(Map.of("user", "heidi@corp.example", "password", Place.PASSWORD, "passcode", "246810"));
        signIn(heidi);
        assertEquals(List.of("user", "password, hidden", "passcode, hidden"), heidi.seen);
    }

    @Test
    void aPersonIsShownTheNumberForTheTelephone() {
        Played judy = new Played(Map.of("user", "judy@corp.example", "password", Place.PASSWORD));
        signIn(judy);
        assertTrue(judy.seen.contains("42"), judy.seen::toString);
    }
}
