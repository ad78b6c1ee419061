#include "sandbox/sts_call.h"

#include "base/limits.h"
#include "base/text.h"

#include <algorithm>
#include <charconv>

namespace awsfed::sandbox {

namespace {

using std::chrono::seconds;

constexpr seconds role_usual{3600};

StsFailure unfit(std::string_view parameter, std::string_view rule) {
    return invalid(fmt::format(
        "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must {}", parameter, rule));
}

} // namespace

std::string_view StsCall::get(std::string_view name) const {
    const std::string* value = field(fields, name);
    return value == nullptr ? std::string_view() : std::string_view(*value);
}

StsResult<StsCall> read_call(const Received& request, Time now) {
    if (request.method != "POST" || request.path != "/" || !request.query.empty())
        return refuse("InvalidAction", "The sandbox takes the POST of a form to / only.");
    auto fields = read_fields(request.body);
    if (!fields)
        return refuse("MalformedInput", "The body is not an url-encoded form in UTF-8.");
    StsCall call{.action = {}, .fields = *std::move(fields), .now = now};
    call.action = call.get("Action");
    return call;
}

StsResult<void> check_parameters(const StsCall& call) {
    std::vector<std::string_view> met;
    for (const auto& [name, value] : call.fields) {
        if (std::ranges::find(met, name) != met.end())
            return refuse("MalformedInput", fmt::format("The parameter {} is given twice.", printable(name, 64)));
        met.push_back(name);
        if (name == "Action" || name == "Version")
            continue;
        if (std::ranges::find(call.rule->parameters, name) == call.rule->parameters.end())
            return invalid(
                fmt::format("The sandbox does not know the parameter {} of {}.", printable(name, 64), call.action));
    }
    return {};
}

bool is_name(std::string_view text, std::size_t longest) {
    return text.size() >= 2 && text.size() <= longest && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("_+=,.@-").find(c) != std::string_view::npos;
           });
}

StsResult<void> check_name(std::string_view parameter, std::string_view text, std::size_t longest) {
    if (is_name(text, longest))
        return {};
    return unfit(parameter, fmt::format("satisfy regular expression pattern: [\\w+=,.@-]{{2,{}}}", longest));
}

StsResult<std::optional<seconds>> duration_of(const StsCall& call) {
    const std::string_view text = call.get("DurationSeconds");
    if (text.empty())
        return std::optional<seconds>();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return refuse("MalformedInput", "DurationSeconds is not a number.");
    const StsRule& rule = *call.rule;
    if (number < rule.shortest.count() || number > rule.longest.count()) {
        const bool is_short = number < rule.shortest.count();
        return invalid(fmt::format("1 validation error detected: Value '{}' at 'durationSeconds' failed to satisfy "
                                   "constraint: Member must have value {} than or equal to {}",
                                   number, is_short ? "greater" : "less",
                                   is_short ? rule.shortest.count() : rule.longest.count()));
    }
    return std::optional(seconds(number));
}

StsResult<seconds> duration_in_role(const StsCall& call, const Role& role) {
    AWSFED_STS_TRY(const auto asked, duration_of(call));
    if (asked && *asked > role.max_session)
        return invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    return asked.value_or(std::min(role_usual, role.max_session));
}

StsResult<std::optional<Policy>> policy_of(const StsCall& call) {
    if (field(call.fields, "Policy") == nullptr)
        return std::optional<Policy>();
    const std::string_view text = call.get("Policy");
    if (text.empty() || code_points(text) > policy_chars_max)
        return unfit("policy", fmt::format("have length between 1 and {}", policy_chars_max));
    auto parsed = Policy::parse(text);
    if (!parsed)
        return refuse("MalformedPolicyDocument", parsed.error().message);
    return std::optional(*std::move(parsed));
}

} // namespace awsfed::sandbox
