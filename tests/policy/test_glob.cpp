#include "policy/glob.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed::policy;

TEST_CASE("a pattern of IAM matches whole texts") {
    CHECK(Glob::of("s3:Get*").matches("s3:GetObject"));
    CHECK(Glob::of("s3:Get*").matches("s3:Get"));
    CHECK(Glob::of("*").matches(""));
    CHECK(Glob::of("a?c").matches("abc"));
    CHECK(Glob::of("a?c").matches("a\xC3\xA4"
                                  "c")); // one character of two bytes
    CHECK(Glob::of("*a*b*").matches("xxaxxbxx"));
    CHECK(Glob::of("*aab").matches("aaaab"));
    CHECK_FALSE(Glob::of("s3:Get*").matches("s3:get"));
    CHECK_FALSE(Glob::of("a?c").matches("ac"));
    CHECK_FALSE(Glob::of("").matches("a"));
    CHECK_FALSE(Glob::of("a*").matches("ba"));
}

TEST_CASE("a run of wildcards has one spelling") {
    CHECK(Glob::of("a*?**?b") == Glob::of("a??*b"));
    CHECK(Glob::of("a*?b").text() == "a?*b");
}

TEST_CASE("nested stars take no longer than any other pattern") {
    std::string pattern;
    for (int i = 0; i < 20; ++i)
        pattern += "*a";
    CHECK_FALSE(Glob::of(pattern + "*b").matches(std::string(20'000, 'a')));
}

TEST_CASE("a variable is one opaque symbol, and braces hold characters that would be wildcards") {
    GlobVariables variables;
    const Glob home = Glob::of("home/${aws:UserName}/${*}*", &variables);
    CHECK(home.has_variables());
    CHECK(home.head_size() == 5);
    CHECK(home.text(&variables) == "home/${aws:username}/${*}*");
    CHECK(Glob::of("${AWS:username}x${ aws:username }", &variables).symbols() ==
          Symbols{first_variable, U'x', first_variable});
    const Glob tag = Glob::of("${aws:PrincipalTag/team, 'no one'}", &variables);
    CHECK(tag.text(&variables) == "${aws:principaltag/team, 'no one'}");
    CHECK(variables.all().size() == 2);
}

TEST_CASE("without variables, as in documents of 2008, braces are characters") {
    const Glob plain = Glob::of("${a}*");
    CHECK(plain.matches("${a}b"));
    CHECK(plain.text() == "${$}{a}*");
    GlobVariables variables;
    CHECK(Glob::of(plain.text(), &variables) == plain);
    CHECK(variables.all().empty());
}

TEST_CASE("a dollar or a brace alone is a character") {
    GlobVariables variables;
    for (const char* text : {"$", "${", "${a", "${a{b}", "a}b", "$x{y}"}) {
        CHECK(Glob::literal(text, &variables).matches(std::string_view(text)));
        CHECK(Glob::of(Glob::literal(text).text(), &variables) == Glob::literal(text));
    }
    CHECK(variables.all().empty());
}

TEST_CASE("a literal's stars are characters, and stay so when it is written") {
    const Glob literal = Glob::literal("a*?b");
    CHECK(literal.is_literal());
    CHECK(literal.matches("a*?b"));
    CHECK_FALSE(literal.matches("axxb"));
    CHECK(literal.text() == "a${*}${?}b");
    GlobVariables variables;
    CHECK(Glob::of(literal.text(), &variables) == literal);
}

TEST_CASE("only a star, or the same variable, takes a variable") {
    GlobVariables variables;
    const Symbols text = Glob::of("a/${aws:username}", &variables).symbols();
    CHECK(Glob::of("a/*").matches(text));
    CHECK(Glob::of("a/${aws:username}", &variables).matches(text));
    CHECK_FALSE(Glob::of("a/?").matches(text));
    CHECK_FALSE(Glob::of("a/?*").matches(text)); // its value may be empty
    CHECK_FALSE(Glob::of("a/${aws:userid}", &variables).matches(text));
}

TEST_CASE("an ARN's wildcards stay in their segment, but in the last") {
    const Glob arn = *Glob::arn("arn:aws:s3:*:?:b/*");
    CHECK(arn.matches("arn:aws:s3:eu:1:b/x:y"));
    CHECK(arn.matches("arn:aws:s3::1:b/"));
    CHECK_FALSE(arn.matches("arn:aws:s3:eu:x:1:b/"));
    CHECK_FALSE(arn.matches("arn:aws:s3:eu::b/"));
    CHECK(Glob::arn("arn:*:*:*:*:*")->matches("arn:aws:s3:::a:b"));
    CHECK_FALSE(Glob::arn("*"));
    CHECK_FALSE(Glob::arn("arn:aws:s3:::")->matches("arn:aws:s3::"));
}

TEST_CASE("texts of all planes survive") {
    for (const std::string text : {"a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x94\x91"})
        CHECK(utf8_of(symbols_of(text)) == text);
}
