#include "sandbox/policy.h"

#include "base/text.h"
#include "markup/json.h"
#include "sandbox/json_value.h"

#include <algorithm>
#include <array>

namespace awsfed::sandbox {

namespace {

template <class... Args>
Failure wrong(std::string_view json, const JsonValue& at, fmt::format_string<Args...> text, Args&&... args) {
    return fail(Code::policy_malformed, "The policy is wrong at line {}: {}.", place_in(json, at.offset).line,
                fmt::format(text, std::forward<Args>(args)...));
}

Result<void> check_names(std::string_view json, const JsonValue& object, std::span<const std::string_view> known) {
    for (const auto& [name, value] : object.members) {
        if (name == "Condition" || name == "Principal" || name == "NotPrincipal")
            return wrong(json, value, "the sandbox does not judge a {}; leave it out here", name);
        if (std::ranges::find(known, name) == known.end())
            return wrong(json, value, "\"{}\" is no element of a policy", printable(name, 64));
    }
    return {};
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view text) {
    return std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches(pattern, text); });
}

} // namespace

bool matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t star = pattern.npos; // the last one met, which takes one character more when the rest fails
    std::size_t resume = 0;
    for (std::size_t t = 0; t < text.size();) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != pattern.npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == pattern.npos;
}

Result<Policy::Patterns> Policy::read_patterns(std::string_view json, const JsonValue& statement,
                                               std::string_view name) {
    const std::string inverse = fmt::format("Not{}", name);
    const JsonValue* plain = statement.member(name);
    const JsonValue* inverted = statement.member(inverse);
    if ((plain == nullptr) == (inverted == nullptr))
        return wrong(json, statement, "a statement needs either {} or {}", name, inverse);

    const JsonValue& given = plain ? *plain : *inverted;
    Patterns patterns{.any_of = {}, .inverted = plain == nullptr};
    const bool is_list = given.kind == JsonValue::Kind::array;
    for (const JsonValue& item : is_list ? std::span(given.items) : std::span(&given, 1)) {
        if (item.kind != JsonValue::Kind::string)
            return wrong(json, item, "{} must be a string or a list of strings", name);
        if (item.text.find("${") != std::string::npos)
            return wrong(json, item, "the sandbox does not judge policy variables");
        const std::size_t colon = item.text.find(':');
        if (item.text != "*" && (colon == std::string::npos || item.text.find_first_of("*? ") < colon))
            return wrong(json, item, "\"{}\" is neither * nor begins with the name of a service or with arn:",
                         printable(item.text, 100));
        patterns.any_of.push_back(name == "Action" ? lower_ascii(item.text) : item.text);
    }
    if (patterns.any_of.empty())
        return wrong(json, given, "{} is an empty list", name);
    return patterns;
}

Result<Policy::Statement> Policy::read_statement(std::string_view json, const JsonValue& value) {
    constexpr std::array<std::string_view, 6> known{"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource"};
    if (value.kind != JsonValue::Kind::object)
        return wrong(json, value, "a statement must be an object");
    AWSFED_CHECK(check_names(json, value, known));
    const JsonValue* effect = value.member("Effect");
    if (effect == nullptr || (effect->text != "Allow" && effect->text != "Deny"))
        return wrong(json, value, "a statement needs an Effect, Allow or Deny");
    Statement statement{.allows = effect->text == "Allow", .actions = {}, .resources = {}};
    AWSFED_TRY(statement.actions, read_patterns(json, value, "Action"));
    AWSFED_TRY(statement.resources, read_patterns(json, value, "Resource"));
    return statement;
}

Result<Policy> Policy::parse(std::string_view json) {
    constexpr std::array<std::string_view, 3> known{"Version", "Id", "Statement"};
    AWSFED_TRY(const JsonValue root, read_json_value(json));
    if (root.kind != JsonValue::Kind::object)
        return wrong(json, root, "it must be an object");
    AWSFED_CHECK(check_names(json, root, known));
    if (const JsonValue* version = root.member("Version");
        version != nullptr && version->text != "2012-10-17" && version->text != "2008-10-17")
        return wrong(json, *version, "the Version must be 2012-10-17 or 2008-10-17");
    const JsonValue* statements = root.member("Statement");
    if (statements == nullptr)
        return wrong(json, root, "it has no Statement");

    Policy policy;
    const bool is_list = statements->kind == JsonValue::Kind::array;
    for (const JsonValue& value : is_list ? std::span(statements->items) : std::span(statements, 1)) {
        AWSFED_TRY(Statement statement, read_statement(json, value));
        policy.statements_.push_back(std::move(statement));
    }
    if (policy.statements_.empty())
        return wrong(json, *statements, "it has no Statement");
    return policy;
}

Verdict Policy::judge(std::string_view action, std::string_view resource) const {
    const std::string lower = lower_ascii(action);
    Verdict verdict = Verdict::silent;
    for (const Statement& statement : statements_) {
        if (any_matches(statement.actions.any_of, lower) == statement.actions.inverted ||
            any_matches(statement.resources.any_of, resource) == statement.resources.inverted)
            continue;
        if (!statement.allows)
            return Verdict::denies;
        verdict = Verdict::allows;
    }
    return verdict;
}

} // namespace awsfed::sandbox
