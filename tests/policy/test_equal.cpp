#include "policy/equal.h"

#include "policy/read.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace awsfed::policy;

namespace {

std::vector<Document> documents(std::initializer_list<const char*> statements) {
    std::vector<Document> all;
    for (const std::string_view one : statements) {
        Reading reading =
            read_policy(R"({"Version":"2012-10-17","Statement":[)" + std::string(one) + "]}", PolicyType::identity);
        REQUIRE(reading.document);
        all.push_back(std::move(*reading.document));
    }
    return all;
}

bool equal(std::initializer_list<const char*> one, std::initializer_list<const char*> other, bool closed = false) {
    const std::vector<Document> a = documents(one);
    const std::vector<Document> b = documents(other);
    std::vector<Document> both = a;
    both.insert(both.end(), b.begin(), b.end());
    const std::vector<std::string> known = closed ? closed_world_of(both) : std::vector<std::string>();
    Budget budget(50'000'000);
    return proved_equal(a, b, known, budget);
}

constexpr const char* read_all = R"({"Effect":"Allow","Action":"s3:Get*","Resource":"*"})";
constexpr const char* deny_put = R"({"Effect":"Deny","Action":"s3:Put*","Resource":"*"})";

} // namespace

TEST_CASE("documents are equal however they are spread and written") {
    CHECK(equal({R"({"Effect":"Allow","Action":["s3:Get*","s3:Put*"],"Resource":"*"})"},
                {read_all, R"({"Effect":"Allow","Action":"S3:PUT*","Resource":["*","arn:aws:s3:::b"]})"}));
    CHECK_FALSE(equal({read_all}, {R"({"Effect":"Allow","Action":"s3:Get?*","Resource":"*"})"}));
    CHECK_FALSE(equal({read_all}, {R"({"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::*"})"}));
    CHECK_FALSE(equal(
        {read_all},
        {R"({"Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{"Null":{"aws:TokenIssueTime":"true"}}})"}));
}

TEST_CASE("what is denied counts where nothing of it is allowed") {
    const std::string both = std::string(read_all) + "," + deny_put;
    CHECK_FALSE(equal({both.c_str()}, {read_all}));
    CHECK(equal({both.c_str()}, {read_all, deny_put}));
}

TEST_CASE("variables in what is denied, or not meant, do not hide that the rest is the same") {
    const std::string home = R"({"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::home/${aws:username}/*"})";
    CHECK(equal({(home + "," + read_all).c_str()}, {home.c_str(), read_all, read_all}));
    CHECK_FALSE(equal({(home + "," + read_all).c_str()}, {home.c_str()}));
    CHECK_FALSE(equal({home.c_str()}, {R"({"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::home/*"})"}));
}

TEST_CASE("in a closed world only what is known counts") {
    constexpr const char* by_name = R"({"Effect":"Allow","Action":["sts:GetAccessKeyInfo"],"Resource":"*"})";
    constexpr const char* by_wildcard = R"({"Effect":"Allow","Action":["sts:GetAccessKeyI*"],"Resource":"*"})";
    CHECK_FALSE(equal({by_name}, {by_wildcard}));
    CHECK(equal({by_name}, {by_wildcard}, true));
    CHECK_FALSE(equal({by_name}, {R"({"Effect":"Allow","Action":"sts:Get*","Resource":"*"})"}, true));
    // Names that no table has are part of it when a document has them.
    CHECK_FALSE(equal({R"({"Effect":"Allow","Action":"nosuch:A","Resource":"*"})"},
                      {R"({"Effect":"Allow","Action":"nosuch:B*","Resource":"*"})"}, true));
}

TEST_CASE("without budget nothing is proved") {
    Budget none(0);
    const auto one = documents({read_all});
    CHECK_FALSE(proved_equal(one, one, {}, none));
}
