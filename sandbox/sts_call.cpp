#include "sandbox/sts_call.h"

#include "base/limits.h"
#include "base/text.h"

#include <algorithm>
#include <charconv>

namespace awsfed::sandbox {

namespace {

using std::chrono::seconds;

constexpr seconds role_usual{3600};

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

// Of an item of a list: "Tags.member.12.Key".
struct ItemName {
    std::string_view list; // "Tags"
    std::int64_t number;
    std::string_view rest; // ".Key"

    std::string of(std::string_view which) const { return fmt::format("{}.member.{}{}", list, which, rest); }
};
std::optional<ItemName> item_name(std::string_view name) {
    constexpr std::string_view mark = ".member.";
    const std::size_t at = name.find(mark);
    if (at == name.npos)
        return std::nullopt;
    const std::string_view behind = name.substr(at + mark.size());
    const std::size_t dot = std::min(behind.find('.'), behind.size());
    const auto number = number_in(behind.substr(0, dot));
    if (!number || *number < 1 || behind.front() == '0')
        return std::nullopt;
    return ItemName{.list = name.substr(0, at), .number = *number, .rest = behind.substr(dot)};
}

bool is_known(const StsRule& rule, std::string_view name) {
    const auto item = item_name(name);
    return std::ranges::find(rule.parameters, item ? item->of("N") : std::string(name)) != rule.parameters.end();
}

} // namespace

StsFailure unfit(std::string_view parameter, std::string_view rule) {
    return invalid(fmt::format(
        "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must {}", parameter, rule));
}

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
    StsCall call{.action = {}, .fields = *std::move(fields), .now = now, .host = std::string(request.header("Host"))};
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
        if (!is_known(*call.rule, name))
            return invalid(
                fmt::format("The sandbox does not know the parameter {} of {}.", printable(name, 64), call.action));
        if (const auto item = item_name(name);
            item && item->number > 1 && !field(call.fields, item->of(std::to_string(item->number - 1))))
            return refuse("MalformedInput", fmt::format("There is a gap before {}.", printable(name, 64)));
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
    const auto number = number_in(text);
    if (!number)
        return refuse("MalformedInput", "DurationSeconds is not a number.");
    const StsRule& rule = *call.rule;
    if (*number < rule.shortest.count() || *number > rule.longest.count()) {
        const bool is_short = *number < rule.shortest.count();
        return invalid(fmt::format("1 validation error detected: Value '{}' at 'durationSeconds' failed to satisfy "
                                   "constraint: Member must have value {} than or equal to {}",
                                   *number, is_short ? "greater" : "less",
                                   is_short ? rule.shortest.count() : rule.longest.count()));
    }
    return std::optional(seconds(*number));
}

StsResult<seconds> duration_in_role(const StsCall& call, const Role& role) {
    AWSFED_STS_TRY(const auto asked, duration_of(call));
    if (asked && *asked > role.max_session)
        return invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    return asked.value_or(std::min(role_usual, role.max_session));
}

StsResult<std::size_t> token_size_min_of(const StsCall& call) {
    if (field(call.fields, "MinimumSessionTokenSize") == nullptr)
        return 0U;
    const auto number = number_in(call.get("MinimumSessionTokenSize"));
    if (!number || *number < 0 || *number > static_cast<std::int64_t>(token_chars_max))
        return unfit("minimumSessionTokenSize", fmt::format("be a number from 0 to {}", token_chars_max));
    return static_cast<std::size_t>(*number);
}

StsResult<std::string_view> text_of(const StsCall& call, std::string_view name, std::size_t shortest,
                                    std::size_t longest) {
    const std::string_view text = call.get(name);
    if (const std::size_t size = code_points(text); size < shortest || size > longest)
        return unfit(name, fmt::format("have length between {} and {}", shortest, longest));
    return text;
}

std::vector<std::string> list_of(const StsCall& call, std::string_view name) {
    std::vector<std::string> items;
    while (const std::string* item = field(call.fields, fmt::format("{}.member.{}", name, items.size() + 1)))
        items.push_back(*item);
    return items;
}

StsResult<SessionTags> tags_of(const StsCall& call) {
    SessionTags tags;
    while (true) {
        const std::string place = fmt::format("Tags.member.{}", tags.size() + 1);
        const std::string* key = field(call.fields, place + ".Key");
        const std::string* value = field(call.fields, place + ".Value");
        if (key == nullptr && value == nullptr)
            break;
        if (key == nullptr || value == nullptr)
            return unfit(place, "have a Key and a Value");
        tags.emplace_back(*key, *value);
    }
    if (const std::string fault = fault_of_tags(tags); !fault.empty())
        return invalid(fault);
    return tags;
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
