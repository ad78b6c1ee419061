#include "policy/variable_cases.h"

#include "base/text.h"
#include "policy/glob.h"

#include <algorithm>

namespace awsfed::policy {

namespace {

constexpr std::size_t opaque_cases_max = 128;
constexpr std::size_t likely_cases_max = 512;
constexpr std::size_t likely_values_max = 24; // of one key

void add_once(std::vector<std::string>& values, std::string value) {
    if (std::ranges::find(values, value) == values.end())
        values.push_back(std::move(value));
}

// What stands between wildcards, variables, slashes and colons.
void add_parts(std::string_view pattern, std::vector<std::string>& values) {
    GlobVariables variables;
    Symbols part;
    for (const Symbol symbol : Glob::of(pattern, &variables).symbols() + U'/') {
        if (is_character(symbol) && symbol != U'/' && symbol != U':') {
            part += symbol;
            continue;
        }
        if (!part.empty() && values.size() < likely_values_max)
            add_once(values, utf8_of(part));
        part.clear();
    }
}

// A text that a value of a condition matches, roughly.
std::string text_for(std::string_view value) {
    std::string text;
    for (const char c : value) {
        if (c != '*')
            text += c == '?' ? 'x' : c;
    }
    return text;
}

std::vector<std::string> likely_values(std::span<const AskedStatement> statements, const std::string& key) {
    std::vector<std::string> values{"x1", ""};
    GlobVariables variables;
    for (const auto& [statement, version] : statements) {
        for (const Condition& condition : statement->conditions) {
            for (const Word& value : condition.values) {
                if (lower_ascii(condition.key.text) == key && condition.op.comparison != Comparison::null)
                    add_once(values, text_for(value.text));
                Glob::of(value.text, &variables);
            }
        }
        for (const Word& resource : statement->resources)
            Glob::of(resource.text, &variables);
    }
    for (const GlobVariable& variable : variables.all()) {
        if (variable.key == key && variable.otherwise)
            add_once(values, *variable.otherwise);
    }
    for (const auto& [statement, version] : statements) {
        for (const Word& resource : statement->resources)
            add_parts(resource.text, values);
        for (const Condition& condition : statement->conditions) {
            for (const Word& value : condition.values)
                add_parts(value.text, values);
        }
    }
    if (values.size() > likely_values_max)
        values.resize(likely_values_max);
    return values;
}

} // namespace

std::vector<VariableCase> opaque_cases(const Representatives& representatives) {
    std::vector<VariableCase> cases(1);
    cases.front().opaque = true;
    for (const std::string& key : representatives.variable_keys()) {
        std::vector<VariableCase> more;
        for (const VariableCase& each : cases) {
            more.push_back(each); // absent
            more.push_back(each);
            more.back().present.push_back(key);
            if (representatives.has_defaults()) {
                more.push_back(each);
                more.back().several.push_back(key);
            }
        }
        if (more.size() > opaque_cases_max)
            return {};
        cases = std::move(more);
    }
    return cases;
}

std::vector<VariableCase> likely_cases(std::span<const AskedStatement> statements, std::span<const std::string> keys) {
    std::vector<VariableCase> cases(1);
    for (const std::string& key : keys) {
        std::vector<VariableCase> more;
        const std::vector<std::string> values = likely_values(statements, key);
        // The first values of each key with all of the others, and so on.
        for (const VariableCase& each : cases)
            more.push_back(each);
        for (const std::string& value : values) {
            for (const VariableCase& each : cases) {
                more.push_back(each);
                more.back().values.set(key, {value});
            }
        }
        if (more.size() > likely_cases_max)
            more.resize(likely_cases_max);
        cases = std::move(more);
    }
    return cases;
}

} // namespace awsfed::policy
