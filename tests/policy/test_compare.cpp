#include "policy/compare.h"
#include "policy/statements.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed::policy;

namespace {

Within within(const Document& a, const Document& b, std::uint64_t steps = 5'000'000) {
    const Compared compared = compare({&a}, {&b}, {.steps = steps, .known_actions = {}});
    if (compared.a_within_b.answer == Within::no) { // a witness is always real
        REQUIRE(compared.a_within_b.witness);
        CHECK(allows(a, *compared.a_within_b.witness));
        CHECK_FALSE(allows(b, *compared.a_within_b.witness));
    }
    return compared.a_within_b;
}

} // namespace

TEST_CASE("a narrower policy is within a wider one, and not the other way round") {
    const Document narrow = document_of(allow("s3:Get*", "arn:aws:s3:::b/a/*"));
    const Document wide = document_of(allow("s3:*", "arn:aws:s3:::b/*"));
    CHECK(within(narrow, wide).answer == Within::yes);
    const Within back = within(wide, narrow);
    REQUIRE(back.answer == Within::no);
    CHECK(back.witness->action().starts_with("s3:"));
    CHECK(back.witness->resource.starts_with("arn:aws:s3:::b/"));
}

TEST_CASE("several statements together cover one") {
    const Document one = document_of(allow("s3:Get*", "*"));
    const Document parts = document_of(allow("s3:Get", "*") + "," + allow("s3:Get?*", "*"));
    CHECK(within(one, parts).answer == Within::yes);
    CHECK(within(parts, one).answer == Within::yes);
}

TEST_CASE("a Deny takes away on either side") {
    const Document all = document_of(allow("s3:*", "*"));
    const Document less = document_of(allow("s3:*", "*") + "," + deny("s3:Delete*", "*"));
    CHECK(within(less, all).answer == Within::yes);
    const Within back = within(all, less);
    REQUIRE(back.answer == Within::no);
    CHECK(back.witness->lower_action().starts_with("s3:delete"));
    CHECK(within(less, less).answer == Within::yes);
}

TEST_CASE("a condition's edges are looked at from both sides") {
    const auto under = [](const char* number) {
        return document_of(
            allow("s3:ListBucket", "*", std::string(R"({"NumericLessThan":{"s3:max-keys":")") + number + R"("}})"));
    };
    CHECK(within(under("10"), under("11")).answer == Within::yes);
    CHECK(within(under("10.5"), under("10")).answer == Within::no);
    const Document sooner =
        document_of(allow("s3:Get*", "*", R"({"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}})"));
    const Document later =
        document_of(allow("s3:Get*", "*", R"({"DateLessThanEquals":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}})"));
    CHECK(within(sooner, later).answer == Within::yes);
    CHECK(within(later, sooner).answer == Within::no);
    const Document inner = document_of(allow("s3:Get*", "*", R"({"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}})"));
    const Document outer = document_of(allow("s3:Get*", "*", R"({"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}})"));
    CHECK(within(inner, outer).answer == Within::yes);
    CHECK(within(outer, inner).answer == Within::no);
}

TEST_CASE("an absent key escapes a negated operator") {
    const Document not_a = document_of(allow("s3:Get*", "*", R"({"StringNotEquals":{"aws:PrincipalTag/t":"a"}})"));
    const Document there = document_of(allow(
        "s3:Get*", "*", R"({"StringNotEquals":{"aws:PrincipalTag/t":"a"},"Null":{"aws:PrincipalTag/t":"false"}})"));
    const Within answer = within(not_a, there);
    REQUIRE(answer.answer == Within::no);
    CHECK(answer.witness->context.find("aws:principaltag/t") == nullptr);
    CHECK(within(there, not_a).answer == Within::yes);
}

TEST_CASE("sets of values are told apart by what all and what any of them are") {
    const Document all =
        document_of(allow("s3:Get*", "*", R"({"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}})"));
    const Document any =
        document_of(allow("s3:Get*", "*", R"({"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}})"));
    CHECK(within(all, any).answer == Within::no); // no value at all
    const Within back = within(any, all);
    REQUIRE(back.answer == Within::no);
    CHECK(back.witness->context.find("aws:tagkeys")->size() == 2);
}

TEST_CASE("what holds for any value of a variable is told, and what does not has a value that shows it") {
    const Document home = document_of(allow("s3:Get*", "arn:aws:s3:::home/${aws:username}/*"));
    const Document homes = document_of(allow("s3:Get*", "arn:aws:s3:::home/*"));
    CHECK(within(home, homes).answer == Within::yes);
    CHECK(within(home, home).answer == Within::yes);
    CHECK(within(homes, home).answer == Within::no);
    // A name of one character at least: the value may be empty.
    const Within one_at_least = within(home, document_of(allow("s3:Get*", "arn:aws:s3:::home/?*/*")));
    CHECK(one_at_least.answer == Within::no);
}

TEST_CASE("a Deny may meet a variable's value") {
    const Document home = document_of(allow("s3:Get*", "arn:aws:s3:::home/${aws:username}"));
    const Document but_secret =
        document_of(allow("s3:Get*", "arn:aws:s3:::home/*") + "," + deny("*", "arn:aws:s3:::home/secret"));
    const Within answer = within(home, but_secret);
    REQUIRE(answer.answer == Within::no);
    CHECK(answer.witness->context.find("aws:username")->front() == "secret");
    const Document but_elsewhere =
        document_of(allow("s3:Get*", "arn:aws:s3:::home/*") + "," + deny("*", "arn:aws:s3:::away/*"));
    CHECK(within(home, but_elsewhere).answer == Within::yes);
}

