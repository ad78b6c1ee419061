#include "policy/template.h"

#include "policy/values.h"
#include "policy/write.h"

#include "base/limits.h"
#include "base/text.h"
#include "markup/json.h"

#include <algorithm>

namespace awsfed::policy {

namespace {

constexpr std::string_view opening = "{{";
constexpr std::string_view closing = "}}";

// How the place reads what stands in it.
struct Place {
    std::string_view what; // for messages
    bool is_arn = false;
    bool has_wildcards = false;
    bool has_variables = false; // so that ${*} is a star
};

// {{NAME}} or {{+NAME}}.
struct Placeholder {
    std::string_view before; // the text in front of it, from the beginning of the word
    std::string_view name;
    bool may_have_parts = false;
    bool is_whole_word = false;
    bool is_in_arn_head = false; // as it comes out: a name may have colons, too
};

bool has_control(std::string_view utf8) {
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        const bool is_c1 = byte == 0xC2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xA0;
        if (byte < 0x20 || byte == 0x7F || is_c1)
            return true;
    }
    return false;
}

std::string escaped(std::string_view value, const Place& place) {
    if (!place.has_variables)
        return std::string(value);
    const std::string_view special = place.has_wildcards ? "*?$" : "$";
    std::string out;
    for (const char c : value) {
        if (special.contains(c))
            out.append("${").append(1, c).append("}");
        else
            out += c;
    }
    return out;
}

// Would the text around it make a variable of what the value begins with, or take it for a part of one?
bool is_in_variable(std::string_view before) {
    const std::size_t begin = before.rfind("${");
    return before.ends_with('$') || (begin != before.npos && before.find('}', begin) == before.npos);
}

bool is_one_placeholder(std::string_view word) {
    return word.starts_with(opening) && word.find(closing) == word.size() - closing.size();
}

// A number, a moment or an address has no wildcards, but with 0.0.0.0/0 for an address a condition asks nothing.
bool fits(std::string_view value, Comparison comparison) {
    if (is_numeric(comparison))
        return Decimal::parse(value).has_value();
    if (is_date(comparison))
        return Moment::parse(value).has_value();
    return comparison != Comparison::ip_address || AddressRange::parse_address(value).has_value();
}

class Expansion {
public:
    Expansion(std::string_view text, const TemplateData& data) : text_(text), data_(data) {}

    Result<void> expand(Document& document) {
        for (Statement& one : document.statements)
            AWSFED_CHECK(expand(one, document.has_variables()));
        return {};
    }

private:
    Result<void> expand(Statement& one, bool has_variables) {
        AWSFED_CHECK(refuse(one.sid ? std::vector{*one.sid} : std::vector<Word>(), "a Sid"));
        AWSFED_CHECK(refuse(one.actions, "an action"));
        for (const Principal& principal : one.principals.value_or(std::vector<Principal>()))
            AWSFED_CHECK(refuse(principal.names, "a principal"));
        for (Word& word : one.resources)
            AWSFED_CHECK(expand(
                word, {.what = "resource", .is_arn = true, .has_wildcards = true, .has_variables = has_variables}));
        for (Condition& condition : one.conditions)
            AWSFED_CHECK(expand(condition, has_variables));
        return {};
    }

    Result<void> expand(Condition& condition, bool has_variables) {
        const Comparison comparison = condition.op.comparison;
        AWSFED_CHECK(refuse({condition.key}, "the key of a condition"));
        if (comparison == Comparison::null)
            AWSFED_CHECK(refuse(condition.values, "a value of Null"));
        const Place place{.what = "condition's value",
                          .is_arn = comparison == Comparison::arn_equals || comparison == Comparison::arn_like,
                          .has_wildcards = takes_wildcards(comparison),
                          .has_variables = has_variables && takes_variables(comparison)};
        for (Word& word : condition.values) {
            if (!word.text.contains(opening))
                continue;
            const bool alone = is_one_placeholder(word.text);
            AWSFED_CHECK(expand(word, place));
            if (!takes_variables(comparison) && (!alone || !fits(word.text, comparison)))
                return at_fault(word,
                                "Where numbers, times or addresses are compared, a value stands alone, and is one.");
        }
        return {};
    }

    Result<void> refuse(const std::vector<Word>& words, std::string_view what) {
        for (const Word& word : words)
            if (word.text.contains(opening))
                return at_fault(word, fmt::format("There can be no build data in {}.", what));
        return {};
    }

