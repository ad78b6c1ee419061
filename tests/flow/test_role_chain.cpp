// Roles that are taken one after the other.
#include "flow/sts_scene.h"

#include <cstdlib>

using namespace awsfed;

namespace {

const std::string reading_policy =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}})";

const Cancel never;

Settings chain(const StsScene& scene, const StsScene::Values& more = {}) {
    Settings settings = scene.settings(
        {{"access_key_id", "AKIDEXAMPLE"}, {"role_chain", StsScene::role("hub") + ", " + StsScene::role("deploy")}});
    for (const auto& [name, value] : more)
        REQUIRE(settings.set(name, value));
    REQUIRE(settings.set_secret("secret_access_key", "wJalrXUtnFEMI"));
    return settings;
}

std::string key_id(const Result<Credentials>& outcome) {
    return outcome ? std::string(outcome->access_key_id.reveal()) : std::string(row_of(outcome.error().code).text);
}

} // namespace

TEST_CASE("each role is taken with the session of the one before") {
    const StsScene scene;
    const Context context(chain(scene));
    CHECK(key_id(obtain(context, nullptr, never)) == StsScene::key_id_of("deploy"));
    REQUIRE(scene.calls() == 3);
    CHECK(scene.sent(0, "RoleArn") == StsScene::role("build"));
    CHECK(scene.sent(1, "RoleArn") == StsScene::role("hub"));
    CHECK(scene.sent(2, "RoleArn") == StsScene::role("deploy"));
    CHECK(scene.signed_by(StsScene::key_id_of("hub")));
    for (std::size_t call = 0; call < 3; ++call)
        CHECK(scene.sent(call, "RoleSessionName") == "build-1");
}

TEST_CASE("the session's name is kept where none is set for further roles, and the policy is for the last alone") {
    const StsScene scene;
    const Context context(chain(scene, {{"policy", reading_policy},
                                        {"source_identity", "alice"},
                                        {"session_tags", R"({"plan":"WEB"})"},
                                        {"external_id", "corp-1"},
                                        {"duration", "4h"}}));
    REQUIRE(obtain(context, nullptr, never));
    REQUIRE(scene.calls() == 3);
    const auto sent = [&](const std::string& parameter) {
        return std::vector{scene.sent(0, parameter), scene.sent(1, parameter), scene.sent(2, parameter)};
    };
    CHECK(sent("Policy") == std::vector<std::string>{"", "", reading_policy});
    CHECK(sent("SourceIdentity") == std::vector<std::string>{"alice", "", ""}); // AWS keeps it
    CHECK(sent("Tags.member.1.Value") == std::vector<std::string>{"WEB", "", ""});
    CHECK(sent("ExternalId") == std::vector<std::string>{"corp-1", "corp-1", "corp-1"});
    CHECK(sent("DurationSeconds") == std::vector<std::string>{"14400", "3600", "3600"});
}

TEST_CASE("with strict_duration, more than an hour is refused for a chain") {
    const StsScene scene;
    const Context context(chain(scene, {{"duration", "4h"}, {"strict_duration", "true"}}));
    CHECK_FALSE(obtain(context, nullptr, never));
}

TEST_CASE("each hop is kept alone: who goes another way from the same role takes it from there") {
    const StsScene scene;
    const Context context(chain(scene));
    for (int i = 0; i < 2; ++i)
        CHECK(key_id(obtain(context, nullptr, never)) == StsScene::key_id_of("deploy"));
    CHECK(scene.calls() == 3);
    Settings other;
    REQUIRE(other.set("role_chain", StsScene::role("hub") + "," + StsScene::role("test")));
    CHECK(key_id(obtain(context, &other, never)) == StsScene::key_id_of("test"));
    CHECK(scene.calls() == 4);
    REQUIRE(other.set("role_chain", StsScene::role("test")));
    CHECK(key_id(obtain(context, &other, never)) == StsScene::key_id_of("test"));
    CHECK(scene.calls() == 5); // by another way it is another session
    Settings narrower;
    REQUIRE(narrower.set("policy", reading_policy));
    CHECK(obtain(context, &narrower, never));
    CHECK(scene.calls() == 6);
}

TEST_CASE("a chain is of roles, and not of too many") {
    const StsScene scene;
    for (const std::string& wrong : {std::string("deploy"), std::string("arn:aws:iam::123456789012:user/alice"),
                                     fmt::format("{0},{0},{0},{0},{0},{0}", StsScene::role("hub"))}) {
        const Context context(chain(scene, {{"role_chain", wrong}}));
        const auto refused = obtain(context, nullptr, never);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Code::setting_invalid);
        CHECK(refused.error().setting == "role_chain");
    }
    CHECK(scene.calls() == 0);
}

TEST_CASE("a call that takes one role refuses a chain, since its session would be another one than was meant") {
    const StsScene scene;
    const Context context(chain(scene));
    CHECK(session_by(StsAction::assume_role, context, nullptr, nullptr, never).error().code == Code::setting_conflict);
    CHECK(narrow(context, nullptr, scene.source, never).error().code == Code::setting_conflict);
    CHECK(scene.calls() == 0);
}

TEST_CASE("what AWS's own variables say counts for every role of the chain") {
    const StsScene scene;
    ::setenv("AWS_ENDPOINT_URL_STS", scene.host.url("/").c_str(), 1);
    ::setenv("CHAIN_TEST_KEY", "wJalrXUtnFEMI", 1);
    Settings settings;
    for (const auto& [name, value] : StsScene::Values{{"ca_file", scene.ca_file},
                                                      {"region", "eu-central-1"},
                                                      {"attempts", "1"},
                                                      {"role_arn", StsScene::role("build")},
                                                      {"role_chain", StsScene::role("deploy")},
                                                      {"role_session_name", "build-1"},
                                                      {"access_key_id", "AKIDEXAMPLE"},
                                                      {"secret_access_key", "env:CHAIN_TEST_KEY"}})
        REQUIRE(settings.override_by_job(name, value));
    REQUIRE(settings.read_aws_environment());
    ::unsetenv("AWS_ENDPOINT_URL_STS");
    const Context context(std::move(settings));
    CHECK(key_id(obtain(context, nullptr, never)) == StsScene::key_id_of("deploy"));
    CHECK(scene.calls() == 2);
}
