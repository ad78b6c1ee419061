#include "aws/partition.h"

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
        const auto endpoint = sts_endpoint(region);
        REQUIRE(endpoint);
        CHECK(endpoint->origin() == url);
    }
}

TEST_CASE("the partition of a region is the second part of its ARNs") {
    CHECK(partitions().size() == 8);
    CHECK(partition_of("us-gov-east-1").id == "aws-us-gov");
    CHECK(partition_of("eusc-de-east-1").id == "aws-eusc");
    CHECK(partition_of("us-iso-west-1").id == "aws-iso");
    CHECK(partition_of("aws-cn-global").id == "aws-cn");
    CHECK(partition_of("us-west-2").id == "aws");
}

TEST_CASE("a region that cannot be part of a host name is refused, and the setting is named") {
    for (const std::string& region :
         {std::string(), std::string("-us-east-1"), std::string("us-east-1-"), std::string("us east"),
          std::string("us-east-1.evil.example/"), std::string("US-EAST-1"), std::string("12345"),
          std::string("us_east_1"), std::string("us-east-1\n"), std::string("evil.example#"), std::string(64, 'a')}) {
        const auto endpoint = sts_endpoint(region);
        REQUIRE_FALSE(endpoint);
        CHECK(endpoint.error().code == Code::setting_invalid);
        CHECK(endpoint.error().setting == "region");
        CHECK(endpoint.error().advice.find("eu-central-1") != std::string::npos);
    }
}
