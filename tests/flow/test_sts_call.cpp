// Calls of STS by one context, one after the other.
#include "flow/sts_scene.h"

using namespace awsfed;

namespace {

const Cancel never;

void take_role(const Context& context, const Settings* call, const Credentials* caller) {
    const auto keys = session_by(StsAction::assume_role, context, call, caller, never);
    REQUIRE(keys);
    CHECK(keys->access_key_id.reveal() == StsScene::key_id_of("build"));
}

} // namespace

TEST_CASE("two calls of one context go over one connection") {
    const StsScene scene;
    const Context context(scene.settings());
    for (int i = 0; i < 2; ++i)
        take_role(context, nullptr, &scene.source);
    CHECK(scene.host.connections() == 1);
}

TEST_CASE("a call's own settings count for that call alone") {
    const StsScene scene;
    const Context context(scene.settings());
    Settings other;
    REQUIRE(other.set("role_session_name", "build-2"));
    take_role(context, nullptr, &scene.source);
    CHECK(scene.sent("RoleSessionName") == "build-1");
    take_role(context, &other, &scene.source);
    CHECK(scene.sent("RoleSessionName") == "build-2");
    take_role(context, nullptr, &scene.source);
    CHECK(scene.sent("RoleSessionName") == "build-1");
}

TEST_CASE("each call is signed by its own caller, whoever called before") {
    const StsScene scene;
    Settings settings = scene.settings({{"access_key_id", "AKIDOFSETTINGS"}});
    REQUIRE(settings.set_secret("secret_access_key", "wJalrXUtnFEMI"));
    const Context context(std::move(settings));
    for (int i = 0; i < 2; ++i) {
        take_role(context, nullptr, &scene.source);
        CHECK(scene.signed_by("AKIDEXAMPLE"));
        take_role(context, nullptr, nullptr);
        CHECK(scene.signed_by("AKIDOFSETTINGS"));
    }
    Credentials third = scene.source.clone();
    third.access_key_id = Secret("AKIDTHIRD");
    take_role(context, nullptr, &third);
    CHECK(scene.signed_by("AKIDTHIRD"));
}

TEST_CASE("what lies outside of the settings is looked at for every call") {
    const StsScene scene;
    SUBCASE("a policy file") {
        const std::string first = R"({"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}})";
        const std::string second = R"({"Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}})";
        const std::string file = scene.folder.write("policy.json", first, 0644);
        const Context context(scene.settings({{"policy_file", file}}));
        take_role(context, nullptr, &scene.source);
        CHECK(scene.sent("Policy") == first);
        scene.folder.write("policy.json", second, 0644);
        take_role(context, nullptr, &scene.source);
        CHECK(scene.sent("Policy") == second);
    }
    SUBCASE("a secret that is kept elsewhere") {
        const std::string file = scene.folder.write("key", "wJalrXUtnFEMI", 0600);
        const Context context(
            scene.settings({{"access_key_id", "AKIDEXAMPLE"}, {"secret_access_key", "file:" + file}}));
        take_role(context, nullptr, nullptr);
        scene.folder.write("key", "has a blank", 0600);
        CHECK_FALSE(session_by(StsAction::assume_role, context, nullptr, nullptr, never));
    }
}
