#include "saml/roles.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace awsfed;

namespace {

const std::string role = "arn:aws:iam::123456789012:role/deploy";
const std::string provider = "arn:aws:iam::123456789012:saml-provider/adfs";

RoleOffer offer(const std::string& name) {
    return {*Arn::parse("arn:aws:iam::123456789012:role/" + name), *Arn::parse(provider)};
}

std::string filled(std::string_view pattern) { return fmt::format(fmt::runtime(pattern), role, provider); }

} // namespace

TEST_CASE("a role and its provider are read in either order, with white space around them") {
    for (const char* pattern : {"{0},{1}", "{1},{0}", "\n  {0},\n\t{1}\n"}) {
        auto read = read_role_offer(filled(pattern));
        REQUIRE(read);
        CHECK(read->role.text() == role);
        CHECK(read->provider.text() == provider);
    }
}

TEST_CASE("roles of other partitions and with a path are read") {
    auto read = read_role_offer("arn:aws-cn:iam::1:role/a/b/c,arn:aws-cn:iam::1:saml-provider/p");
    REQUIRE(read);
    CHECK(read->role.name() == "c");
}

TEST_CASE("a role attribute that is not one role and one provider is refused, and shown") {
    for (const char* pattern :
         {"", ",", "{0}", "{0},", ",{0}", "{0},{0}", "{1},{1}", "{0},{1},", "{0};{1}", "{0},{1},{0}", "deploy,{1}"}) {
        const std::string text = filled(pattern);
        CAPTURE(text);
        auto read = read_role_offer(text);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == Code::response_malformed);
        CHECK(read.error().peer == "role");
        CHECK(read.error().message.find(fmt::format("\"{}\"", text)) != std::string::npos);
        CHECK(read.error().advice.find("ROLE_ARN,PROVIDER_ARN") != std::string::npos);
    }
}

TEST_CASE("control characters of a refused role attribute do not reach the message") {
    auto read = read_role_offer("\x1b[31mred");
    REQUIRE_FALSE(read);
    CHECK(read.error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("a role that the assertion offers is chosen") {
    const std::vector offers{offer("build"), offer("deploy")};
    auto chosen = choose_role(offers, offers[1].role);
    REQUIRE(chosen);
    CHECK((*chosen)->role == offers[1].role);
}

TEST_CASE("a role that the assertion does not offer is refused, and the offers are named") {
    const std::vector offers{offer("build"), offer("deploy")};
    auto chosen = choose_role(offers, *Arn::parse("arn:aws:iam::1:role/admin"));
    REQUIRE_FALSE(chosen);
    CHECK(chosen.error().code == Code::role_not_offered);
    CHECK(chosen.error().setting == "role_arn");
    CHECK(chosen.error().message.find("arn:aws:iam::1:role/admin") != std::string::npos);
    CHECK(chosen.error().advice.find("role/build") != std::string::npos);
    CHECK(chosen.error().advice.find("role/deploy") != std::string::npos);
}

TEST_CASE("the list of offers is cut where nobody would read on") {
    std::vector<RoleOffer> offers;
    offers.reserve(300);
    for (int i = 0; i < 300; ++i)
        offers.push_back(offer("r" + std::to_string(i)));
    auto chosen = choose_role(offers, *Arn::parse("arn:aws:iam::1:role/admin"));
    REQUIRE_FALSE(chosen);
    CHECK(chosen.error().advice.ends_with("\n  and 250 more"));
}

TEST_CASE("the ARN of a wish counts with its case and account") {
    const std::vector offers{offer("deploy")};
    for (const char* wish : {"arn:aws:iam::123456789012:role/Deploy", "arn:aws:iam::210987654321:role/deploy"}) {
        auto chosen = choose_role(offers, *Arn::parse(wish));
        REQUIRE_FALSE(chosen);
        CHECK(chosen.error().code == Code::role_not_offered);
    }
}

TEST_CASE("without a wish the only offer is taken, also when it is repeated") {
    for (const auto& offers : {std::vector{offer("deploy")}, std::vector{offer("deploy"), offer("deploy")}}) {
        auto chosen = choose_role(offers, std::nullopt);
        REQUIRE(chosen);
        REQUIRE(*chosen);
        CHECK((*chosen)->role.text() == role);
    }
}

TEST_CASE("without a wish several offers are a question") {
    const std::vector offers{offer("build"), offer("deploy")};
    auto chosen = choose_role(offers, std::nullopt);
    REQUIRE(chosen);
    CHECK_FALSE(*chosen);
}

TEST_CASE("an assertion without roles is refused, whatever was wished for") {
    for (const auto& wish : {std::optional<Arn>(), std::optional(offer("deploy").role)}) {
        auto chosen = choose_role({}, wish);
        REQUIRE_FALSE(chosen);
        CHECK(chosen.error().code == Code::no_role);
    }
}