    Result<void> expand(Word& word, const Place& place) {
        std::string made;
        std::string_view rest = word.text;
        while (!rest.empty()) {
            const std::size_t begin = std::min(rest.find(opening), rest.size());
            made += rest.substr(0, begin);
            rest.remove_prefix(begin);
            if (rest.empty())
                break;
            const std::size_t end = rest.find(closing);
            if (end == rest.npos)
                return at_fault(word, "A {{ has no }} behind it.");
            Placeholder one;
            one.before = std::string_view(word.text).substr(0, word.text.size() - rest.size());
            one.name = trimmed(rest.substr(opening.size(), end - opening.size()));
            one.may_have_parts = one.name.starts_with('+');
            one.name.remove_prefix(one.may_have_parts ? 1 : 0);
            rest.remove_prefix(end + closing.size());
            one.is_in_arn_head = std::ranges::count(made, ':') < 5;
            one.is_whole_word = one.before.empty() && rest.empty();
            AWSFED_TRY(const std::string value, value_for(one, word, place));
            made += value;
        }
        word.text = std::move(made);
        return {};
    }

    Result<std::string> value_for(const Placeholder& one, const Word& word, const Place& place) {
        if (++places_ > build_data_places_max)
            return at_fault(word, fmt::format("There is build data in more than {} places.", build_data_places_max));
        if (is_in_variable(one.before))
            return at_fault(word, "There can be no build data in a policy variable, nor directly behind a $.");
        const auto found = data_.find(one.name);
        if (found == data_.end())
            return unknown(word, one.name);
        const std::string& value = found->second;
        if (const std::string_view why = fault_of(value, one, place); !why.empty())
            return at_fault(word,
                            fmt::format("The value of {} cannot stand in this {}: {}.", one.name, place.what, why));
        return escaped(value, place);
    }

    static std::string_view fault_of(std::string_view value, const Placeholder& one, const Place& place) {
        if (value.empty())
            return "it is empty";
        if (!is_utf8(value) || has_control(value))
            return "it has control characters";
        if (place.has_wildcards && !place.has_variables && value.find_first_of("*?") != value.npos)
            return "it has a wildcard, which only policies of Version 2012-10-17 can write as a character";
        if (value.find_first_of(":/") == value.npos)
            return {};
        if (place.is_arn && !one.is_whole_word && one.is_in_arn_head)
            return "it has a : or /, which would shift the parts of the ARN";
        if (one.may_have_parts || (one.is_whole_word && !place.is_arn))
            return {};
        return "it has a : or /, which would shift the parts of the path; {{+NAME}} takes it all the same";
    }

    std::string names() const {
        std::string all;
        for (const auto& [name, value] : data_)
            all += (all.empty() ? "" : ", ") + printable(name, 64);
        return all;
    }

    Failure unknown(const Word& word, std::string_view name) {
        const std::string there = data_.empty() ? std::string("The build data is empty.") : "It has: " + names() + ".";
        return at_fault(word, fmt::format("The build data has no \"{}\".", printable(name, 64))).advice(there);
    }

    Failure at_fault(const Word& word, std::string_view what) {
        const JsonPlace place = place_in(text_, std::min(word.offset, text_.size()));
        return fail(Code::policy_malformed, "{} It is in line {}, column {} of the policy.", what, place.line,
                    place.column)
            .setting("policy");
    }

    std::string_view text_;
    const TemplateData& data_;
    std::size_t places_ = 0;
};

Failure refused(const Reading& reading, std::string_view text, std::string_view which) {
    const auto fault = std::ranges::find(reading.findings, Severity::refused, &Finding::severity);
    if (fault == reading.findings.end())
        return fail(Code::policy_malformed, "{} cannot be read.", which).setting("policy");
    const JsonPlace place = place_in(text, fault->offset);
    return fail(Code::policy_malformed, "{}, line {}, column {}: {}", which, place.line, place.column, fault->what)
        .setting("policy")
        .advice(std::string(fault->advice()));
}

} // namespace

Result<std::string> policy_for(std::string_view text, PolicyType type, const TemplateData& data) {
    if (!text.contains(opening) && !text.contains("\\u00")) // a brace may be written as \u007b
        return std::string(text);
    Reading reading = read_policy(text, type);
    Document& document = reading.document ? *reading.document : reading.legible;
    const std::string as_written = policy_text(document);
    if (!as_written.contains(opening) && !text.contains(opening))
        return std::string(text);
    AWSFED_CHECK(Expansion(text, data).expand(document));
    if (!reading.document)
        return refused(reading, text, "The policy");
    std::string made = policy_text(document);
    if (const Reading again = read_policy(made, type); !again.document)
        return refused(again, made, "The policy with the build data in it");
    return made;
}

} // namespace awsfed::policy
