#include "settings/config_file.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

TEST_CASE("sections, properties, comments and continued values are read as the AWS SDKs read them") {
    const auto sections = read_config("# comment\r\n"
                                      "[ connector  deploy ]# adjacent comment\r\n"
                                      "Idp_Url = https://idp.example/?a=b#c # comment\r\n"
                                      "policy = {\n"
                                      "\t\"Statement\": [] # no comment here }\n"
                                      "[default]\n"
                                      "a=1\n"
                                      "[connector deploy]\n"
                                      "user =\tsvc;x\n"
                                      "user = svc2 ; the last one wins\n");
    REQUIRE(sections);
    REQUIRE(sections->size() == 2);
    const auto& deploy = sections->front();
    CHECK(deploy.type == "connector");
    CHECK(deploy.name == "deploy");
    CHECK(deploy.properties.at("idp_url") == "https://idp.example/?a=b#c");
    CHECK(deploy.properties.at("policy") == "{\n\"Statement\": [] # no comment here }");
    CHECK(deploy.properties.at("user") == "svc2");
    CHECK(sections->back().type.empty());
    CHECK(sections->back().name == "default");
}

TEST_CASE("nested properties are kept as text, and must be properties") {
    CHECK(read_config("[a]\ns3 =\n  x = 1\n\n  y = 2\n")->front().properties.at("s3") == "\nx = 1\ny = 2");
    CHECK(read_config("[a]\ns3 =\n  x\n").error().code == Code::config_malformed);
    CHECK(read_config("[a]\ns3 =\n  = x\n").error().code == Code::config_malformed);
}

TEST_CASE("a malformed file is refused with the number of the line") {
    for (const std::string text : {"a = b\n", "[a\nb = c\n", "[a] b\n", "[a]\nb\n", "[a]\n= b\n", "[a]\n  b\n", " b\n",
                                   "[a]\nb = c\n[a]\n  d\n"}) {
        CAPTURE(text);
        const auto sections = read_config(text);
        REQUIRE_FALSE(sections);
        CHECK(sections.error().code == Code::config_malformed);
        CHECK(sections.error().message.starts_with("Line "));
    }
    CHECK(read_config(std::string_view("[a]\nb = \0\n", 10)).error().code == Code::config_malformed);
    CHECK(read_config("[a]\nb = \xFF\n").error().code == Code::config_malformed);
}

TEST_CASE("sections and properties with names that are not legal are ignored") {
    const auto sections = read_config("[connector in valid]\na = b\n[connector c]\nin valid = x\nok = y\n");
    REQUIRE(sections);
    CHECK(sections->front().name.empty());
    CHECK(sections->back().properties.size() == 1);
}
