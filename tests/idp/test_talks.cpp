#include "talk.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace awsfed;

TEST_CASE("every talk of tests/talks goes as it is written") {
    std::vector<std::string> talks;
    for (const auto& entry : std::filesystem::directory_iterator(AWSFED_TALKS)) {
        talks.push_back(entry.path().string());
    }
    std::ranges::sort(talks);
    REQUIRE(talks.size() >= 60);
    for (const std::string& talk : talks) {
        CAPTURE(talk);
        CHECK(play_talk(talk) == "");
    }
}
