#include "cache/request_key.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <utility>

using namespace awsfed;

namespace {

using Part = std::pair<std::string_view, std::string_view>;

RequestKey key_of(std::initializer_list<Part> parts, std::string_view store_key = "store") {
    RequestText request;
    for (const auto& [name, value] : parts)
        request.add(name, value);
    return request.key(store_key);
}

} // namespace

TEST_CASE("the same parts make the same key") {
    CHECK(key_of({{"user", "alice"}, {"password", "one"}}) == key_of({{"user", "alice"}, {"password", "one"}}));
}

TEST_CASE("any other part makes another key, however the letters are spread") {
    const RequestKey key = key_of({{"user", "alice"}, {"password", "one"}});
    CHECK(key != key_of({{"user", "alice"}, {"password", "two"}}));
    CHECK(key != key_of({{"user", "alice"}}));
    CHECK(key != key_of({{"user", "alicep"}, {"assword", "one"}}));
    CHECK(key != key_of({{"usera", "lice"}, {"password", "one"}}));
    CHECK(key != key_of({{"user", "alice"}, {"password", std::string_view("one\0", 4)}}));
    CHECK(key != key_of({{"user", "alice"}, {"password", "one"}, {"", ""}}));
    CHECK(key != key_of({{"user", "alice"}, {"password", "one"}}, "another store"));
}
