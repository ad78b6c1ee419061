// Security rule 10: who may use a connector, and who says who asks.
#include "flow/access.h"

#include "flow/signin.h"
#include "flow/signing.h"
#include "flow/sts_scene.h"
#include "flow/verify.h"

#include <cstdlib>

using namespace awsfed;

namespace {

const Cancel never;

struct Door {
    std::string principals{}, groups{}, system_scope{};

    std::string ask(const std::optional<std::string>& principal, std::vector<std::string> member_of = {}) const {
        Settings settings;
        REQUIRE(settings.set("allowed_principals", principals));
        REQUIRE(settings.set("allowed_groups", groups));
        REQUIRE(settings.set("system_scope", system_scope));
        if (principal)
            REQUIRE(settings.vouch_for(*principal));
        for (const std::string& group : member_of)
            REQUIRE(settings.vouch_for_group(group));
        const auto outcome = check_use(settings);
        return outcome ? "may" : std::string(row_of(outcome.error().code).text) + " " + outcome.error().setting;
    }
};

const std::string not_listed = "connector-refused allowed_principals";
const std::string nobody_asks = "connector-refused system_scope";

// A connector for alice alone, whose secret leads nowhere: one that is resolved shows itself by its error.
struct Guarded {
    StsScene scene{};
    std::string config = scene.folder.write("config",
                                            fmt::format("[connector deploy]\nallowed_principals = alice\n"
                                                        "idp = form\nidp_url = {0}\nsts_endpoint = {0}\nca_file = {1}\n"
                                                        "region = eu-central-1\nrole_arn = {2}\n"
                                                        "password = file:/nowhere\naccess_key_id = AKIDEXAMPLE\n"
                                                        "secret_access_key = file:/nowhere\n",
                                                        scene.host.url("/"), scene.ca_file, StsScene::role("build")),
                                            0600);

    Settings settings() const {
        Settings settings;
        REQUIRE(settings.load_connector(config, "deploy"));
        return settings;
    }
    Settings asked_by(std::string_view principal) const {
        Settings made = settings();
        REQUIRE(made.vouch_for(principal));
        return made;
    }
};

template <class T>
std::string code_of(const Result<T>& outcome) {
    return outcome ? "" : std::string(row_of(outcome.error().code).text);
}

} // namespace

TEST_CASE("security rule 10: a connector without a list is for everybody") {
    CHECK(Door{}.ask("alice") == "may");
    CHECK(Door{}.ask(std::nullopt) == "may");
}

TEST_CASE("security rule 10: a list lets in whom it names, and nobody else") {
    const Door door{.principals = "bob, alice,carol"};
    for (const char* name : {"alice", "bob", "carol"})
        CHECK(door.ask(name) == "may");
    for (const char* name : {"mallory", "ali", "alice,carol", "Alice", "bob, alice", "*", ","})
        CHECK(door.ask(name) == not_listed);
    CHECK(Door{.principals = ", ,"}.ask("alice") == not_listed);
    CHECK(Door{.principals = "*"}.ask("alice") == not_listed);
    CHECK(Door{.principals = "bob,\n  alice"}.ask("alice") == "may");
}

TEST_CASE("security rule 10: the groups of the principal count, and are no principals") {
    const Door door{.principals = "bob", .groups = "Domain Admins, deploy"};
    CHECK(door.ask("alice", {"users", "deploy"}) == "may");
    CHECK(door.ask("alice", {"Domain Admins"}) == "may");
    CHECK(door.ask("alice", {"Domain", "Admins", "bob"}) == not_listed);
    CHECK(door.ask("deploy") == not_listed);
    CHECK(door.ask("bob") == "may");
}

TEST_CASE("security rule 10: the case of a name counts, but for those of Windows") {
    const Door door{.principals = "CORP\\Alice, bob", .groups = "CORP\\Deploy"};
    CHECK(door.ask("corp\\alice") == "may");
    CHECK(door.ask("alice") == not_listed);
    CHECK(door.ask("OTHER\\alice") == not_listed);
    CHECK(door.ask("CORP\\mallory", {"corp\\DEPLOY"}) == "may");
    CHECK(door.ask("BOB") == not_listed);
}

TEST_CASE("security rule 10: where no user is, a list refuses, unless the connector is for the system too") {
    CHECK(Door{.principals = "alice"}.ask(std::nullopt) == nobody_asks);
    CHECK(Door{.groups = "deploy"}.ask(std::nullopt) == nobody_asks);
    CHECK(Door{.principals = "alice", .system_scope = "true"}.ask(std::nullopt) == "may");
    CHECK(Door{.principals = "alice", .system_scope = "true"}.ask("mallory") == not_listed);
}

TEST_CASE("security rule 10: a list that names nobody is a mistake in the connector, not an open door") {
    const TemporaryFolder folder;
    for (const char* line : {"allowed_principals =", "allowed_groups =   # nobody yet", "allowed_principals = #root"}) {
        Settings settings;
        const auto loaded = settings.load_connector(
            folder.write("config", fmt::format("[connector deploy]\n{}\n", line), 0600), "deploy");
        REQUIRE_FALSE(loaded);
        CHECK(loaded.error().code == Code::setting_invalid);
        CHECK(loaded.error().setting.starts_with("allowed_"));
    }
}

