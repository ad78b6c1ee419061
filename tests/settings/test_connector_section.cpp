#include "settings/connector_section.h"

#include "settings/settings.h"
#include "temporary_folder.h"

#include <doctest/doctest.h>

using namespace awsfed;

namespace {

constexpr std::string_view two = "[connector deploy]\nid = 6f1c1a1e-6d0b\nregion = eu-central-1\n"
                                 "[connector audit]\nregion = eu-west-1\n"
                                 "[profile other]\nregion = us-east-1\n";

struct Files {
    TemporaryFolder folder;

    Result<std::string> region_of(std::string_view text, std::string_view wanted) const {
        Settings settings;
        AWSFED_CHECK(settings.load_connector(folder.write("config", text, 0600), wanted));
        return settings.text("region");
    }
    Error refusal_of(std::string_view text, std::string_view wanted = "deploy") const {
        auto region = region_of(text, wanted);
        REQUIRE_FALSE(region);
        return region.error();
    }
};

} // namespace

TEST_CASE("a connector is found by its name and by its id") {
    const Files files;
    CHECK(files.region_of(two, "deploy").value_or("") == "eu-central-1");
    CHECK(files.region_of(two, "6f1c1a1e-6d0b").value_or("") == "eu-central-1");
    Settings settings;
    REQUIRE(settings.load_connector(files.folder.path("config"), "6f1c1a1e-6d0b"));
    CHECK(settings.connector() == "deploy");
    CHECK(settings.connector_id() == "6f1c1a1e-6d0b");
    CHECK(settings.overlaid_by(Settings())->connector_id() == "6f1c1a1e-6d0b");
}

TEST_CASE("a name wins over another one's id") {
    const Files files;
    CHECK(files.region_of(std::string(two) + "[connector third]\nid = audit\nregion = sa-east-1\n", "audit")
              .value_or("") == "eu-west-1");
}

TEST_CASE("an unknown connector is refused, and those that there are are listed with their ids") {
    const Files files;
    for (const std::string_view wanted : {"other", "6F1C1A1E-6D0B", "Deploy", ""}) {
        const Error error = files.refusal_of(two, wanted);
        CHECK(error.code == Code::connector_unknown);
        CHECK(error.advice == "Use one of these:\ndeploy (id 6f1c1a1e-6d0b)\naudit");
    }
    CHECK(files.refusal_of("[profile other]\n").advice == "It has no [connector NAME] section at all.");
}

TEST_CASE("two connectors with one id are a mistake, whichever is asked for") {
    const Files files;
    const Error error = files.refusal_of(std::string(two) + "[connector third]\nid = 6f1c1a1e-6d0b\n", "audit");
    CHECK(error.code == Code::config_malformed);
    CHECK(error.message == "The connectors \"deploy\" and \"third\" have the same id 6f1c1a1e-6d0b.");
}

TEST_CASE("an id that is none is refused") {
    const Files files;
    for (const std::string& id :
         {std::string(), std::string("two words"), std::string("gr\xC3\xB6n"), std::string(257, 'a')}) {
        const Error error = files.refusal_of("[connector deploy]\nid = " + id + "\n");
        CHECK(error.code == Code::config_malformed);
        CHECK(error.setting == "id");
    }
    CHECK(files.region_of("[connector deploy]\nregion = x\nid = " + std::string(256, 'a'), std::string(256, 'a'))
              .value_or("") == "x");
}

TEST_CASE("an id is no setting: nothing but its section says it") {
    Settings settings;
    CHECK(settings.set("id", "6f1c1a1e-6d0b").error().code == Code::setting_unknown);
    CHECK(settings.override_by_job("id", "6f1c1a1e-6d0b").error().code == Code::setting_unknown);
}
