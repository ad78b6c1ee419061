#include "saml/verified.h"

#include "saml/assertion.h"

#include <doctest/doctest.h>

#include <type_traits>

using namespace awsfed;

static_assert(!std::is_default_constructible_v<Verified<Assertion>>);
static_assert(!std::is_constructible_v<Verified<Assertion>, Assertion>);
static_assert(!std::is_convertible_v<Assertion, Verified<Assertion>>);
static_assert(!std::is_aggregate_v<Verified<Assertion>>);
static_assert(std::is_move_constructible_v<Verified<Assertion>>);
static_assert(std::is_same_v<decltype(*std::declval<Verified<Assertion>&>()), const Assertion&>);

TEST_CASE("a parsed assertion cannot be passed off as a verified one") {
    CHECK_FALSE(std::is_constructible_v<Verified<Assertion>, Assertion>);
}
