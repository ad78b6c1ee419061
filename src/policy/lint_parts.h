// The parts of lint_policy, a kind of element each.
#pragma once

#include "policy/action_table.h"
#include "policy/document.h"
#include "policy/finding.h"

#include <optional>
#include <string>
#include <vector>

namespace awsfed::policy {

struct Notes {
    std::vector<Finding> findings;
    // Each search of the table for what is near takes a millisecond or two, and a document may have 100,000 words.
    std::size_t searches_left = 100;

    void add(FindingCode code, std::size_t offset, std::size_t length, std::string what,
             std::optional<Severity> severity = {});
    void add(FindingCode code, const Word& word, std::string what, std::optional<Severity> severity = {});
};

// Names that do not exist.
void check_actions(const Statement& statement, Notes& notes);
// ARNs that AWS does not take, that no action of the statement works on, and variables that are none.
void check_resources(const Statement& statement, Version version, Notes& notes);
// Values that their operator cannot read, and tests that hold where one would not think so.
void check_conditions(const Statement& statement, Version version, Notes& notes);

// Words of a list that another one covers.
void check_repeated(const std::vector<Word>& words, bool any_case, Version version, Notes& notes);
// ${ that is not a variable.
void check_variables(const Word& word, Version version, bool takes_variables, Notes& notes);

} // namespace awsfed::policy
