#include "cache/attempts.h"

#include "cache/sized.h"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <string>

namespace awsfed {

namespace {

constexpr std::string_view version = "awsfed attempts 1";
constexpr std::size_t attempts_max = 200; // in a record; no budget is that large

template <std::size_t Size>
bool read_into(std::array<unsigned char, Size>& out, std::string_view bytes) {
    if (bytes.size() != Size)
        return false;
    std::ranges::copy(bytes, out.begin());
    return true;
}

bool read_into(Time& out, std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    out = Time(Time::duration(number));
    return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

bool read_into(AttemptOutcome& out, std::string_view text) {
    if (text != "o" && text != "r" && text != "a")
        return false;
    out = AttemptOutcome{text.front()};
    return true;
}

} // namespace

Secret Attempts::bytes() const {
    Secret out;
    append_sized(out, version);
    append_sized(out, {reinterpret_cast<const char*>(salt_.data()), salt_.size()});
    for (const Attempt& one : tried_) {
        append_sized(out, bytes_of(one.secret));
        append_sized(out, std::to_string(one.at.time_since_epoch().count()));
        append_sized(out, std::string(1, static_cast<char>(one.outcome)));
    }
    return out;
}

std::optional<Attempts> Attempts::read(std::string_view bytes) {
    SizedReader reader(bytes);
    Attempts read;
    if (reader.next() != version || !read_into(read.salt_, reader.next()))
        return std::nullopt;
    while (!reader.is_over()) {
        Attempt one;
        const bool is_whole = read_into(one.secret, reader.next()) && read_into(one.at, reader.next()) &&
                              read_into(one.outcome, reader.next());
        if (!is_whole || read.tried_.size() == attempts_max)
            return std::nullopt;
        read.tried_.push_back(one);
    }
    return reader.failed() ? std::nullopt : std::optional(std::move(read));
}

const Attempts::Attempt* Attempts::last_accepted() const {
    for (const Attempt& one : std::views::reverse(tried_)) {
        if (one.outcome == AttemptOutcome::accepted)
            return &one;
    }
    return nullptr;
}

const Attempts::Attempt* Attempts::last_known(const Digest& secret) const {
    for (const Attempt& one : std::views::reverse(tried_)) {
        if (one.secret == secret && one.outcome != AttemptOutcome::open)
            return &one;
    }
    return nullptr;
}

bool Attempts::is_good(const Digest& secret) const {
    const Attempt* known = last_known(secret);
    return known != nullptr && known == last_accepted();
}

namespace {

// A clock that was set back makes nothing over; one that was wrong by more holds nobody up for ever.
bool is_over(Time at, Time now, std::chrono::milliseconds pause) { return now - at >= pause || at - now > pause; }

} // namespace

std::optional<Attempts::Hold> Attempts::hold_of_good(const Digest& secret, Time now, const AttemptRules& rules) const {
    const auto pause = rules.pause / 4;
    std::size_t open = 0;
    for (const Attempt& one : std::views::reverse(tried_)) {
        if (one.secret != secret || one.outcome != AttemptOutcome::open || is_over(one.at, now, pause))
            continue;
        if (++open >= rules.budget)
            return Hold{.refused = false, .since = one.at, .until = one.at + pause};
    }
    return std::nullopt;
}

std::optional<Attempts::Hold> Attempts::hold(const Digest& secret, Time now, const AttemptRules& rules) const {
    if (is_good(secret))
        return hold_of_good(secret, now, rules);
    const Attempt* known = last_known(secret);
    if (known != nullptr && known->outcome == AttemptOutcome::refused && !is_over(known->at, now, rules.pause))
        return Hold{.refused = true, .since = known->at, .until = known->at + rules.pause};
    std::size_t spent = 0;
    for (const Attempt& one : std::views::reverse(tried_)) {
        if (one.outcome == AttemptOutcome::accepted || is_good(one.secret) || is_over(one.at, now, rules.pause))
            continue;
        if (++spent >= rules.budget)
            return Hold{.refused = false, .since = one.at, .until = one.at + rules.pause};
    }
    return std::nullopt;
}

// Forgets what is over for whoever asks, since another one may have a longer pause.
void Attempts::begin(const Digest& secret, Time now) {
    const Attempt* accepted = last_accepted();
    const std::optional<Digest> good = accepted != nullptr ? std::optional(accepted->secret) : std::nullopt;
    std::erase_if(tried_, [&](const Attempt& one) {
        return is_over(one.at, now, pause_max) && !(one.secret == good && one.outcome == AttemptOutcome::accepted);
    });
    if (tried_.size() == attempts_max) { // of one that is right, and breaks off again and again
        const auto open = std::ranges::find(tried_, AttemptOutcome::open, &Attempt::outcome);
        tried_.erase(open != tried_.end() ? open : tried_.begin());
    }
    tried_.push_back({secret, now, AttemptOutcome::open});
}

void Attempts::settle(const Digest& secret, AttemptOutcome outcome) {
    const auto last = std::ranges::find(std::views::reverse(tried_), secret, &Attempt::secret);
    if (last == tried_.rend())
        return;
    last->outcome = outcome;
    if (outcome == AttemptOutcome::accepted) { // that says all that need be known of it
        const Attempt kept = *last;
        std::erase_if(tried_, [&](const Attempt& one) { return one.secret == secret; });
        tried_.push_back(kept);
    }
}

} // namespace awsfed
