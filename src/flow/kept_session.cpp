#include "flow/kept_session.h"

#include "cache/sized.h"
#include "flow/request_text.h"
#include "flow/signer.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace awsfed {

namespace {

const SystemRandom system_random;
const Cancel no_cancel; // what was brought is kept also when nobody waits for it
constexpr std::string_view version = "awsfed session 1";
constexpr std::chrono::hours life_max(8);            // AD FS's usual one; the provider may end it before
constexpr std::size_t cookie_bytes_max = 24 * 1024; // servers refuse more than that, and would for ever

struct Record {
    std::string_view user;
    Time begun{};
    std::string_view cookies;
};

std::optional<Record> read_record(std::string_view bytes) {
    SizedReader reader(bytes);
    if (reader.next() != version)
        return std::nullopt;
    Record record;
    record.user = reader.next();
    const std::string_view begun = reader.next();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(begun.data(), begun.data() + begun.size(), number);
    record.begun = Time(Time::duration(number));
    record.cookies = reader.next();
    const bool is_whole = reader.is_over() && !reader.failed() && !begun.empty() && error == std::errc() &&
                          end == begun.data() + begun.size();
    return is_whole ? std::optional(record) : std::nullopt;
}

} // namespace

std::optional<SessionFacts> session_facts(std::string_view record) {
    const auto read = read_record(record);
    if (!read)
        return std::nullopt;
    return SessionFacts{std::string(read->user), read->begun, read->begun + life_max};
}

Result<std::optional<KeptSession>> KeptSession::open(const Context& context, const Settings& settings, const Log& log,
                                                     const Cancel& cancel) {
    // Whose it is, and that the caller knows his password, must be part of its key: what a person types is not.
    if (!settings.boolean("keep_session") || !settings.has("user") || !settings.has("password") ||
        is_signer_elsewhere(settings))
        return std::optional<KeptSession>();
    AWSFED_TRY(const RequestText text, sign_in_text(settings, cancel));
    std::shared_ptr<const SealedStore> store = context.own_store();
    if (keeps_in_store(settings)) {
        auto opened = context.stores().open(settings, cancel);
        if (opened)
            store = *std::move(opened);
        else
            log.write(LogLevel::warning, "session", "{}", opened.error().message);
    }
    const RequestKey key = store->key_of(text);
    KeptSession session(std::move(store), key, settings.text("user"), log);
    session.load(cancel);
    return std::optional(std::move(session));
}

void drop_kept_session(const Context& context, const Settings& settings, const Cancel& cancel) {
    const Log silent;
    if (auto session = KeptSession::open(context, settings, silent, cancel); session && *session)
        (*session)->drop();
}

void KeptSession::load(const Cancel& cancel) {
    const auto bytes = store_->get(RecordKind::session, key_, cancel);
    if (!bytes)
        log_->write(LogLevel::warning, "session", "{}", bytes.error().message);
    const auto record = bytes && *bytes ? read_record((*bytes)->reveal()) : std::nullopt;
    const Time now = SystemClock().now();
    if (!record || record->begun > now || now - record->begun >= life_max)
        return;
    begun_ = record->begun;
    cookies_ = Secret(record->cookies);
}

Secret KeptSession::take() { return std::move(cookies_); }

namespace {

// AD FS's cookies that say where a browser has been: the one makes it take several sign-ins for one that goes round in
// circles (MSIS7042), and the others grow with each of them until the server refuses to read them.
constexpr std::array<std::string_view, 3> not_kept{"MSISLoopDetectionCookie", "SamlSession", "SamlLogout"};

// Of a line of libcurl's the sixth field (https://curl.se/docs/http-cookies.html).
std::string_view cookie_name(std::string_view line) {
    constexpr int fields_before = 5;
    for (int field = 0; field < fields_before; ++field)
        line.remove_prefix(std::min(line.size(), line.find('\t') + 1));
    return line.substr(0, line.find('\t'));
}

Secret to_be_kept(std::string_view lines) {
    Secret kept;
    for (std::size_t end = lines.find('\n'); end != lines.npos; end = lines.find('\n')) {
        const std::string_view line = lines.substr(0, end + 1);
        if (std::ranges::find(not_kept, cookie_name(line)) == not_kept.end())
            kept.append(line);
        lines.remove_prefix(end + 1);
    }
    return kept;
}

} // namespace

void KeptSession::keep(const Secret& all_cookies, bool signed_in_anew) {
    const Secret cookies = to_be_kept(all_cookies.reveal());
    const Time now = SystemClock().now();
    const Time begun = signed_in_anew || !begun_ ? now : *begun_;
    if (cookies.empty() || cookies.size() > cookie_bytes_max) {
        drop();
        return;
    }
    Secret bytes;
    append_sized(bytes, version);
    append_sized(bytes, user_);
    append_sized(bytes, std::to_string(begun.time_since_epoch().count()));
    append_sized(bytes, cookies.reveal());
    const auto life = begun + life_max - now;
    if (const auto done = store_->put(RecordKind::session, key_, bytes.reveal(), life, system_random, no_cancel); !done)
        log_->write(LogLevel::warning, "session", "{}", done.error().message);
}

void KeptSession::drop() {
    begun_.reset();
    (void)store_->erase(RecordKind::session, key_, no_cancel); // what stays is refused by the provider
}

} // namespace awsfed
