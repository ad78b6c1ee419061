// Connectors, who may use them, and the audit, as a C++ program sees them.
#include "awsfed.hpp"

#include "fakes/identity_provider.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

constexpr const char* two = "[connector deploy]\nid = 6f1c\nallowed_principals = alice\nallowed_groups = deploy\n"
                            "[connector open]\nregion = eu-central-1\n";

template <class Call>
std::string code_of(Call&& call) {
    try {
        call();
    } catch (const awsfed::Error& error) {
        return std::string(error.code());
    }
    return "";
}

struct Config {
    awsfed::TemporaryFolder folder;
    std::string path = folder.write("config", two, 0600);

    awsfed::Settings connector(const char* name) const {
        awsfed::Settings settings;
        settings.load(path, name);
        return settings;
    }
};

} // namespace

TEST_CASE("the connectors of a file are listed, with their ids") {
    const Config config;
    const std::vector<awsfed::ConnectorInfo> all = awsfed::connectors(config.path);
    REQUIRE(all.size() == 2);
    CHECK(all[0].name == "deploy");
    CHECK(all[0].id == "6f1c");
    CHECK(all[1].name == "open");
    CHECK(all[1].id.empty());
    CHECK(code_of([&] { awsfed::connectors(config.folder.path("none")); }) == "config-unreadable");

    awsfed_names* names = nullptr;
    REQUIRE(awsfed_connectors(config.path.c_str(), AWSFED_NUL, &names, nullptr, nullptr) == AWSFED_OK);
    CHECK(awsfed_names_count(names) == 2);
    awsfed_names_free(names);
    CHECK(awsfed_connectors(config.path.c_str(), AWSFED_NUL, nullptr, nullptr, nullptr) == AWSFED_E_USAGE);
}

TEST_CASE("security rule 10: only a real yes allows") {
    const Config config;
    awsfed::Settings settings = config.connector("6f1c");
    std::string why;
    CHECK_FALSE(settings.may_use(&why));
    CHECK(why.find("\"deploy\"") != std::string::npos);
    CHECK(settings.vouch_for("alice").may_use());
    CHECK_FALSE(settings.vouch_for("mallory").may_use(&why));
    CHECK(why == "The connector \"deploy\" is not for mallory.");
    CHECK(settings.vouch_for("mallory", {"users", "deploy"}).may_use());
    CHECK_FALSE(settings.vouch_for("mallory").may_use()); // the groups were those of the other one
    CHECK_FALSE(settings.vouch_for_nobody().may_use());
    CHECK(config.connector("open").may_use());

    // Whatever went wrong is no yes.
    std::int32_t allowed = 1;
    awsfed_error* refusal = nullptr;
    CHECK(awsfed_may_use(nullptr, &allowed, &refusal, nullptr) == AWSFED_E_USAGE);
    CHECK(allowed == 0);
    CHECK(refusal == nullptr);
    allowed = 1;
    CHECK(awsfed_may_use(awsfed::Settings().get(), &allowed, nullptr, nullptr) == AWSFED_E_USAGE); // no connector
    CHECK(allowed == 0);
    CHECK(awsfed_may_use(settings.get(), nullptr, nullptr, nullptr) == AWSFED_E_USAGE);
    allowed = 1;
    CHECK(awsfed_may_use(settings.get(), &allowed, nullptr, nullptr) == AWSFED_OK);
    CHECK(allowed == 0);
    CHECK(awsfed_may_use(settings.get(), &allowed, &refusal, nullptr) == AWSFED_OK);
    CHECK(std::string(awsfed_error_text(refusal, AWSFED_ERROR_CODE, nullptr)) == "connector-refused");
    CHECK(awsfed_error_text(refusal, AWSFED_ERROR_ADVICE, nullptr) != nullptr);
    awsfed_error_free(refusal);
}

TEST_CASE("security rule 10: an empty name is not the system, and a broken one nobody") {
    const Config config;
    awsfed::Settings settings = config.connector("deploy");
    settings.set("system_scope", "true");
    CHECK(settings.vouch_for_nobody().may_use());
    settings.vouch_for("mallory");
    for (const std::string_view name : {std::string_view(), std::string_view("alice\n"), std::string_view("a\0b", 3)}) {
        CHECK(code_of([&] { settings.vouch_for(name); }) == "usage");
        CHECK_FALSE(settings.may_use());
    }
    CHECK(awsfed_settings_principal(nullptr, "alice", AWSFED_NUL, nullptr) == AWSFED_E_USAGE);
    CHECK(awsfed_settings_group(settings.get(), nullptr, 0, nullptr) == AWSFED_E_USAGE);
    CHECK(code_of([] { awsfed::Settings().vouch_for_nobody().vouch_for("alice", {"a\nb"}); }) == "usage");
}

