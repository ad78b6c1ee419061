#include "idp/adfs_connector.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

Result<AdfsUrls> urls(const std::string& idp_url, const std::string& relying_party = "urn:amazon:webservices") {
    return adfs_urls(*Url::parse(idp_url), relying_party);
}

} // namespace

TEST_CASE("the host alone and the address of AD FS's page are the same entry") {
    const std::string entry =
        "https://sts.example/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn%3Aamazon%3Awebservices";
    for (const char* given :
         {"https://sts.example", "https://sts.example/", "https://STS.example:443/adfs", "https://sts.example/adfs/ls",
          "https://sts.example/adfs/ls/", "https://sts.example/adfs/ls/IdpInitiatedSignon.aspx",
          "https://sts.example/ADFS/LS/idpinitiatedsignon"}) {
        CAPTURE(given);
        const auto made = urls(given);
        REQUIRE(made);
        CHECK(made->idp_initiated.query() == "loginToRp=urn%3Aamazon%3Awebservices");
        CHECK(made->idp_initiated.host() == "sts.example");
        CHECK(made->passive.path().ends_with("/"));
    }
    CHECK(urls("https://sts.example")->idp_initiated.text() == entry);
    CHECK(urls("https://sts.example")->passive.text() == "https://sts.example/adfs/ls/");
}

TEST_CASE("an address with its own relying party is taken as it is") {
    const auto made = urls("https://sts.example/adfs/ls/idpinitiatedsignon.aspx?logintorp=urn:x&a=1");
    REQUIRE(made);
    CHECK(made->idp_initiated.query() == "logintorp=urn:x&a=1");
}

TEST_CASE("a folder that a proxy puts in front stays") {
    CHECK(urls("https://proxy.example/corp/adfs/ls/")->passive.text() == "https://proxy.example/corp/adfs/ls/");
}

TEST_CASE("a relying party's characters are encoded") {
    CHECK(urls("https://sts.example", "https://x/?a=b&c d")->idp_initiated.query() ==
          "loginToRp=https%3A%2F%2Fx%2F%3Fa%3Db%26c%20d");
}

TEST_CASE("an address that AD FS does not have is refused, and the right one proposed") {
    for (const char* given :
         {"https://sts.example/adfs/ls/idpinitiatedsignon.htm", "https://sts.example/adfs/portal/",
          "https://sts.example/start", "https://sts.example/adfs/lsx", "https://sts.example/adfs/ls/wia"}) {
        CAPTURE(given);
        const auto made = urls(given);
        REQUIRE_FALSE(made);
        CHECK(made.error().code == Code::setting_invalid);
        CHECK(made.error().setting == "idp_url");
        CHECK(made.error().advice.find("https://sts.example/adfs/ls/IdpInitiatedSignOn.aspx") != std::string::npos);
    }
}

TEST_CASE("a user name with a domain is taken as it is, and a bare one gets the default") {
    CHECK(*adfs_user_name("alice@corp.example", "OTHER") == "alice@corp.example");
    CHECK(*adfs_user_name("CORP\\alice", "OTHER") == "CORP\\alice");
    CHECK(*adfs_user_name("alice", "CORP") == "CORP\\alice");
    CHECK(*adfs_user_name("alice", "corp.example") == "alice@corp.example");
}

TEST_CASE("a bare user name without a default domain is refused, and the setting is named") {
    const auto name = adfs_user_name("alice", "");
    REQUIRE_FALSE(name);
    CHECK(name.error().code == Code::user_name_form);
    CHECK(name.error().setting == "user");
    CHECK(name.error().advice.find("default_domain") != std::string::npos);
}
