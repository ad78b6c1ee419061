package io.awsfed.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.awsfed.examples.bamboo.AwsfedTaskConfigurator;
import io.awsfed.examples.host.bamboo.BambooUser;
import io.awsfed.examples.host.bamboo.FieldMessages;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the form says before a task is saved. */
class BambooFormTest {
    private static final String READ_A_BUCKET = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
            + "\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::builds/*\"}}";

    /** "field: message", one a line. */
    private static final class Messages implements FieldMessages {
        private final StringBuilder errors = new StringBuilder();
        private final StringBuilder warnings = new StringBuilder();

        @Override
        public void addError(String field, String message) {
            errors.append(field).append(": ").append(message).append('\n');
        }

        @Override
        public void addWarning(String field, String message) {
            warnings.append(field).append(": ").append(message).append('\n');
        }
    }

    private final Place place = new Place();
    private final Map<String, String> form = new HashMap<>(Map.of("connector", "deploy"));
    private final BambooUser anna = FakeBamboo.user("anna", "builders");

    @AfterEach
    void end() {
        place.close();
    }

    private Messages messages() {
        Messages messages = new Messages();
        new AwsfedTaskConfigurator(place.config).validate(form, anna, messages);
        return messages;
    }

    private void assertError(String start, String... words) {
        String errors = messages().errors.toString();
        assertTrue(errors.startsWith(start), errors);
        for (String word : words) {
            assertTrue(errors.contains(word), errors);
        }
    }

    @Test
    void theFormOffersTheConnectorsOfTheFile() {
        Map<String, Object> context = new HashMap<>();
        place.connector("other", "region = eu-west-1");
        new AwsfedTaskConfigurator(place.config).populateContextForCreate(context);
        assertEquals(Map.of("connectors", Map.of(Place.ID, "deploy", "other", "other")), context);
        context.clear();
        new AwsfedTaskConfigurator(place.folder.resolve("none")).populateContextForCreate(context);
        assertTrue(context.get("connectorsError").toString().contains("none"), context::toString);
    }

    @Test
    void aGoodFormIsSaved() {
        form.put("policy", READ_A_BUCKET.replace("builds/*", "builds/{{plan}}/*"));
        form.put("rolePolicy", READ_A_BUCKET.replace("s3:GetObject", "s3:*"));
        Messages messages = messages();
        assertEquals("", messages.errors.toString());
        assertEquals("", messages.warnings.toString());
    }

    @Test
    void anUnknownConnectorIsAnErrorOfItsField() {
        form.put("connector", "depoly");
        assertError("connector: ", "depoly", "deploy (id " + Place.ID + ")");
    }

    @Test
    void whoMayNotUseAConnectorCannotChooseIt() {
        place.connector("listed", "region = eu-west-1", "allowed_groups = admins");
        form.put("connector", "listed");
        assertError("connector: The connector \"listed\" is not for anna.");
    }

    @Test
    void aConnectorThatIsNotForTimersIsWarnedOf() {
        place.connector("listed", "region = eu-west-1", "allowed_groups = builders");
        form.put("connector", "listed");
        Messages messages = messages();
        assertEquals("", messages.errors.toString());
        assertTrue(messages.warnings.toString().startsWith("connector: "), messages.warnings.toString());
    }

    @Test
    void aVariableThatBambooWouldShowIsAnError() {
        form.put("passwordVariable", "awsfed.pw");
        assertError("passwordVariable: ");
        form.put("passwordVariable", "awsfed.userPassword");
        form.put("prefix", "aws.");
        assertError("prefix: ");
    }

    @Test
    void aWishThatTheConnectorRefusesIsAnErrorOfItsField() {
        form.put("roleArn", "arn:aws:iam::123456789012:role/admin");
        assertError("roleArn: ", "role_arn");
        form.put("roleArn", "");
        form.put("duration", "a while");
        assertError("duration: ");
    }

    @Test
    void aPolicyThatAwsRefusesIsAnErrorWithItsPlace() {
        form.put("policy", "{\"Version\": \"2012-10-17\",\n \"Statement\": {\"Effect\": \"allow\", \"Action\": \"s3:*\"}}");
        assertError("policy: Line 2, column ", "(bad-effect)", "(missing-resource)");
        form.put("policy", "{");
        assertError("policy: ");
    }

    @Test
    void aPartThatNeverMatchesIsAnErrorAndAWideOneAWarning() {
        form.put("policy", READ_A_BUCKET.replace("s3:GetObject", "s3:GetObjekt"));
        assertError("policy: ", "(unknown-action)");
        form.put("policy", READ_A_BUCKET.replace("s3:GetObject", "*").replace("arn:aws:s3:::builds/*", "*"));
        Messages messages = messages();
        assertEquals("", messages.errors.toString());
        assertTrue(messages.warnings.toString().contains("(allow-everything)"), messages.warnings.toString());
    }

    @Test
    void whatTheRoleDoesNotAllowIsWarnedOfByStatement() {
        form.put("rolePolicy", READ_A_BUCKET);
        form.put("policy", READ_A_BUCKET.replace("\"s3:GetObject\"", "[\"s3:GetObject\",\"s3:PutObject\"]"));
        Messages messages = messages();
        assertEquals("", messages.errors.toString());
        assertEquals("policy: Statement 1: s3:PutObject on arn:aws:s3:::builds/* has no effect: the role does not allow it.\n",
                messages.warnings.toString());
    }

    @Test
    void aSessionThatMayDoNothingIsAnError() {
        form.put("rolePolicy", READ_A_BUCKET);
        form.put("policy", READ_A_BUCKET.replace("s3:GetObject", "s3:PutObject"));
        assertError("policy: Under this role");
    }

    @Test
    void buildDataThatThereIsNotIsAnError() {
        form.put("policy", READ_A_BUCKET.replace("builds/*", "builds/{{branch}}/*"));
        assertError("policy: ", "branch");
    }
}
