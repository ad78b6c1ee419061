#include "policy/compare.h"
#include "policy/compiled.h"
#include "policy/read.h"

#include <doctest/doctest.h>

using namespace awsfed::policy;

namespace {

Document policy(const std::string& action, const std::string& resource) {
    Reading reading = read_policy(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":")" + action +
                                      R"(","Resource":")" + resource + R"("}})",
                                  PolicyType::identity);
    REQUIRE(reading.document);
    return std::move(*reading.document);
}

std::string witness(const Document& a, const Document& b) {
    const Compared compared = compare({&a}, {&b}, {});
    REQUIRE(compared.a_within_b.witness);
    const Request& request = *compared.a_within_b.witness;
    CHECK(region_allows({CompiledPolicy(a)}, request));
    CHECK_FALSE(region_allows({CompiledPolicy(b)}, request));
    return request.action();
}

} // namespace

TEST_CASE("what shows a difference is an action of AWS, where one does") {
    CHECK(witness(policy("ec2:*", "*"), policy("ec2:D*", "*")).starts_with("ec2:A"));
    CHECK(witness(policy("*", "*"), policy("s3:*", "*")).starts_with("ec2:"));
    CHECK(witness(policy("s3:Get*", "*"), policy("s3:GetObject", "*")).starts_with("s3:Get"));
}

TEST_CASE("where none does, it is one that might be") {
    CHECK(witness(policy("s3:Nothing*", "*"), policy("s3:*", "arn:aws:s3:::b/*")).starts_with("s3:nothing"));
    CHECK(witness(policy("other:Name", "*"), policy("s3:*", "*")) == "other:Name");
}
