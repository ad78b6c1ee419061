#include "cache/attempts.h"

#include <doctest/doctest.h>

using namespace awsfed;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

const SystemRandom random_bytes;
const AttemptRules rules{.pause = hours(2), .budget = 3};
constexpr Digest right{1};
constexpr Digest wrong{2};
constexpr Digest other{3};
constexpr Digest fourth{4};
const Time noon{hours(1000)};

// What was tried, one after the other.
struct Story {
    Attempts attempts{random_bytes};
    Time now = noon;

    Story& tried(const Digest& secret, AttemptOutcome outcome) {
        attempts.begin(secret, now);
        attempts.settle(secret, outcome);
        return *this;
    }
    Story& after(std::chrono::milliseconds time) {
        now += time;
        return *this;
    }
    // "sent", "refused" or "spent"
    std::string verdict(const Digest& secret) const {
        const auto hold = attempts.hold(secret, now, rules);
        return !hold ? "sent" : hold->refused ? "refused" : "spent";
    }
};

constexpr AttemptOutcome open = AttemptOutcome::open;
constexpr AttemptOutcome refused = AttemptOutcome::refused;
constexpr AttemptOutcome accepted = AttemptOutcome::accepted;

} // namespace

TEST_CASE("security rule 6: a refused password is not sent again until the pause is over, another one at once") {
    Story story;
    CHECK(story.verdict(wrong) == "sent");
    story.tried(wrong, refused);
    CHECK(story.verdict(wrong) == "refused");
    CHECK(story.verdict(right) == "sent");
    CHECK(story.after(minutes(119)).verdict(wrong) == "refused");
    CHECK(story.after(minutes(1)).verdict(wrong) == "sent");
}

TEST_CASE("security rule 6: different passwords of one user count together") {
    Story story;
    story.tried(wrong, refused).tried(other, refused).after(minutes(10)).tried(fourth, open);
    CHECK(story.verdict(right) == "spent");
    CHECK(story.verdict(fourth) == "spent");
    CHECK(story.verdict(wrong) == "refused");
    const auto hold = story.attempts.hold(right, story.now, rules);
    REQUIRE(hold);
    CHECK(hold->since == noon);
    CHECK(hold->until == noon + hours(2));
    CHECK(story.after(minutes(111)).verdict(right) == "sent"); // the first two are over
}

TEST_CASE("security rule 6: who tries others with a user's name does not hold up the password that was right last") {
    Story story;
    story.tried(right, accepted);
    for (int i = 0; i < 5; ++i)
        story.tried(Digest{9, static_cast<unsigned char>(i)}, refused);
    CHECK(story.verdict(right) == "sent");
    CHECK(story.verdict(fourth) == "spent");
    CHECK(story.after(hours(1000)).verdict(right) == "sent");
    story.tried(right, refused); // it was changed
    CHECK(story.verdict(right) == "refused");
}

TEST_CASE("security rule 6: a password that was right may have been changed, so what nobody knows the end of counts") {
    Story story;
    story.tried(right, accepted).after(minutes(1));
    for (int i = 0; i < 3; ++i) {
        CHECK(story.verdict(right) == "sent");
        story.tried(right, open);
    }
    CHECK(story.verdict(right) == "spent");
    CHECK(story.verdict(wrong) == "sent"); // it does not count for others
    CHECK(story.after(minutes(29)).verdict(right) == "spent");
    CHECK(story.after(minutes(1)).verdict(right) ==
          "sent"); // a quarter of the pause: a provider may be down for a while
    story.tried(right, accepted).tried(right, open).tried(right, open);
    CHECK(story.verdict(right) == "sent");
}

TEST_CASE("security rule 6: who asks with a short pause forgets nothing for who asks with a long one") {
    Story story;
    story.tried(wrong, refused).after(minutes(1));
    const AttemptRules none{.pause = minutes(0), .budget = 3};
    CHECK_FALSE(story.attempts.hold(wrong, story.now, none));
    story.tried(other, refused);
    CHECK(story.verdict(wrong) == "refused");
}

TEST_CASE("what was right before the last right one has no privilege") {
    Story story;
    story.tried(other, accepted).tried(right, accepted);
    for (int i = 0; i < 3; ++i)
        story.tried(wrong, open);
    CHECK(story.verdict(right) == "sent");
    CHECK(story.verdict(other) == "spent");
}

TEST_CASE("a sign-in that nobody knows the end of counts") {
    Story story;
    for (int i = 0; i < 3; ++i) {
        CHECK(story.verdict(right) == "sent");
        story.tried(right, open);
    }
    CHECK(story.verdict(right) == "spent");
}

TEST_CASE("a clock that was set back makes nothing over, and one that was wrong holds nobody up for ever") {
    Story story;
    story.tried(wrong, refused);
    CHECK(story.after(-minutes(90)).verdict(wrong) == "refused");
    CHECK(story.after(-minutes(31)).verdict(wrong) == "sent");
}

TEST_CASE("what is written is read again, and nothing else") {
    Story story;
    story.tried(wrong, refused).tried(right, accepted).tried(other, open);
    const Secret bytes = story.attempts.bytes();
    auto read = Attempts::read(bytes.reveal());
    REQUIRE(read);
    CHECK(read->salt() == story.attempts.salt());
    CHECK(read->size() == 3);
    CHECK(read->hold(wrong, noon, rules)->refused);
    // Cut off behind an attempt it is a whole record of fewer; the seal knows that it was not written so.
    std::size_t whole = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        whole += Attempts::read(bytes.reveal().substr(0, i)) ? 1U : 0U;
    CHECK(whole == 3);
    CHECK_FALSE(Attempts::read(std::string(bytes.reveal()) + "x"));
}

TEST_CASE("a record does not grow for ever") {
    Story story;
    story.tried(right, accepted);
    for (int i = 0; i < 1000; ++i)
        story.tried(right, open);
    CHECK(story.attempts.size() <= 200);
    CHECK(story.verdict(right) == "spent");
    CHECK(story.tried(right, accepted).attempts.size() == 1);
}
