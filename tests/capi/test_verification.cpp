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

std::string text_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    REQUIRE_MESSAGE(in, "cannot open " << path);
    return {std::istreambuf_iterator<char>(in), {}};
}
std::string file(const std::string& name) { return text_of(data + name); }

awsfed::Settings trusting(const std::string& metadata) {
    awsfed::Settings settings;
    settings.set("idp_metadata", data + "metadata/" + metadata);
    return settings;
}

// A response that is good until the year 9999, so at present too.
const std::string cases = std::string(AWSFED_TESTS) + "/saml/data/cases/";
std::string lasting_response() { return text_of(cases + "accept/accept_end_9999.xml"); }
awsfed::Settings trusting_mill() {
    awsfed::Settings settings;
    settings.set("idp_metadata", cases + "metadata/mill.xml");
    return settings;
}

// A host's memory of replays, as C has it.
struct Memory {
    std::vector<std::string> ids;
    std::int64_t expires_ms = 0;
    int answer_to_new = 1;
    int ends = 0;
};
int is_first(void* user, const char* id, std::size_t n, std::int64_t expires_ms) {
    auto* memory = static_cast<Memory*>(user);
    memory->expires_ms = expires_ms;
    const bool seen = std::ranges::find(memory->ids, std::string(id, n)) != memory->ids.end();
    memory->ids.emplace_back(id, n);
    return seen ? 0 : memory->answer_to_new;
}
void forget(void* user) { ++static_cast<Memory*>(user)->ends; }

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

TEST_CASE("an assertion is used once, says the host, and a second time is a replay") {
    Memory memory;
    const awsfed::Context context;
    REQUIRE(awsfed_context_replay(context.get(), is_first, &memory, forget, nullptr) == AWSFED_OK);

    CHECK(reason(context.verify(trusting_mill(), lasting_response())) == "accepted");
    CHECK(memory.ids == std::vector<std::string>{"_a"});
    CHECK(memory.expires_ms == 253402300799000); // 9999-12-31T23:59:59Z

    const awsfed::Verdict again = context.verify(trusting_mill(), lasting_response());
    CHECK(reason(again) == "replay");
    const Failed failed = failure_of([&] { again.verified(); });
    CHECK(failed.status == AWSFED_E_TRUST);
    CHECK(failed.code == "assertion-replayed");
    CHECK(failed.peer == "replay");
    CHECK(memory.ids.size() == 2);
}

TEST_CASE("the host is asked about what is proved and at present only") {
    Memory memory;
    const awsfed::Context context;
    REQUIRE(awsfed_context_replay(context.get(), is_first, &memory, forget, nullptr) == AWSFED_OK);
    CHECK(reason(context.verify(trusting_mill(), lasting_response(), noon)) == "accepted");
    CHECK(reason(context.verify(trusting_mill(), lasting_response(), noon)) == "accepted");
    CHECK(reason(context.verify(trusting_mill(), text_of(cases + "refuse/refuse_changed_after_signing.xml"))) ==
          "digest");
    CHECK(memory.ids.empty());
}

TEST_CASE("a host that does not say that an assertion is new refuses it") {
    Memory memory;
    memory.answer_to_new = 2; // only 1 is a yes
    const awsfed::Context context;
    REQUIRE(awsfed_context_replay(context.get(), is_first, &memory, forget, nullptr) == AWSFED_OK);
    CHECK(reason(context.verify(trusting_mill(), lasting_response())) == "replay");
}

TEST_CASE("a memory of replays is let go once, and then nobody is asked any more") {
    Memory memory;
    {
        const awsfed::Context context;
        REQUIRE(awsfed_context_replay(context.get(), is_first, &memory, forget, nullptr) == AWSFED_OK);
        REQUIRE(awsfed_context_replay(context.get(), is_first, &memory, forget, nullptr) == AWSFED_OK);
        CHECK(memory.ends == 1);
        REQUIRE(awsfed_context_replay(context.get(), nullptr, nullptr, nullptr, nullptr) == AWSFED_OK);
        CHECK(memory.ends == 2);
        CHECK(reason(context.verify(trusting_mill(), lasting_response())) == "accepted");
        REQUIRE(awsfed_context_replay(context.get(), is_first, &memory, forget, nullptr) == AWSFED_OK);
    }
    CHECK(memory.ends == 3);
    CHECK(memory.ids.empty());
    CHECK(awsfed_context_replay(nullptr, is_first, &memory, forget, nullptr) == AWSFED_E_USAGE);
}

TEST_CASE("a memory that throws refuses") {
    awsfed::Context context;
    context.remember_by([](std::string_view, std::int64_t) -> bool { throw 1; });
    CHECK(reason(context.verify(trusting_mill(), lasting_response())) == "replay");
}

TEST_CASE("an assertion that was used before is not spent at STS") {
    awsfed::FakeIdentityProvider host;
    host.response_given = lasting_response();
    host.start();
    awsfed::Settings settings = host.settings();
    settings.set("idp_metadata", cases + "metadata/mill.xml");
    settings.set("cache", "off");
    awsfed::Context context;
    std::vector<std::string> seen;
    context.remember_by([&](std::string_view id, std::int64_t) {
        seen.emplace_back(id);
        return seen.size() == 1;
    });
    CHECK(failure_of([&] { context.obtain(settings); }).status == AWSFED_OK);
    CHECK(host.sts_calls == 1);
    const Failed failed = failure_of([&] { context.obtain(settings); });
    CHECK(failed.status == AWSFED_E_TRUST);
    CHECK(failed.code == "assertion-replayed");
    CHECK(host.sts_calls == 1);
    CHECK(seen == std::vector<std::string>{"_a", "_a"});
}

TEST_CASE("clocks may differ by 300 seconds, and no more") {
    const awsfed::Context context;
    awsfed::Settings settings = trusting("plain.xml"); // the response is good until 09:31:53
    const auto end = noon + std::chrono::seconds(273);
    const auto at = [&](const char* skew, std::chrono::seconds late) {
        settings.set("clock_skew", skew);
        return reason(context.verify(settings, file("valid/plain.xml"), end + late));
    };
    CHECK(at("300s", std::chrono::seconds(299)) == "accepted");
    CHECK(at("5m", std::chrono::seconds(299)) == "accepted");
    CHECK(at("300s", std::chrono::seconds(300)) == "expired");
    CHECK(at("0s", std::chrono::seconds(0)) == "expired");
    CHECK(at("0s", std::chrono::seconds(-1)) == "accepted");
    for (const char* longer : {"301s", "6m", "1h", "300001ms"})
        CHECK(failure_of([&] { at(longer, std::chrono::seconds(0)); }).setting == "clock_skew");
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

TEST_CASE("a plain call to STS is no way around the verification that the settings ask for") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings;
    settings.set("http_loopback", "true").set("sts_endpoint", host.sts_url());
    settings.set("role_arn", host.role).set("principal_arn", "arn:aws:iam::123456789012:saml-provider/fake");
    settings.set_secret("assertion", "PHNhbWw+PC9zYW1sPg==");
    CHECK(awsfed::Context().sts_call("assume-role-with-saml", settings).credentials().session_token() ==
          host.session_token);
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"require_verified", "true"}, {"idp_metadata", data + "metadata/plain.xml"}}) {
        settings.set(name, value);
        const Failed failed = failure_of([&] { awsfed::Context().sts_call("assume-role-with-saml", settings); });
        CHECK(failed.code == "assertion-unproved");
        settings.set(name, "");
    }
    CHECK(host.sts_calls == 1);
}