TEST_CASE("a name that could forge a line, or that is none, is not vouched for") {
    Settings settings;
    REQUIRE(settings.vouch_for("alice"));
    for (const std::string& name :
         {std::string(), std::string("alice\nroot"), std::string("alice\r"), std::string(" alice"),
          std::string("alice "), std::string("a\xFF"), std::string("a\xC2\x9B"), std::string(1025, 'a')}) {
        CHECK(settings.vouch_for(name).error().code == Code::usage);
        CHECK(settings.vouch_for_group(name).error().code == Code::usage);
        CHECK(settings.principal()->name == "alice"); // as before
    }
    CHECK(Settings().vouch_for_group("deploy").error().code == Code::usage);
}

TEST_CASE("a call's word of who asks counts over the context's, groups and all") {
    Settings context;
    REQUIRE(context.vouch_for("alice"));
    REQUIRE(context.vouch_for_group("deploy"));
    Settings call;
    CHECK(context.overlaid_by(call)->principal()->name == "alice");
    REQUIRE(call.vouch_for("bob"));
    const auto together = context.overlaid_by(call);
    CHECK(together->principal()->name == "bob");
    CHECK(together->principal()->groups.empty());
    call.vouch_for_nobody();
    CHECK(context.overlaid_by(call)->principal() == nullptr);
    CHECK(context.overlaid_by(*context.overlaid_by(call))->principal() == nullptr);
}

TEST_CASE("security rule 10: no function does anything for who may not use the connector") {
    const Guarded guarded;
    const Context context(guarded.asked_by("mallory"));
    const std::string no = "connector-refused";
    const Credentials& source = guarded.scene.source;
    const HostRequest request{.method = "GET", .url = "https://s3.eu-central-1.amazonaws.com/"};
    const auto response = std::make_shared<const Assertion>();

    CHECK(code_of(obtain(context, nullptr, never)) == no);
    CHECK(code_of(SignIn::start_audited(context, nullptr, never)) == no);
    CHECK(code_of(assume_role_with_saml(context, nullptr, response, never)) == no);
    for (const StsActionRow& row : sts_actions()) {
        CHECK(code_of(ask_sts(row.action, context, nullptr, &source, never)) == no);
        if (row.gives_credentials)
            CHECK(code_of(session_by(row.action, context, nullptr, nullptr, never)) == no);
    }
    CHECK(code_of(narrow(context, nullptr, source, never)) == no);
    CHECK(code_of(sign_request(context, nullptr, &source, request, "s3", never)) == no);
    CHECK(code_of(presign_request(context, nullptr, &source, request, "s3", std::chrono::seconds(60), never)) == no);
    CHECK(code_of(verify_response(context, nullptr, "<Response/>", std::nullopt, never)) == no);
    CHECK(guarded.scene.calls() == 0);

    // For alice the same call goes on, as far as the secret that is not there.
    Settings alice;
    REQUIRE(alice.vouch_for("alice"));
    CHECK(code_of(obtain(context, &alice, never)) == "secret-unreadable");
}

TEST_CASE("security rule 10: neither a job nor its environment says who asks, or who may") {
    const Guarded guarded;
    for (const auto& [name, value] : StsScene::Values{{"allowed_principals", "mallory"},
                                                      {"allowed_groups", "users"},
                                                      {"system_scope", "true"},
                                                      {"audit", "off"}}) {
        Settings settings = guarded.settings();
        CHECK(settings.override_by_job(name, value).error().code == Code::setting_locked);
        CHECK(settings.override_by_job(name, "").error().code == Code::setting_locked);

        // A job that says it before anybody has said anything is judged when the context's settings are there.
        Settings job;
        REQUIRE(job.override_by_job(name, value));
        const Context context(guarded.asked_by("mallory"));
        CHECK(code_of(obtain(context, &job, never)) == "setting-locked");
    }
    for (const char* name : {"principal", "principals", "groups", "connector_id"})
        CHECK(Settings().override_by_job(name, "alice").error().code == Code::setting_unknown);

    ::setenv("AWSFED_ALLOWED_PRINCIPALS", "mallory", 1);
    Settings settings = guarded.asked_by("mallory");
    CHECK(settings.read_environment().error().code == Code::setting_locked);
    ::unsetenv("AWSFED_ALLOWED_PRINCIPALS");
    ::setenv("AWSFED_PRINCIPAL", "alice", 1);
    REQUIRE(settings.read_environment());
    CHECK(settings.principal()->name == "mallory");
    ::unsetenv("AWSFED_PRINCIPAL");
}

TEST_CASE("security rule 10: what a connector lists cannot be made overridable") {
    const TemporaryFolder folder;
    Settings settings;
    const auto loaded = settings.load_connector(
        folder.write("config", "[connector deploy]\nallowed_principals = alice\noverridable = allowed_principals\n",
                     0600),
        "deploy");
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().setting == "overridable");
}

TEST_CASE("security rule 11: what was got for one principal is never given to another one") {
    const StsScene scene;
    Settings settings = scene.settings({{"access_key_id", "AKIDEXAMPLE"}});
    REQUIRE(settings.set_secret("secret_access_key", "wJalrXUtnFEMI"));
    const Context context(std::move(settings));
    std::size_t calls = 0;
    const auto ask = [&](const char* principal, const char* group) {
        Settings call;
        if (principal != nullptr)
            REQUIRE(call.vouch_for(principal));
        if (group != nullptr)
            REQUIRE(call.vouch_for_group(group));
        REQUIRE(obtain(context, &call, never));
    };
    for (const char* principal : {"alice", "bob", static_cast<const char*>(nullptr), "Alice"}) {
        ask(principal, nullptr);
        CHECK(scene.calls() == ++calls);
        ask(principal, nullptr);
        CHECK(scene.calls() == calls);
    }
    ask("alice", "deploy"); // the same person
    CHECK(scene.calls() == calls);
}
