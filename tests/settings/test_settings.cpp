#include "settings/settings.h"

#include "temporary_folder.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <tuple>

using namespace awsfed;
using namespace std::chrono_literals;

namespace {

const Cancel never;

Settings with_connector(const TemporaryFolder& folder, const std::string& lines) {
    folder.write("config", "[connector deploy]\n" + lines, 0600);
    Settings settings;
    const auto loaded = settings.load_connector(folder.path("config"), "deploy");
    REQUIRE_MESSAGE(loaded, loaded.error().message);
    return settings;
}

} // namespace

TEST_CASE("a value is read by the type of its setting") {
    Settings settings;
    CHECK(settings.set("role_arn", "arn:aws:iam::123456789012:role/build"));
    CHECK(settings.set("duration", "90m"));
    CHECK(settings.set("http_loopback", "yes"));
    CHECK(settings.arn("role_arn")->name() == "build");
    CHECK(*settings.duration("duration") == 90min);
    CHECK(settings.boolean("http_loopback"));
    CHECK(*settings.duration("timeout") == 30s); // the default
    CHECK_FALSE(settings.has("timeout"));
}

TEST_CASE("a malformed value is refused where it is set") {
    Settings settings;
    for (const auto& [name, value] : {std::pair{"role_arn", "build"},
                                      {"duration", "soon"},
                                      {"duration", "-5"},
                                      {"http_loopback", "maybe"},
                                      {"idp", "magic"},
                                      {"user", "a\xFF"}}) {
        CAPTURE(name);
        const auto done = settings.set(name, value);
        REQUIRE_FALSE(done);
        CHECK(done.error().code == Code::setting_invalid);
        CHECK(done.error().setting == name);
    }
}

TEST_CASE("an unknown setting is refused, and the nearest name proposed") {
    Settings settings;
    const auto done = settings.set("role_am", "x");
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Code::setting_unknown);
    CHECK(done.error().advice == "Did you mean role_arn?");
}

TEST_CASE("an empty value takes the setting away") {
    Settings settings;
    REQUIRE(settings.set("user", "alice"));
    REQUIRE(settings.set("user", ""));
    CHECK_FALSE(settings.has("user"));
}

TEST_CASE("settings of a call lie over those of the context") {
    Settings below;
    Settings above;
    REQUIRE(below.set("user", "alice"));
    REQUIRE(below.set_secret("password", "hunter2"));
    REQUIRE(above.set("user", "bob"));
    const auto both = below.overlaid_by(above);
    REQUIRE(both);
    CHECK(both->text("user") == "bob");
    CHECK((*both->secret("password", never))->reveal() == "hunter2");
}

TEST_CASE("security rule 1: what a connector sets, a job cannot change") {
    const TemporaryFolder folder;
    Settings settings =
        with_connector(folder, "role_arn = arn:aws:iam::123456789012:role/build\npolicy = {}\nuser = svc\n");
    for (const auto& [name, value] :
         {std::pair{"role_arn", "arn:aws:iam::123456789012:role/admin"},
          {"user", "root"},
          {"user", ""},                          // nor take it away
          {"policy_arns", "arn:aws:iam::aws:policy/AdministratorAccess"}, // it would widen the session
          {"policy_file", "/etc/passwd"}}) {
        CAPTURE(name);
        const auto done = settings.override_by_job(name, value);
        REQUIRE_FALSE(done);
        CHECK(done.error().code == Code::setting_locked);
        CHECK(done.error().setting == name);
    }
    CHECK(settings.text("user") == "svc");
    CHECK(settings.override_by_job("user", "svc"));         // no change
    CHECK(settings.override_by_job("duration", "15m"));     // the connector does not set it
}

TEST_CASE("security rule 1: what the connector lists as overridable, a job can change") {
    const TemporaryFolder folder;
    Settings settings =
        with_connector(folder, "role_arn = arn:aws:iam::1:role/build\nuser = svc\noverridable = user, duration\n");
    CHECK(settings.override_by_job("user", "other"));
    CHECK(settings.text("user") == "other");
    CHECK(settings.override_by_job("role_arn", "arn:aws:iam::1:role/admin").error().code == Code::setting_locked);
}

TEST_CASE("security rule 1: URLs, origins, trust and secret references are never a job's") {
    const TemporaryFolder folder;
    Settings settings = with_connector(folder, "idp = form\npassword = file:/secret\n");
    for (const std::string_view name :
         {"idp_url", "idp_origins", "sts_endpoint", "proxy", "ca_file", "principal_arn", "overridable"})
        CHECK(settings.override_by_job(name, "https://evil.example").error().code == Code::setting_locked);
    CHECK(settings.override_by_job("http_loopback", "true").error().code == Code::setting_locked);
    CHECK(settings.override_by_job("sts_action", "get-federation-token").error().code == Code::setting_locked);
    CHECK(settings.override_by_job("password", "env:MINE").error().code == Code::setting_locked);
    CHECK(settings.override_by_job("session_token", "env:MINE")); // no connector value to protect

    folder.write("config", "[connector deploy]\nidp_url = https://idp.example\noverridable = idp_url\n", 0600);
    Settings other;
    const auto loaded = other.load_connector(folder.path("config"), "deploy");
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().setting == "overridable");
}

TEST_CASE("security rule 1: without a connector the job is alone and may set what it wants, but not the host's") {
    Settings settings;
    CHECK(settings.override_by_job("idp_url", "https://idp.example"));
    CHECK(settings.override_by_job("allow_commands", "true").error().code == Code::setting_locked);
}

