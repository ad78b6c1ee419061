#include "flow/signer.h"

#include "flow/context.h"
#include "flow/request_text.h"
#include "flow/signin.h"
#include "http/keytab.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>

using namespace awsfed;

namespace {

const Cancel never;

Settings settings_with(const std::string& method) {
    Settings settings;
    REQUIRE(settings.set("idp", "adfs"));
    REQUIRE(settings.set("adfs_method", method));
    return settings;
}

RequestKey key_of(const Settings& settings) { return request_text(settings, never)->key("store's key"); }

} // namespace

TEST_CASE("whose key a keytab has is part of the request's key") {
    const TemporaryFolder folder;
    const auto key_for = [&](std::string_view user) {
        Settings settings = settings_with("kerberos");
        REQUIRE(settings.set("kerberos_keytab", folder.write("keytab", keytab_of(user, "TEST.EXAMPLE"), 0600)));
        REQUIRE(settle_signer(settings));
        CHECK(settings.text("kerberos_principal") == std::string(user) + "@TEST.EXAMPLE");
        return key_of(settings);
    };
    CHECK(key_for("agent") == key_for("agent"));
    CHECK(key_for("agent") != key_for("other"));
}

TEST_CASE("without a ticket or key there is nobody to sign in") {
    const TemporaryFolder folder;
    Settings settings = settings_with("kerberos");
    REQUIRE(settings.set("kerberos_cache", "FILE:" + folder.path("none")));
    const auto settled = settle_signer(settings);
    REQUIRE_FALSE(settled);
    CHECK(settled.error().code == Code::kerberos_no_ticket);
}

TEST_CASE("who drives the sign-in himself is known by his ticket, too") {
    const TemporaryFolder folder;
    const Context context{Settings()};
    Settings settings = settings_with("kerberos");
    REQUIRE(settings.set("idp_url", "https://sts.example"));
    REQUIRE(settings.set("kerberos_cache", "FILE:" + folder.path("none")));
    const auto begun = SignIn::start_audited(context, &settings, never);
    REQUIRE_FALSE(begun);
    CHECK(begun.error().code == Code::kerberos_no_ticket);
}

TEST_CASE("who signs in by a form needs no ticket") {
    Settings settings = settings_with("forms");
    REQUIRE(settings.set("kerberos_cache", "FILE:/none"));
    CHECK(settle_signer(settings));
    CHECK_FALSE(settings.has("kerberos_principal"));
    CHECK_FALSE(is_signer_elsewhere(settings));
}

TEST_CASE("what is in the certificate's file is part of the request's key, where one signs in by it") {
    const TemporaryFolder folder;
    const auto key_for = [&](const std::string& method, std::string_view content) {
        Settings settings = settings_with(method);
        REQUIRE(settings.set("client_certificate", folder.write("agent.pem", content, 0600)));
        return key_of(settings);
    };
    CHECK(key_for("certificate", "one") != key_for("certificate", "another"));
    CHECK(key_for("certificate", "one") == key_for("certificate", "one"));
    CHECK(key_for("forms", "one") == key_for("forms", "another"));
}
