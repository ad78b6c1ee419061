package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sign-in that asks, against the identity provider of tests/fakes. */
@Timeout(60)
class SignInTest {
    @Test
    void questionsAreAnsweredAndThenThereIsAnAssertion() {
        try (Settings settings = Fake.withoutUser(); Context context = new Context(settings);
                SignIn signIn = context.signIn(null)) {
            List<String> asked = new ArrayList<>();
            SignIn.State state = signIn.step(null);
            for (int steps = 0; state != SignIn.State.DONE && steps < 5; ++steps) {
                assertEquals(SignIn.State.ASKS, state);
                for (SignIn.Question question : signIn.questions()) {
                    asked.add(question.name() + (question.isSecret() ? " (secret)" : ""));
                    assertFalse(question.text().isEmpty());
                    assertTrue(question.choices().isEmpty());
                    char[] answer = (question.isSecret() ? Fake.PASSWORD : "alice").toCharArray();
                    question.answer(answer);
                    assertEquals("\0".repeat(answer.length), new String(answer), "wiped");
                }
                state = signIn.step(null);
            }
            assertEquals(List.of("user", "password (secret)"), asked);
            assertEquals(List.of(), signIn.questions());
            try (Assertion assertion = signIn.result(); Credentials credentials = context.assumeRole(null, assertion, null)) {
                assertEquals(Fake.ROLE, assertion.roles().get(0).roleArn());
                assertTrue(assertion.roles().get(0).principalArn().contains(":saml-provider/"));
                assertFalse(assertion.isEncrypted());
                assertEquals("ASIAFAKEFAKEFAKEFAKE", credentials.accessKeyId());
            }
        }
    }

    @Test
    void aResponseIsRead() {
        String response = "<samlp:Response Version='2.0' ID='_0' xmlns:samlp='urn:oasis:names:tc:SAML:2.0:protocol' xmlns='urn:oasis:names:tc:SAML:2.0:"
                + "assertion'><samlp:Status><samlp:StatusCode Value='urn:oasis:names:tc:SAML:2.0:status:Success'/></samlp:Status>"
                + "<Assertion ID='_1' Version='2.0'><Issuer>https://idp.example</Issuer><Subject><NameID>j\u00fcrgen"
                + "</NameID></Subject><AttributeStatement><Attribute Name='https://aws.amazon.com/SAML/Attributes/Role'>"
                + "<AttributeValue>arn:aws:iam::123456789012:role/a,arn:aws:iam::123456789012:saml-provider/p</AttributeValue>"
                + "</Attribute></AttributeStatement></Assertion></samlp:Response>";
        try (Context context = new Context(null); Assertion assertion = context.parse(response)) {
            assertEquals("https://idp.example", assertion.issuer());
            assertEquals("j\u00fcrgen", assertion.subject());
            assertEquals("", assertion.recipient());
            assertEquals(List.of("https://aws.amazon.com/SAML/Attributes/Role"), assertion.attributeNames());
            assertEquals(1, assertion.attribute("https://aws.amazon.com/SAML/Attributes/Role").size());
            assertEquals(List.of(), assertion.attribute("tea"));
            assertEquals("[arn:aws:iam::123456789012:role/a]", assertion.roles().toString());
            assertTrue(assertion.expires().isEmpty());
            assertTrue(assertion.sessionDuration().isEmpty());
            assertThrows(AwsfedException.class, () -> context.parse("<tea/>"));
        }
    }

    @Test
    void anUnsignedResponseIsNeverAllowed() {
        try (Settings settings = new Settings(); Context context = new Context(settings)) {
            assertThrows(AwsfedException.Setting.class, () -> context.verify(null, "<tea/>", null, null), "nobody to believe");
        }
    }
}