TEST_CASE("security rule 10: a sign-in that is not allowed is not begun, and the host is told") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings = host.settings();
    settings.set("allowed_principals", "alice").set("role_arn", host.role).vouch_for("mallory");
    std::vector<std::string> lines;
    awsfed::Context context(settings);
    context.audit_to([&](std::string_view line) {
        lines.emplace_back(line);
        return true;
    });
    CHECK(code_of([&] { awsfed::SignIn talk(context, awsfed::Settings()); }) == "connector-refused");
    CHECK(code_of([&] { context.obtain(); }) == "connector-refused");
    CHECK(host.password_posts == 0);
    REQUIRE(lines.size() == 2);
    for (const std::string& line : lines)
        CHECK(line.find(R"("principal":"mallory")") != std::string::npos);

    awsfed::Settings alice;
    alice.vouch_for("alice");
    CHECK(context.obtain(alice).access_key_id() == host.access_key_id);
    REQUIRE(lines.size() == 3);
    CHECK(lines[2].find(R"("event":"issued")") != std::string::npos);
    CHECK(lines[2].find(R"("verification":"unchecked")") != std::string::npos);
}

TEST_CASE("security rule 11: neither credentials nor a sign-in of one principal serve another one") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings = host.settings();
    settings.set("role_arn", host.role);
    const awsfed::Context context(settings);
    int posts = 0;
    for (const char* principal : {"alice", "bob"}) {
        awsfed::Settings call;
        call.vouch_for(principal);
        ++posts;
        for (int i = 0; i < 2; ++i) {
            CHECK(context.obtain(call).access_key_id() == host.access_key_id);
            CHECK(host.password_posts == posts);
            CHECK(host.sts_calls == posts);
        }
    }
}

TEST_CASE("security rule 15: a sign-in that fails has a line, with the name that was typed") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings = host.settings();
    settings.set("user", "").set_secret("password", "wrong");
    std::vector<std::string> lines;
    awsfed::Context context;
    context.audit_to([&](std::string_view line) {
        lines.emplace_back(line);
        return true;
    });
    awsfed::SignIn talk(context, settings);
    REQUIRE(talk.step() == AWSFED_SIGNIN_ASKS);
    talk.answer(0, "bob");
    for (int i = 0; i < 2; ++i)
        CHECK(code_of([&] { talk.step(); }) == "credentials-refused");
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find(R"("user":"bob","action":"sign-in")") != std::string::npos);
    CHECK(lines[0].find("wrong") == std::string::npos);
}

TEST_CASE("security rule 15: a host that did not write the line keeps the credentials back, where that is required") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings = host.settings();
    awsfed::Context context;
    context.audit_to([](std::string_view) -> bool { throw 1; }); // NOLINT: hosts throw what they like
    CHECK(context.obtain(settings).access_key_id() == host.access_key_id);
    settings.set("audit", "required");
    awsfed_credentials* keys = nullptr;
    awsfed_error* error = nullptr;
    CHECK(awsfed_obtain(context.get(), settings.get(), nullptr, &keys, &error) == AWSFED_E_STORE);
    CHECK(keys == nullptr);
    CHECK(std::string(awsfed_error_text(error, AWSFED_ERROR_CODE, nullptr)) == "audit-failed");
    awsfed_error_free(error);
}

TEST_CASE("an audit is let go once, and then nobody is told any more") {
    struct Seen {
        int lines = 0, ends = 0;
    } seen;
    const auto take = [](void* user, const char*, size_t) {
        ++static_cast<Seen*>(user)->lines;
        return 1;
    };
    const auto done = [](void* user) { ++static_cast<Seen*>(user)->ends; };
    awsfed::FakeIdentityProvider host;
    host.start();
    {
        const awsfed::Context context;
        REQUIRE(awsfed_context_audit(context.get(), take, &seen, done, nullptr) == AWSFED_OK);
        CHECK_NOTHROW(context.obtain(host.settings()));
        CHECK(seen.lines == 1);
        CHECK(seen.ends == 0);
        REQUIRE(awsfed_context_audit(context.get(), nullptr, nullptr, nullptr, nullptr) == AWSFED_OK);
        CHECK(seen.ends == 1);
        CHECK_NOTHROW(context.obtain(host.settings()));
        REQUIRE(awsfed_context_audit(context.get(), take, &seen, done, nullptr) == AWSFED_OK);
    }
    CHECK(seen.lines == 1);
    CHECK(seen.ends == 2);
    CHECK(awsfed_context_audit(nullptr, take, &seen, done, nullptr) == AWSFED_E_USAGE);
}
