// What a role and a session policy leave together, as one HTML page for those who have to approve it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cli {

using PageWords = std::vector<std::string>;

struct PageCondition {
    std::string op, key;
    PageWords values;
};

struct PageStatement {
    std::string sid, effect;
    bool not_principal = false, not_action = false, not_resource = false;
    PageWords principals, actions, resources;
    std::vector<PageCondition> conditions;
};

struct PageDocument {
    std::string name; // "role: build", an ARN, a file; may be empty
    std::string text; // as it was written
    std::vector<PageStatement> statements;
};

struct PageRequest {
    std::string action, resource;
    std::vector<std::pair<std::string, PageWords>> context;
};

// One action and one resource of a session's statement, and what becomes of them: useful, no_role_allow, role_denies,
// session_denies or unknown.
struct PagePart {
    std::string action, resource, state;
};

struct PageJudgement {
    std::size_t policy = 0, statement = 0; // of the session's
    bool redundant = false;                // the others allow the same without it
    std::string state;                     // of the whole, where there are no parts
    std::vector<PagePart> parts;
};

struct PolicyPage {
    std::string data_date; // of the known actions
    std::vector<PageDocument> role, session;
    std::vector<PageJudgement> judgements;
    struct {
        std::string answer; // yes, no, unknown
        std::string why;
        std::optional<PageRequest> witness; // what the session policy would allow and the role does not
    } within_role;
    struct {
        PageDocument document;
        std::string label; // exact, upper, lower
        std::string why;
        std::optional<PageRequest> witness; // where document and truth differ
    } left;
};

// Of this JSON; what is not there is empty, and a document is its text:
//
//   {"role": [{"name": "", "document": "{...}"}], "session": [{"name": "", "document": "{...}"}],
//    "report": what awsfed_policies_session_report gives, "left": what awsfed_policies_intersect gives}
//
// Throws std::runtime_error when it is no JSON, or no object.
PolicyPage policy_page_of(const std::string& json);

// One file that loads nothing and runs nothing. Whatever the documents hold is text on it, and characters that do not
// show, or that turn the direction of what is read, are named.
std::string policy_page(const PolicyPage& page);

} // namespace cli
