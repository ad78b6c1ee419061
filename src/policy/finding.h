// What reading a policy brings to light, each with its place and what to do.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

enum class Severity {
    refused,    // AWS does not accept the document
    dead,       // AWS accepts it, but this part never matches anything
    warning,    // it allows more than one may think
    suggestion, // it would be better otherwise
};

enum class FindingCode {
#define AWSFED_POLICY_FINDING(name, code, severity, advice) name,
#include "policy/findings.def"
#undef AWSFED_POLICY_FINDING
};

struct Finding {
    FindingCode code;
    Severity severity;
    std::size_t offset; // in bytes, where the text at fault begins
    std::size_t length; // in bytes, of what to underline; 0: only a place
    std::string what;   // one sentence

    std::string_view name() const; // "unknown-element"
    std::string_view advice() const;
};

std::string_view name_of(Severity severity); // "refused"
Severity usual_severity(FindingCode code);

// More are not listed: who has so many has given another file than he thinks.
inline constexpr std::size_t findings_max = 1000;

struct FindingPlace {
    std::size_t line, column; // from 1; the column in characters
    std::string pointer; // RFC 6901: "/Statement/0/Action/1"; of a key, that of its value. Empty is the whole document
};
// Of each finding, in their order.
std::vector<FindingPlace> places_of(std::string_view text, const std::vector<Finding>& findings);

} // namespace awsfed::policy
