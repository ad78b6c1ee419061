package io.awsfed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.awsfed.PolicySet.Layer;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a configuration page asks of policies. */
@Timeout(60)
class PoliciesTest {
    private static String allow(String action, String resource) {
        return "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":" + action + ",\"Resource\":\"" + resource
                + "\"}]}";
    }

    private static Policy policy(String action, String resource) {
        return Policy.parse(allow(action, resource), "identity");
    }

    @Test
    void findingsHaveTheirPlace() {
        try (Policy policy = Policy.parse("{\n \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:GetObjekt\", \"Resource\": \"*\"}\n}",
                "session")) {
            assertTrue(policy.isAccepted());
            Policy.Finding unknown = policy.findings().stream().filter(one -> one.code().equals("unknown-action")).findFirst()
                    .orElseThrow();
            assertEquals(2, unknown.line());
            assertEquals("/Statement/Action", unknown.pointer());
            assertTrue(unknown.offset() > 20 && unknown.length() > 10 && unknown.column() > 30, unknown.toString());
            assertTrue(unknown.what().contains("GetObject"), unknown.what());
            assertFalse(unknown.advice().isEmpty());
        }
        try (Policy refused = Policy.parse("{\"Statement\": []", "session")) {
            assertFalse(refused.isAccepted());
            assertEquals(Policy.Severity.REFUSED, refused.findings().get(0).severity());
            assertEquals("", refused.text());
        }
        assertThrows(AwsfedException.Usage.class, () -> Policy.parse("{}", "tea"));
    }

    @Test
    void valuesOfATemplateStandForThemselves() {
        try (Policy policy = Policy.fill(allow("\"s3:GetObject\"", "arn:aws:s3:::builds/{{branch}}/*"),
                Map.of("branch", "a*\"b\\\u00e4$"), "session")) {
            assertTrue(policy.isAccepted(), policy.findings().toString());
            assertTrue(policy.text().contains("${*}") && policy.text().contains("${$}"), policy.text());
        }
    }

    @Test
    void aLongDocumentGoesThereAndBack() {
        StringBuilder resources = new StringBuilder("arn:aws:s3:::bucket/");
        resources.append("\u00e4".repeat(100_000));
        try (Policy policy = policy("\"s3:GetObject\"", resources.toString())) {
            assertTrue(policy.text().contains(resources), "whole");
        }
    }

    @Test
    void aDecisionNamesWhatDecided() {
        try (Policy role = policy("\"s3:*\"", "*"); Policy session = policy("\"s3:GetObject\"", "arn:aws:s3:::a/*");
                PolicySet set = new PolicySet().add(Layer.IDENTITY, 0, role).add(Layer.SESSION, 0, session);
                AccessRequest get = new AccessRequest("s3:GetObject", "arn:aws:s3:::a/b");
                AccessRequest put = new AccessRequest("s3:PutObject", "arn:aws:s3:::a/b")) {
            String principal = "arn:aws:sts::123456789012:assumed-role/build/job";
            PolicySet.Decision allowed = set.evaluate(get.set("principal", principal).context("aws:SourceIp", "192.0.2.1"));
            assertTrue(allowed.isAllowed() && allowed.isExplicit());
            assertEquals(0, allowed.statement());
            PolicySet.Decision denied = set.evaluate(put.set("principal", principal));
            assertFalse(denied.isAllowed() || denied.isExplicit());
            assertEquals(EnumSet.of(Layer.SESSION), denied.missing());
            assertNull(denied.layer());
            assertEquals(-1, denied.policy());
            assertThrows(AwsfedException.class, () -> set.add(Layer.SERVICE, 0, role));
        }
    }

    @Test
    void whatIsLeftComparedAndShrunk() {
        try (Policy role = policy("[\"s3:GetObject\",\"s3:PutObject\"]", "*"); Policy session = policy("\"s3:*\"", "arn:aws:s3:::a/*");
                PolicySet both = new PolicySet().add(Layer.IDENTITY, 0, role).add(Layer.SESSION, 0, session);
                PolicySet one = new PolicySet().add(Layer.IDENTITY, 0, role);
                PolicySet other = new PolicySet().add(Layer.IDENTITY, 0, session)) {
            Analysis left = both.intersect(0);
            assertEquals("exact", left.answer());
            assertEquals(1, left.documents().size());
            assertTrue(left.documents().get(0).contains("arn:aws:s3:::a/*") && left.documents().get(0).contains("s3:PutObject"));
            assertEquals("different", one.compare(other, 0).answer());
            assertTrue(one.compare(other, 0).json().startsWith("{"));
            assertEquals("useful", both.sessionReport(0).answer());
            assertEquals("fits", role.shrink(EnumSet.noneOf(Policy.ShrinkOption.class), 0, 0).answer());
            assertThrows(NullPointerException.class, () -> one.compare(null, 0));
        }
    }
}
