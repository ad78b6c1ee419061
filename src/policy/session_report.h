// What each part of a session policy is good for, given the policies of the role.
#pragma once

#include "policy/compare.h"
#include "policy/document.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

// One action pattern of an Allow with one of its resource patterns. All exceptions of a NotAction or NotResource
// are one.
struct SessionPart {
    enum State {
        useful,         // it allows something that the session may then do
        no_role_allow,  // it names nothing that the role allows
        role_denies,    // of what it names the role denies all that it allows
        session_denies, // of what it names the session denies all that the role allows
        unknown,
    };

    std::size_t document = 0;
    std::size_t statement = 0; // of the document
    std::optional<std::size_t> action; // its place in the list; none: all of a NotAction
    std::optional<std::size_t> resource;
    State state = unknown;
    std::string why; // it is unknown
};
std::string_view name_of(SessionPart::State state);

struct SessionReport {
    std::vector<SessionPart> parts; // in the order of the documents

    // Statements that allow nothing which the others do not allow as well.
    struct Redundant {
        std::size_t document;
        std::size_t statement;
    };
    std::vector<Redundant> redundant;
    Within session_within_role; // the witness escapes: the session allows it, the role does not
};

SessionReport session_report(const Layered& role, const Layered& session, const CompareOptions& options);

} // namespace awsfed::policy
