package io.awsfed;

/** The identity provider and STS of tests/fakes. */
final class Fake {
    static final String PASSWORD = "correct horse \"battery\" st\u00e4ple";
    static final String ROLE = "arn:aws:iam::123456789012:role/build";

    private Fake() {}

    static Settings withoutUser() {
        return new Settings().set("idp", "form").set("idp_url", System.getProperty("awsfed.test.start"))
                .set("http_loopback", "true").set("sts_endpoint", System.getProperty("awsfed.test.sts"));
    }

    static Settings settings() {
        return withoutUser().set("user", "alice").setSecret("password", PASSWORD.toCharArray());
    }
}
