#include "aws/endpoint.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>

using namespace awsfed;

TEST_CASE("each partition's STS is found by its region") {
    const std::array<std::pair<std::string_view, std::string_view>, 14> endpoints{{
        {"us-east-1", "https://sts.us-east-1.amazonaws.com"},
        {"me-west-1", "https://sts.me-west-1.amazonaws.com"},
        {"il-central-1", "https://sts.il-central-1.amazonaws.com"},
        {"us-east-99", "https://sts.us-east-99.amazonaws.com"},
        {"cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn"},
        {"cn-south-7", "https://sts.cn-south-7.amazonaws.com.cn"},
        {"us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com"},
        {"eusc-de-east-1", "https://sts.eusc-de-east-1.amazonaws.eu"},
        {"us-iso-east-1", "https://sts.us-iso-east-1.c2s.ic.gov"},
        {"us-isob-east-1", "https://sts.us-isob-east-1.sc2s.sgov.gov"},
        {"eu-isoe-west-1", "https://sts.eu-isoe-west-1.cloud.adc-e.uk"},
        {"us-isof-south-1", "https://sts.us-isof-south-1.csp.hci.ic.gov"},
        {"mars-north-1", "https://sts.mars-north-1.amazonaws.com"},
        {"cn-northwest", "https://sts.cn-northwest.amazonaws.com"},
    }};
    for (const auto& [region, url] : endpoints) {
        const auto endpoint = sts_endpoint({.region = std::string(region)});
        REQUIRE(endpoint);
        CHECK(endpoint->url.origin() == url);
    }
}

TEST_CASE("a region that cannot be part of a host name is refused, and the setting is named") {
    for (const std::string& region :
         {std::string("-us-east-1"), std::string("us-east-1-"), std::string("us east"),
          std::string("us-east-1.evil.example/"), std::string("US-EAST-1"), std::string("12345"),
          std::string("us_east_1"), std::string("us-east-1\n"), std::string("evil.example#"), std::string(64, 'a')}) {
        const auto endpoint = sts_endpoint({.region = region});
        REQUIRE_FALSE(endpoint);
        CHECK(endpoint.error().code == Code::setting_invalid);
        CHECK(endpoint.error().setting == "region");
        CHECK(endpoint.error().advice.find("eu-central-1") != std::string::npos);
    }
}

TEST_CASE("the old global endpoint is taken on demand only, and signed for another region") {
    const auto plain = sts_endpoint({.region = "eu-west-1"});
    REQUIRE(plain);
    CHECK(plain->url.host() == "sts.eu-west-1.amazonaws.com");
    CHECK_FALSE(plain->is_global);
    const auto global = sts_endpoint({.region = "eu-west-1", .legacy_global = true});
    REQUIRE(global);
    CHECK(global->url.host() == "sts.amazonaws.com");
    CHECK(global->signing_region == "us-east-1");
    CHECK(global->is_global);
    // It never knew the regions that must be enabled, nor other partitions.
    for (const char* region : {"af-south-1", "cn-north-1", "us-gov-west-1"})
        CHECK_FALSE(sts_endpoint({.region = region, .legacy_global = true})->is_global);
}

TEST_CASE("an endpoint of one's own goes with neither FIPS nor dual stack") {
    const auto own = Url::parse("https://sts.example.com:8443/sts").value();
    const auto kept = sts_endpoint({.given = own});
    REQUIRE(kept);
    CHECK(kept->url.text() == own.text());
    CHECK(kept->signing_region.empty());
    const auto fips = sts_endpoint({.region = "eu-west-1", .fips = true, .given = own});
    REQUIRE_FALSE(fips);
    CHECK(fips.error().code == Code::setting_conflict);
    CHECK(fips.error().setting == "fips");
    CHECK(sts_endpoint({.region = "eu-west-1", .dualstack = true, .given = own}).error().setting == "dualstack");
    CHECK(sts_endpoint({}).error().setting == "region");
}
