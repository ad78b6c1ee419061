// Verification through the C interface: verdicts, what was proved, and what becomes of a sign-in.
#include "awsfed.hpp"

#include "fakes/identity_provider.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

const std::string data = std::string(AWSFED_TESTS) + "/vectors/data/saml/";
const auto noon = std::chrono::system_clock::time_point(std::chrono::seconds(1805016440)); // 2027-03-14T09:27:20Z

std::string file(const std::string& name) {
    std::ifstream in(data + name, std::ios::binary);
    REQUIRE_MESSAGE(in, "cannot open " << name);
    return {std::istreambuf_iterator<char>(in), {}};
}

awsfed::Settings trusting(const std::string& metadata) {
    awsfed::Settings settings;
    settings.set("idp_metadata", data + "metadata/" + metadata);
    return settings;
}

struct Failed {
    awsfed_status status = AWSFED_OK;
    std::string code, setting, peer;
};

template <class Call>
Failed failure_of(Call&& call) {
    try {
        call();
    } catch (const awsfed::Error& error) {
        return {error.status(), std::string(error.code()), std::string(error.setting()), std::string(error.peer())};
    }
    return {};
}

// "accepted", or the first reason against it.
std::string reason(const awsfed::Verdict& verdict) {
    if (verdict.allows())
        return "accepted";
    const auto checks = verdict.checks();
    return std::string(std::ranges::find(checks, "failed", &awsfed::Check::outcome)->reason);
}

std::string without_lines_of_pem(std::string text) {
    std::erase(text, '\n');
    return text;
}

} // namespace

TEST_CASE("a verdict that allows hands out what was proved") {
    const awsfed::Context context;
    const awsfed::Verdict verdict = context.verify(trusting("plain.xml"), file("valid/tags-50.xml"), noon);
    REQUIRE(verdict.allows());
    CHECK(verdict.trust() == "pinned");
    const awsfed::Verified proved = verdict.verified();
    CHECK(proved.text(AWSFED_VERIFIED_ISSUER) == "https://idp.harbour.test/saml");
    CHECK(proved.tags().size() == 50);
    REQUIRE(proved.roles().size() == 1);
    CHECK(proved.name_qualifier(0).size() == 28);
    CHECK(proved.name_qualifier(1).empty());
    CHECK(proved.expires().has_value());
    CHECK_FALSE(proved.has(AWSFED_VERIFIED_SESSION_NOT_ON_OR_AFTER));
    CHECK(proved.attribute("https://aws.amazon.com/SAML/Attributes/Role").size() == 1);
    CHECK(proved.attribute("nothing").empty());
}

TEST_CASE("a verdict that refuses has every check, and no assertion") {
    const awsfed::Context context;
    const awsfed::Verdict verdict = context.verify(trusting("plain.xml"), file("refuse/tampered-role.xml"), noon);
    CHECK_FALSE(verdict.allows());
    CHECK(reason(verdict) == "digest");
    const Failed failed = failure_of([&] { verdict.verified(); });
    CHECK(failed.status == AWSFED_E_TRUST);
    CHECK(failed.code == "assertion-unproved");
    CHECK(failed.peer == "digest");
    CHECK(reason(context.verify(trusting("plain.xml"), "rubbish", noon)) == "base64");
    CHECK(reason(context.verify(trusting("plain.xml"), "", noon)) == "size");
}

TEST_CASE("security rule 8: pinned certificates replace those of the metadata") {
    const awsfed::Context context;
    awsfed::Settings settings = trusting("plain.xml");
    const std::string metadata = file("metadata/plain-rollover.xml");
    const std::size_t at = metadata.find("<ds:X509Certificate>") + 20;
    const std::string pem = std::string(AWSFED_BUILD) + "/pinned.pem";
    std::ofstream(pem) << "-----BEGIN CERTIFICATE-----\n"
                       << without_lines_of_pem(metadata.substr(at, metadata.find('<', at) - at))
                       << "\n-----END CERTIFICATE-----\n";
    settings.set("idp_certificates", pem);
    CHECK(failure_of([&] { context.verify(settings, file("valid/plain.xml"), noon); }).setting == "idp_entity_id");
    settings.set("idp_entity_id", "https://idp.harbour.test/saml");
    CHECK(reason(context.verify(settings, file("valid/plain.xml"), noon)) == "signature");
    CHECK(reason(context.verify(settings, file("valid/rollover-first-key.xml"), noon)) == "accepted");
}