TEST_CASE("security rule 1: repeating the connector's value does not open it for the next source") {
    const TemporaryFolder folder;
    Settings settings = with_connector(folder, "policy = {\"narrow\":1}\nuser = svc\nexternal_id = x\n");
    for (const auto& [name, same, other] :
         {std::tuple{"policy", "{\"narrow\":1}", "{\"WIDE\":1}"}, {"user", "svc", "root"}, {"external_id", "x", "y"}}) {
        CHECK(settings.override_by_job(name, same));
        CHECK(settings.override_by_job(name, other).error().code == Code::setting_locked);
        CHECK(settings.override_by_job(name, "").error().code == Code::setting_locked);
        CHECK(settings.text(name) == same);
    }
}

TEST_CASE("security rule 1: a job's value of the call is judged by the context's connector") {
    const TemporaryFolder folder;
    const Settings context =
        with_connector(folder, "idp_url = https://idp.example\npolicy = {}\npassword = file:/secret\n");
    for (const auto& [name, value] : {std::pair{"idp_url", "https://evil.example"},
                                      {"policy", "{\"WIDE\":1}"},
                                      {"policy_arns", "arn:aws:iam::aws:policy/X"}}) {
        Settings call;
        REQUIRE(call.override_by_job(name, value)); // nothing to judge it by yet
        CHECK(context.overlaid_by(call).error().code == Code::setting_locked);
    }
    Settings call;
    REQUIRE(call.override_by_job("duration", "15m"));
    CHECK(context.overlaid_by(call)->text("duration") == "15m");
}

TEST_CASE("security rule 1: what the host program sets, a job cannot change either") {
    Settings settings;
    REQUIRE(settings.set("policy", "{}"));
    REQUIRE(settings.set_secret("password", "hunter2"));
    CHECK(settings.override_by_job("policy", "{\"WIDE\":1}").error().code == Code::setting_locked);
    CHECK(settings.override_by_job("password", "env:MINE").error().code == Code::setting_locked);
    CHECK(settings.override_by_job("idp_url", "https://evil.example").error().code == Code::setting_locked);
    CHECK(settings.override_by_job("role_arn", "arn:aws:iam::1:role/a"));
    REQUIRE(settings.set("role_arn", "arn:aws:iam::1:role/b")); // the host's word is the last one
    CHECK(settings.text("role_arn") == "arn:aws:iam::1:role/b");
}

TEST_CASE("security rule 1: every setting of a family must be overridable for one of them to be") {
    const TemporaryFolder folder;
    Settings settings =
        with_connector(folder, "policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess\noverridable = policy\n");
    CHECK(settings.override_by_job("policy", "{\"ADMIN\":1}").error().code == Code::setting_locked);
}

TEST_CASE("two connectors are not mixed") {
    const TemporaryFolder folder;
    folder.write("two", "[connector a]\npassword = file:/a\n[connector b]\nidp_url = https://b.example\n", 0600);
    Settings a;
    Settings b;
    REQUIRE(a.load_connector(folder.path("two"), "a"));
    REQUIRE(b.load_connector(folder.path("two"), "b"));
    CHECK(a.load_connector(folder.path("two"), "b").error().code == Code::usage);
    CHECK(a.overlaid_by(b).error().code == Code::usage);
}

TEST_CASE("an empty secret is refused: it would be an attempt all the same") {
    Settings settings;
    REQUIRE(settings.set_secret("password", ""));
    const auto secret = settings.secret("password", never);
    CHECK(secret.error().code == Code::secret_unreadable);
    CHECK(secret.error().setting == "password");
}

TEST_CASE("a connector that is not there is refused, and those that are there are named") {
    const TemporaryFolder folder;
    folder.write("config", "[profile x]\na = b\n[connector build]\n[connector deploy]\n", 0600);
    Settings settings;
    const auto loaded = settings.load_connector(folder.path("config"), "deploi");
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == Code::connector_unknown);
    CHECK(loaded.error().advice == "Use one of these:\nbuild\ndeploy");
    CHECK(settings.load_connector(folder.path("nowhere"), "deploy").error().code == Code::config_unreadable);
}

TEST_CASE("security rule 3: the environment is read only when the host asks for it") {
    ::setenv("AWSFED_USER", "from-environment", 1);
    Settings settings;
    CHECK_FALSE(settings.has("user"));
    CHECK(settings.read_environment());
    CHECK(settings.text("user") == "from-environment");
    ::unsetenv("AWSFED_USER");
}

TEST_CASE("security rule 1: a variable that a connector locks is refused by its name") {
    const TemporaryFolder folder;
    Settings settings = with_connector(folder, "user = svc\n");
    ::setenv("AWSFED_USER", "root", 1);
    const auto done = settings.read_environment();
    ::unsetenv("AWSFED_USER");
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Code::setting_locked);
    CHECK(done.error().message.find("AWSFED_USER") != std::string::npos);
}

TEST_CASE("security rule 4: a secret is taken as bytes or as a reference, never as a value") {
    Settings settings;
    const auto done = settings.set("password", "hunter2");
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Code::secret_reference);
    CHECK(done.error().setting == "password");
    CHECK(done.error().message.find("hunter2") == std::string::npos);

    CHECK(settings.set_secret("password", std::string_view("a\0b", 3)));
    CHECK((*settings.secret("password", never))->reveal() == std::string_view("a\0b", 3));
    CHECK(settings.set_secret("user", "x").error().code == Code::usage);

    const TemporaryFolder folder;
    folder.write("config", "[connector deploy]\npassword = hunter2\n", 0600);
    Settings other;
    CHECK(other.load_connector(folder.path("config"), "deploy").error().code == Code::secret_reference);
}