TEST_CASE("an absent variable without a default matches nothing, one with a default its default") {
    const Document tag = document_of(allow("s3:Get*", "arn:aws:s3:::b/${aws:PrincipalTag/t, 'none'}"));
    CHECK(within(tag, document_of(allow("s3:Get*", "arn:aws:s3:::b/*"))).answer == Within::yes);
    const Document none = document_of(allow("s3:Get*", "arn:aws:s3:::b/none"));
    CHECK(within(none, tag).answer == Within::no); // the tag may be there
    const Document absent =
        document_of(allow("s3:Get*", "arn:aws:s3:::b/none", R"({"Null":{"aws:PrincipalTag/t":"true"}})"));
    CHECK(within(absent, tag).answer == Within::yes);
}

TEST_CASE("a key that is a variable may have a value for which conditions hold as if it were absent") {
    const Document tag = document_of(allow("s3:Get*", "*", R"({"StringNotEquals":{"aws:PrincipalTag/t":"a"}})") + "," +
                                     deny("*", "arn:aws:s3:::${aws:PrincipalTag/t, 'x'}*"));
    const Document less = document_of(allow("s3:Get*", "arn:aws:s3:::y"));
    CHECK(within(tag, less).answer == Within::no);
}

TEST_CASE("a document of 2008 has no variables") {
    const Document old = document_of(allow("s3:Get*", "arn:aws:s3:::home/${aws:username}"), "2008-10-17");
    const Document plain = document_of(allow("s3:Get*", "arn:aws:s3:::home/${$}{aws:username}"));
    CHECK(within(old, plain).answer == Within::yes);
    CHECK(within(plain, old).answer == Within::yes);
}

TEST_CASE("with known actions there are no others") {
    const Document reads = document_of(allow("s3:GetObject", "*") + "," + allow("s3:GetBucketAcl", "*"));
    const Document gets = document_of(allow("s3:Get*", "*"));
    CHECK(within(gets, reads).answer == Within::no);
    const std::vector<std::string> known{"s3:GetObject", "s3:GetBucketAcl", "s3:PutObject"};
    const Compared closed = compare({&gets}, {&reads}, {.known_actions = known});
    CHECK(closed.a_within_b.answer == Within::yes);
}

TEST_CASE("nothing is within everything, and no document allows nothing") {
    const Document one = document_of(allow("s3:Get*", "*"));
    const Compared compared = compare({}, {&one}, {});
    CHECK(compared.a_within_b.answer == Within::yes);
    CHECK(compared.b_within_a.answer == Within::no);
}

TEST_CASE("a comparison that is too large is unknown and says so") {
    std::string words;
    for (char c = 'a'; c <= 'z'; ++c)
        words += (words.empty() ? "" : ",") + allow("s3:Get*", std::string("arn:aws:s3:::*") + c + "*");
    const Document a = document_of(words);
    const Document b = document_of(words + "," + deny("s3:GetX", "*"));
    const Compared compared = compare({&a}, {&b}, {.steps = 2'000'000, .known_actions = {}});
    CHECK(compared.a_within_b.answer == Within::unknown);
    CHECK_FALSE(compared.a_within_b.why.empty());
    CHECK(compared.b_within_a.answer == Within::yes); // each has the steps for itself
}

TEST_CASE("what both allow alike is no burden") {
    std::string words;
    for (char c = 'a'; c <= 'z'; ++c)
        words += (words.empty() ? "" : ",") + allow("s3:Get*", std::string("arn:aws:s3:::*") + c + "*");
    const Document a = document_of(words + "," + allow("s3:PutObject", "arn:aws:s3:::x/*"));
    const Document b = document_of(words + "," + allow("s3:PutObject", "arn:aws:s3:::x/y*"));
    CHECK(within(b, a).answer == Within::yes);
    CHECK(within(a, b).answer == Within::no);
}

TEST_CASE("what both allow alike counts where the other denies more, or reads a variable where the one reads letters") {
    const std::string shared = allow("s3:Get*", "*");
    CHECK(within(document_of(shared), document_of(shared + "," + deny("s3:GetX", "*"))).answer == Within::no);
    CHECK(within(document_of(shared + "," + deny("s3:*", "arn:aws:s3:::b")),
                 document_of(shared + "," + deny("s3:*", "arn:aws:s3:::b")))
              .answer == Within::yes);
    const std::string home = allow("s3:Get*", "arn:aws:s3:::b/${aws:username}");
    CHECK(within(document_of(home, "2008-10-17"), document_of(home)).answer == Within::no);
}

TEST_CASE("many independent Denies that both have are no burden") {
    std::string denies;
    for (int i = 0; i < 40; ++i)
        denies += R"(,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/t)" +
                  std::to_string(i) + R"(":"x"}}})";
    const Document a = document_of(allow("s3:Get*", "*") + denies);
    const Document b = document_of(allow("s3:*", "*") + denies);
    CHECK(within(a, b).answer == Within::yes);
    CHECK(within(b, a).answer == Within::no);
}