TEST_CASE("what is wrong with the trust settings is an error, not a verdict") {
    const awsfed::Context context;
    const auto verify = [&](const awsfed::Settings& settings) {
        return failure_of([&] { context.verify(settings, file("valid/plain.xml"), noon); });
    };
    CHECK(verify({}).code == "setting-missing");
    CHECK(verify(trusting("none.xml")).setting == "idp_metadata");
    CHECK(verify(trusting("../manifest.json")).code == "metadata-malformed");
    awsfed::Settings settings = trusting("plain.xml");
    settings.set("saml_allow", "md5");
    CHECK(verify(settings).setting == "saml_allow");
    settings = trusting("plain.xml");
    settings.set("clock_skew", "301s");
    CHECK(verify(settings).setting == "clock_skew");
    settings = awsfed::Settings();
    settings.set("idp_metadata", "http://idp.example/metadata");
    CHECK(verify(settings).code == "setting-insecure");
    CHECK(verify(settings).setting == "idp_metadata");
}

TEST_CASE("metadata may be given as text") {
    awsfed::Settings settings;
    settings.set("idp_metadata", file("metadata/plain.xml"));
    CHECK(reason(awsfed::Context().verify(settings, file("valid/plain.xml"), noon)) == "accepted");
}

TEST_CASE("the host's memory refuses an assertion that is used twice, and looks at the present only") {
    std::vector<std::string> seen;
    awsfed::Context context;
    context.remember_by([&](std::string_view id, std::int64_t expires_ms) {
        CHECK(expires_ms == 1805016713000); // 2027-03-14T09:31:53Z
        const bool first = std::ranges::find(seen, id) == seen.end();
        seen.emplace_back(id);
        return first;
    });
    CHECK(reason(context.verify(trusting("plain.xml"), file("valid/plain.xml"), noon)) == "accepted");
    CHECK(seen.empty());
}

TEST_CASE("an unsigned response is not spent where trust is configured") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings = host.settings();
    settings.set("idp_metadata", data + "metadata/plain.xml");
    const Failed failed = failure_of([&] { awsfed::Context().obtain(settings); });
    CHECK(failed.status == AWSFED_E_TRUST);
    CHECK(failed.code == "assertion-unproved");
    CHECK(failed.peer == "unsigned");
    CHECK(host.sts_calls == 0);
}

TEST_CASE("require_verified without trust is refused before a password is sent") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings = host.settings();
    settings.set("require_verified", "true");
    const Failed failed = failure_of([&] { awsfed::Context().obtain(settings); });
    CHECK(failed.code == "assertion-unproved");
    CHECK(failed.setting == "idp_metadata");
    CHECK(host.password_posts == 0);
}

TEST_CASE("broken trust settings cost no password") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings = host.settings();
    settings.set("idp_metadata", data + "metadata/none.xml");
    CHECK(failure_of([&] { awsfed::Context().obtain(settings); }).setting == "idp_metadata");
    CHECK(host.password_posts == 0);
}

TEST_CASE("nothing is at hand in a verdict or an assertion that is not there") {
    CHECK(awsfed_verdict_allows(nullptr) == 0);
    CHECK(awsfed_verdict_count(nullptr) == 0);
    CHECK(awsfed_verdict_text(nullptr, 0, AWSFED_VERDICT_CHECK, nullptr) == nullptr);
    CHECK(awsfed_verified_text(nullptr, AWSFED_VERIFIED_ID, nullptr) == nullptr);
    CHECK(awsfed_verified_role_count(nullptr) == 0);
    awsfed_verdict_free(nullptr);
    awsfed_verified_free(nullptr);
    awsfed_verdict* verdict = nullptr;
    CHECK(awsfed_assertion_verify(nullptr, nullptr, "x", 1, -1, nullptr, &verdict, nullptr) == AWSFED_E_USAGE);
}
