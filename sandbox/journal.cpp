#include "sandbox/journal.h"

#include "base/text.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace awsfed::sandbox {

namespace {

constexpr std::size_t entries_max = 200; // a person reads no more on one page
constexpr std::size_t fields_max = 32;   // no right request has more
constexpr std::size_t value_chars_max = 500;

constexpr std::string_view open_names[] = {"Action",
                                           "Version",
                                           "RoleArn",
                                           "PrincipalArn",
                                           "RoleSessionName",
                                           "DurationSeconds",
                                           "Policy",
                                           "Name",
                                           "TargetPrincipal",
                                           "TaskPolicyArn.arn",
                                           "ScopedSessionDescription",
                                           "Audience.member.1",
                                           "SigningAlgorithm",
                                           "Scope",
                                           "SubjectMode",
                                           "MinimumSessionTokenSize",
                                           "AccessKeyId",
                                           "Kmsi",
                                           "AuthMethod",
                                           "loginToRp"};
constexpr std::string_view closed_names[] = {"Password",     "SAMLRequest",    "SAMLResponse", "SAMLAssertion",
                                             "RelayState",   "ExternalId",     "SerialNumber", "TokenCode",
                                             "TradeInToken", "EncodedMessage", "Context",      "VerificationCode"};

// The name of a user, however it was written: CORP\alice, alice@corp.example.
bool names_user(const World& world, std::string_view given) {
    if (const std::size_t at = given.rfind('\\'); at != given.npos)
        given.remove_prefix(at + 1);
    return world.user(given.substr(0, given.find('@'))) != nullptr;
}

} // namespace

Journal::Journal(const World& world, std::FILE* log) : world_(world), log_(log) {
    for (const User& user : world.users)
        redactor_.add(user.password.reveal());
    for (const LongTermKey& key : world.keys)
        redactor_.add(key.secret.reveal());
    for (const TradeIn& one : world.trade_ins)
        redactor_.add(one.token.reveal());
}

Pairs Journal::shown_fields(const Received& request) const {
    Pairs shown;
    for (const std::string& text : {request.query, request.method == "POST" ? request.body : std::string()}) {
        const auto fields = read_fields(text);
        if (!fields) {
            shown.emplace_back("[unreadable]", "[secret]");
            continue;
        }
        for (const auto& [name, value] : *fields) {
            if (shown.size() >= fields_max)
                return shown;
            if (name == "client-request-id") // our own, and new in every URL
                continue;
            if (std::ranges::find(open_names, name) != std::end(open_names))
                shown.emplace_back(name, redactor_.redact(printable(value, value_chars_max)));
            else if (name == "UserName")
                shown.emplace_back(name, names_user(world_, value) ? redactor_.redact(printable(value)) : "[unknown]");
            else
                shown.emplace_back(std::ranges::find(closed_names, name) != std::end(closed_names) ? name : "[other]",
                                   "[secret]");
        }
    }
    return shown;
}

void Journal::add(std::string_view part, Time time, const Received& request, const Answer& answer) {
    JournalEntry entry{.number = ++count_,
                       .time = time,
                       .part = std::string(part),
                       .request = fmt::format("{} {}", request.method, redactor_.redact(printable(request.path))),
                       .fields = shown_fields(request),
                       .status = answer.status,
                       .outcome = redactor_.redact(printable(answer.outcome)),
                       .why = redactor_.redact(printable(answer.why, value_chars_max))};
    write(entry);
    entries_.push_back(std::move(entry));
    if (entries_.size() > entries_max)
        entries_.pop_front();
}

void Journal::write(const JournalEntry& entry) const {
    if (log_ == nullptr)
        return;
    std::string line = fmt::format("{} {} {} {}", iso_time(entry.time), entry.number, entry.part, entry.request);
    for (const auto& [name, value] : entry.fields)
        line += fmt::format(" {}={}", name, value);
    line += fmt::format(" -> {} {}", entry.status, entry.outcome);
    if (!entry.why.empty())
        line += fmt::format(": {}", entry.why);
    fmt::print(log_, "{}\n", line);
    std::fflush(log_);
}

} // namespace awsfed::sandbox
