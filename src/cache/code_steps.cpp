#include "cache/code_steps.h"

#include "base/hash.h"
#include "cache/sized.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace awsfed {

namespace {

constexpr std::string_view version = "awsfed codes 1";
constexpr int steps_kept = 10; // longer than any server takes a code
constexpr int steps_ahead = 4; // so many callers may wait in a row

std::optional<std::int64_t> last_step(std::string_view record) {
    SizedReader reader(record);
    if (reader.next() != version)
        return std::nullopt;
    const std::string_view text = reader.next();
    std::int64_t step = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), step);
    const bool is_whole = reader.is_over() && !text.empty() && error == std::errc() && end == text.data() + text.size();
    return is_whole ? std::optional(step) : std::nullopt;
}

} // namespace

RequestKey CodeSteps::key_of(const Secret& app) const {
    RequestText text;
    const Digest hash = Sha256().hmac(store_->hashing_key(), app.reveal());
    text.add("codes of", hex(hash));
    return store_->key_of(text);
}

Result<void> CodeSteps::forget(const Secret& app, const Cancel& cancel) const {
    return store_->erase(RecordKind::codes, key_of(app), cancel);
}

Result<std::int64_t> CodeSteps::take(const Secret& app, std::int64_t now, std::chrono::seconds period,
                                     const Cancel& cancel) const {
    const RequestKey key = key_of(app);
    AWSFED_TRY(const std::unique_ptr<Store::Lock> lock, store_->lock(RecordKind::codes, key, cancel));
    const auto bytes = store_->get(RecordKind::codes, key, cancel);
    if (!bytes && bytes.error().code != Code::entry_broken)
        return pass(bytes.error());
    const auto last = bytes && *bytes ? last_step((*bytes)->reveal()) : std::nullopt;
    const std::int64_t step = last ? std::max(now, *last + 1) : now;
    if (step > now + steps_ahead)
        return fail(Code::store_busy, "The codes of the next {} s are others' already, or the clock was set back.",
                    (period * (step - now)).count())
            .advice("Try again when some of them are over. Where the clock was ahead and has been set back, `awsfed "
                    "forget` "
                    "lets them be sent.");
    Secret record;
    append_sized(record, version);
    append_sized(record, std::to_string(step));
    AWSFED_CHECK(store_->put(RecordKind::codes, key, record.reveal(), period * steps_kept, random_, cancel));
    return step;
}

} // namespace awsfed
