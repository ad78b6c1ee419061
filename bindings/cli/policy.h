// "awsfed policy": what is wrong with a policy, what it allows, and what is left of a role under a session policy.
#pragma once

#include "awsfed.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cli {

class PolicyCommand {
public:
    // Adds lint, evaluate, intersect, compare, dead, shrink and explain.
    void add_to(CLI::App& command);
    // 0: yes (nothing to find, allowed, within); 1: no; 3: not decided within the bound on work.
    int run() const;

private:
    void add_lint(CLI::App& command);
    void add_evaluate(CLI::App& command);
    void add_questions(CLI::App& command);

    int answer_of_command() const;
    int lint() const;
    int evaluate() const;
    int intersect() const;
    int compare() const;
    int dead() const;
    int shrink() const;
    int explain() const;

    CLI::App *lint_ = nullptr, *evaluate_ = nullptr, *intersect_ = nullptr, *compare_ = nullptr, *dead_ = nullptr,
             *shrink_ = nullptr, *explain_ = nullptr;
    std::vector<std::string> files_, role_, session_, boundary_, endpoint_, scp_, rcp_, context_;
    std::string resource_policy_, type_ = "identity", fail_on_ = "dead", html_;
    std::string action_, resource_ = "*", principal_, role_arn_, federated_by_, identity_provider_, resource_account_;
    std::uint64_t steps_ = 0;
    std::size_t chars_max_ = 0;
    bool json_ = false, wildcards_ = false, split_ = false;
};

} // namespace cli
