#include "policy/grammar.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace awsfed::policy {

namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool all_of(std::string_view text, std::string_view others) {
    return std::ranges::all_of(text, [others](char c) { return is_letter_or_digit(c) || others.contains(c); });
}
bool has_wildcard(std::string_view text) { return text.find_first_of("*?") != text.npos; }

std::optional<WordFault> fault(FindingCode code, std::string_view what, std::string_view word,
                               std::optional<Severity> severity = {}) {
    return WordFault{code, severity.value_or(usual_severity(code)),
                     fmt::format(fmt::runtime(what), printable(word, 128))};
}

// The parts of an ARN; the sixth may have colons of its own. How many there are is counted.
std::size_t split_arn(std::string_view arn, std::array<std::string_view, 6>& parts) {
    std::size_t count = 0;
    while (count < 5) {
        const std::size_t colon = arn.find(':');
        parts[count++] = arn.substr(0, colon);
        if (colon == arn.npos)
            return count;
        arn.remove_prefix(colon + 1);
    }
    parts[count++] = arn;
    return count;
}

bool may_be_partition(std::string_view part) {
    return part == "*" || (!part.empty() && std::ranges::all_of(part, [](char c) {
               return (c >= 'a' && c <= 'z') || c == '-' || c == '*' || c == '?';
           }));
}

} // namespace

std::optional<WordFault> action_fault(std::string_view action) {
    if (action == "*")
        return std::nullopt;
    const std::size_t colon = action.find(':');
    if (colon == action.npos)
        return fault(FindingCode::bad_action, "The action \"{}\" names no service.", action);
    const std::string_view service = action.substr(0, colon);
    const std::string_view name = action.substr(colon + 1);
    if (service.empty() || !all_of(service, "-")) {
        // AWS takes a dot there, though no service has one.
        const bool taken = !service.empty() && all_of(service, "-.");
        return fault(FindingCode::bad_action_vendor, "\"{}\" does not begin with the name of a service.", action,
                     taken ? Severity::dead : Severity::refused);
    }
    if (name.empty() || name.contains(':'))
        return fault(FindingCode::bad_action, "The action \"{}\" is not SERVICE:Name.", action);
    if (!all_of(name, "*?")) // AWS takes these, too; none of its actions is called so
        return fault(FindingCode::bad_action, "The name of the action \"{}\" has characters that no action has.",
                     action, Severity::dead);
    return std::nullopt;
}

std::optional<WordFault> resource_fault(std::string_view resource) {
    if (resource == "*")
        return std::nullopt;
    std::array<std::string_view, 6> parts;
    const std::size_t count = split_arn(resource, parts);
    if (parts[0] != "arn")
        return fault(FindingCode::bad_resource, "\"{}\" is neither an ARN nor *.", resource);
    if (count < 6) // AWS takes one of three parts, which is no resource's
        return fault(FindingCode::bad_resource_arn, "The ARN \"{}\" has too few parts.", resource,
                     count == 3 ? Severity::dead : Severity::refused);
    if (!may_be_partition(parts[1]))
        return fault(FindingCode::bad_partition, "The partition of \"{}\" cannot be one.", resource);
    if (parts[2].empty() || has_wildcard(parts[2]))
        return fault(FindingCode::bad_resource_vendor, "\"{}\" does not write the service out.", resource);
    return std::nullopt;
}

std::optional<WordFault> sid_fault(std::string_view sid) {
    if (all_of(sid, ""))
        return std::nullopt;
    // AWS's own examples have an underscore.
    return fault(FindingCode::bad_sid, "The Sid \"{}\" has other characters than letters and digits.", sid,
                 all_of(sid, "_") ? Severity::suggestion : Severity::refused);
}

// A tag's name, behind the slash, may have blanks.
bool is_condition_key(std::string_view key) { return !key.empty() && !key.substr(0, key.find('/')).contains(' '); }

std::optional<std::size_t> odd_session_character(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const bool is_plain = byte == '\t' || byte == '\n' || byte == '\r' || (byte >= 0x20 && byte < 0x80);
        if (is_plain)
            continue;
        // U+0080 to U+00FF begin with C2 or C3.
        const bool is_latin = (byte == 0xC2 || byte == 0xC3) && at + 1 < text.size();
        if (!is_latin)
            return at;
        ++at;
    }
    return std::nullopt;
}

} // namespace awsfed::policy
