// Calls of STS by one context, one after the other.
#include "flow/obtain.h"
#include "http/tls_server.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace awsfed;

namespace {

const Cancel never;

// An STS that gives the same session for everything, and remembers what it was asked.
struct Scene {
    TlsServer host;
    TemporaryFolder folder;
    std::string ca_file = folder.write("ca.pem", host.identity.pem(), 0644);
    std::vector<httplib::Request> asked{};
    Credentials source{};

    Scene() {
        host.server.Post("/", [this](const httplib::Request& request, httplib::Response& response) {
            asked.push_back(request);
            response.set_content(
                R"(<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>)"
                R"(<Credentials><AccessKeyId>ASIAFAKEFAKEFAKEFAKE</AccessKeyId><SecretAccessKey>fake</S)"
                R"(ecretAccessKey><SessionToken>fake</SessionToken><Expiration>2030-01-01T00:00:00Z</Exp)"
                R"(iration></Credentials></AssumeRoleResult></AssumeRoleResponse>)",
                "text/xml");
        });
        host.start();
        source.access_key_id = Secret("AKIDEXAMPLE");
        source.secret_access_key = Secret("wJalrXUtnFEMI");
    }
    Settings settings(const std::vector<std::pair<std::string, std::string>>& more = {}) const {
        Settings settings;
        for (const auto& values :
             {std::vector<std::pair<std::string, std::string>>{{"sts_endpoint", host.url("/")},
                                                               {"region", "eu-central-1"},
                                                               {"ca_file", ca_file},
                                                               {"role_arn", "arn:aws:iam::123456789012:role/build"},
                                                               {"role_session_name", "build-1"}},
              more}) {
            for (const auto& [name, value] : values)
                REQUIRE(settings.set(name, value));
        }
        return settings;
    }
    void take_role(const Context& context, const Settings* call, const Credentials* caller) const {
        const auto keys = session_by(StsAction::assume_role, context, call, caller, never);
        REQUIRE(keys);
        CHECK(keys->access_key_id.reveal() == "ASIAFAKEFAKEFAKEFAKE");
    }
    std::string sent(const std::string& parameter) const { return asked.back().get_param_value(parameter); }
    bool signed_by(const std::string& key_id) const {
        return asked.back().get_header_value("Authorization").find("Credential=" + key_id + "/") != std::string::npos;
    }
};

} // namespace

TEST_CASE("two calls of one context go over one connection") {
    const Scene scene;
    const Context context(scene.settings());
    for (int i = 0; i < 2; ++i)
        scene.take_role(context, nullptr, &scene.source);
    CHECK(scene.host.connections() == 1);
}

TEST_CASE("a call's own settings count for that call alone") {
    const Scene scene;
    const Context context(scene.settings());
    Settings other;
    REQUIRE(other.set("role_session_name", "build-2"));
    scene.take_role(context, nullptr, &scene.source);
    CHECK(scene.sent("RoleSessionName") == "build-1");
    scene.take_role(context, &other, &scene.source);
    CHECK(scene.sent("RoleSessionName") == "build-2");
    scene.take_role(context, nullptr, &scene.source);
    CHECK(scene.sent("RoleSessionName") == "build-1");
}

TEST_CASE("each call is signed by its own caller, whoever called before") {
    const Scene scene;
    Settings settings = scene.settings({{"access_key_id", "AKIDOFSETTINGS"}});
    REQUIRE(settings.set_secret("secret_access_key", "wJalrXUtnFEMI"));
    const Context context(std::move(settings));
    for (int i = 0; i < 2; ++i) {
        scene.take_role(context, nullptr, &scene.source);
        CHECK(scene.signed_by("AKIDEXAMPLE"));
        scene.take_role(context, nullptr, nullptr);
        CHECK(scene.signed_by("AKIDOFSETTINGS"));
    }
    Credentials third = scene.source.clone();
    third.access_key_id = Secret("AKIDTHIRD");
    scene.take_role(context, nullptr, &third);
    CHECK(scene.signed_by("AKIDTHIRD"));
}

TEST_CASE("what lies outside of the settings is looked at for every call") {
    const Scene scene;
    SUBCASE("a policy file") {
        const std::string first = R"({"Version":"2012-10-17","Statement":[]})";
        const std::string second = R"({"Statement":[],"Version":"2012-10-17"})";
        const std::string file = scene.folder.write("policy.json", first, 0644);
        const Context context(scene.settings({{"policy_file", file}}));
        scene.take_role(context, nullptr, &scene.source);
        CHECK(scene.sent("Policy") == first);
        scene.folder.write("policy.json", second, 0644);
        scene.take_role(context, nullptr, &scene.source);
        CHECK(scene.sent("Policy") == second);
    }
    SUBCASE("a secret that is kept elsewhere") {
        const std::string file = scene.folder.write("key", "wJalrXUtnFEMI", 0600);
        const Context context(
            scene.settings({{"access_key_id", "AKIDEXAMPLE"}, {"secret_access_key", "file:" + file}}));
        scene.take_role(context, nullptr, nullptr);
        scene.folder.write("key", "has a blank", 0600);
        CHECK_FALSE(session_by(StsAction::assume_role, context, nullptr, nullptr, never));
    }
}
