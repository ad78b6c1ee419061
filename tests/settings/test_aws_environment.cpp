#include "settings/aws_environment.h"

#include "settings/settings.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>

using namespace awsfed;

namespace {

using Environment = std::map<std::string, std::string>;

Variables variables_of(Environment environment) {
    return [environment = std::move(environment)](const char* name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
}

constexpr std::string_view config = "[profile build]\n"
                                    "endpoint_url = https://all.example\n"
                                    "services = ours\n"
                                    "region = eu-central-1\n"
                                    "use_fips_endpoint = TRUE\n"
                                    "[profile plain]\n"
                                    "endpoint_url = https://plain.example\n"
                                    "[profile off]\n"
                                    "ignore_configured_endpoint_urls = true\n"
                                    "endpoint_url = https://off.example\n"
                                    "[services ours]\n"
                                    "s3 =\n"
                                    "  endpoint_url = https://s3.example\n"
                                    "sts =\n"
                                    "  endpoint_url = https://sts.example\n";

std::string endpoint(std::string_view profile, Environment environment) {
    const auto hint = configured_endpoint("sts", config, profile, variables_of(std::move(environment)));
    return !hint ? "refused" : *hint ? (*hint)->value : "none";
}

// The environment of this process, put back at the end.
class Scene {
public:
    explicit Scene(const Environment& environment) {
        for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_CONFIG_FILE",
                                 "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_USE_FIPS_ENDPOINT", "AWS_CA_BUNDLE"})
            ::unsetenv(name);
        ::setenv("AWS_CONFIG_FILE", "/dev/null", 1);
        for (const auto& [name, value] : environment)
            ::setenv(name.c_str(), value.c_str(), 1);
        names_ = environment;
    }
    ~Scene() {
        for (const auto& [name, value] : names_)
            ::unsetenv(name.c_str());
        ::unsetenv("AWS_CONFIG_FILE");
    }
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

private:
    Environment names_;
};

} // namespace

TEST_CASE("an endpoint is taken from the nearest that names one") {
    CHECK(endpoint("build", {{"AWS_ENDPOINT_URL_STS", "https://a"}, {"AWS_ENDPOINT_URL", "https://b"}}) == "https://a");
    CHECK(endpoint("build", {{"AWS_ENDPOINT_URL", "https://b"}}) == "https://b");
    CHECK(endpoint("build", {}) == "https://sts.example");
    CHECK(endpoint("plain", {}) == "https://plain.example");
    CHECK(endpoint("nobody", {}) == "none");
    CHECK(endpoint("off", {}) == "none");
    CHECK(endpoint("off", {{"AWS_ENDPOINT_URL_STS", "https://a"}}) == "none");
    CHECK(endpoint("build", {{"AWS_ENDPOINT_URL_STS", "https://a"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"}}) ==
          "none");
}

TEST_CASE("security rule 3: AWS's variables are read only when the host asks for it, and under all others") {
    const Scene scene(Environment{{"AWS_REGION", "eu-west-1"}, {"AWS_ENDPOINT_URL_STS", "https://sts.example"}});
    Settings settings;
    CHECK_FALSE(settings.has("region"));
    REQUIRE(settings.read_aws_environment());
    CHECK(settings.text("region") == "eu-west-1");
    CHECK(settings.text("sts_endpoint") == "https://sts.example");
    REQUIRE(settings.set("region", "eu-central-1"));
    CHECK(settings.text("region") == "eu-central-1");
    // With a word of the host's there is somebody whose keys could be led astray.
    CHECK_FALSE(settings.has("sts_endpoint"));
    const auto merged = Settings().overlaid_by(settings);
    REQUIRE(merged);
    CHECK_FALSE(merged->has("sts_endpoint"));
    CHECK(merged->text("region") == "eu-central-1");
}

TEST_CASE("an endpoint for other tools does not meet another wish of the same kind") {
    const Scene scene(Environment{{"AWS_USE_FIPS_ENDPOINT", "true"}});
    Settings settings;
    REQUIRE(settings.set("sts_endpoint", "https://sts.example"));
    REQUIRE(settings.read_aws_environment());
    CHECK_FALSE(settings.boolean("fips"));
}

TEST_CASE("a variable that is no value names itself") {
    const Scene scene(Environment{{"AWS_USE_FIPS_ENDPOINT", "maybe"}});
    Settings settings;
    const auto done = settings.read_aws_environment();
    REQUIRE_FALSE(done);
    CHECK(done.error().message.find("AWS_USE_FIPS_ENDPOINT is refused") != std::string::npos);
    CHECK(done.error().setting == "fips");
}

TEST_CASE("a profile's words are read from AWS's config file") {
    const TemporaryFolder folder;
    const std::string path = folder.write("config", config, 0600);
    const Scene scene(Environment{{"AWS_CONFIG_FILE", path}, {"AWS_PROFILE", "build"}});
    const auto hints = aws_hints([](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    });
    REQUIRE(hints);
    std::map<std::string, std::string> found;
    for (const AwsHint& hint : *hints)
        found.emplace(hint.setting, hint.value);
    CHECK(found == std::map<std::string, std::string>{
                       {"fips", "true"}, {"region", "eu-central-1"}, {"sts_endpoint", "https://sts.example"}});
}

TEST_CASE("a config file that is malformed is named") {
    const TemporaryFolder folder;
    const std::string path = folder.write("config", "region = eu-central-1\n", 0600);
    const Scene scene(Environment{{"AWS_CONFIG_FILE", path}});
    Settings settings;
    const auto done = settings.read_aws_environment();
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Code::config_malformed);
    CHECK(done.error().message.find(path) != std::string::npos);
}

TEST_CASE("a config file that is named and not there is an error") {
    const Scene scene(Environment{{"AWS_CONFIG_FILE", "/nowhere/config"}});
    Settings settings;
    CHECK(settings.read_aws_environment().error().code == Code::config_unreadable);
}
