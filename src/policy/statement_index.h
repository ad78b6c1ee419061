// The patterns and conditions of many statements, each once, and how texts fall among them.
#pragma once

#include "policy/condition_cells.h"
#include "policy/glob_cells.h"
#include "policy/representatives.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace awsfed::policy {

class StatementIndex {
public:
    using Ids = std::vector<std::uint32_t>; // ascending

    explicit StatementIndex(std::vector<AskedStatement> statements);

    std::size_t size() const { return statements_.size(); }
    const Statement& operator[](std::size_t i) const { return *statements_[i].statement; }

    // The statements that an action touches, and such an action. Each set once; empty when the budget is spent.
    struct Touched {
        Ids statements;
        std::string action;
    };
    std::optional<std::vector<Touched>> touched(std::span<const std::string> known_actions, Budget& budget) const;

    // Of some statements those of which a pattern matches a resource, and such a resource. A NotResource is not
    // turned around here.
    struct Hit {
        Ids statements;
        Symbols resource;
    };
    std::optional<std::vector<Hit>> hits(const Ids& statements, const RepresentativeQuestion& question,
                                         Budget& budget) const;
    bool hits(std::uint32_t statement, std::string_view resource, const VariableCase& variables) const;

    // Conditions, each once, with its number.
    std::size_t conditions() const { return conditions_.size(); }
    const Ids& conditions_of(std::uint32_t statement) const { return conditions_of_[statement]; }
    const std::string& key_of(std::uint32_t condition) const { return keys_[condition]; }
    bool has_variables(std::uint32_t condition) const { return condition_has_variables_[condition]; }
    const AskedCondition& condition(std::uint32_t number) const { return conditions_[number]; }

    const std::vector<std::string>& variable_keys() const { return variable_keys_; }
    bool has_defaults() const { return has_defaults_; }

private:
    void add_condition(const AskedCondition& asked);
    void add_variable_keys(const GlobVariables& variables);
    std::optional<std::vector<GlobCell>> open_actions(Budget& budget) const;
    std::optional<std::vector<GlobCell>> closed_actions(std::span<const std::string> known, Budget& budget) const;
    Touched touched_by(const GlobCell& cell) const;
    static std::vector<Ids> group(std::vector<ReadGlob>& patterns, std::vector<Ids> users);
    std::optional<Glob> resolved(const Glob& glob, const VariableCase& variables) const;
    std::optional<std::vector<Glob>> worlds_of(const Ids& statements, const RepresentativeQuestion& question) const;

    std::vector<AskedStatement> statements_;
    std::vector<ReadGlob> actions_; // in lower case, each once; grouped by the statements that use them
    std::vector<Ids> users_;        // the statements of each group
    std::map<std::string, std::string> written_; // by their lower case
    Ids not_action_;                             // statements
    GlobVariables variables_;
    std::vector<std::vector<Glob>> resources_; // of each statement
    std::vector<AskedCondition> conditions_;
    std::vector<std::string> keys_; // of each condition, in lower case
    std::vector<bool> condition_has_variables_;
    std::vector<Ids> conditions_of_;
    std::vector<std::string> variable_keys_;
    bool has_defaults_ = false;
};

} // namespace awsfed::policy
