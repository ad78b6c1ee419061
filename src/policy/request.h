// One request that a policy is asked about: who does what to which resource, and what is known about it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed::policy {

// The condition keys of a request with their values. A key without a value counts as absent.
class RequestContext {
public:
    void set(std::string_view key, std::vector<std::string> values); // in place of what was there
    void add(std::string_view key, std::string_view value);
    // The key in lower case. Null where it is absent.
    const std::vector<std::string>* find(std::string_view lower_key) const;
    // Sorted; keys in lower case.
    const std::vector<std::pair<std::string, std::vector<std::string>>>& entries() const { return entries_; }
    void clear() { entries_.clear(); }

private:
    std::vector<std::pair<std::string, std::vector<std::string>>> entries_;
};

class Request {
public:
    Request(std::string_view action, std::string_view resource);

    const std::string& action() const { return action_; }             // as given: s3:GetObject
    const std::string& lower_action() const { return lower_action_; } // what is compared
    void set_action(std::string_view action);
    std::string resource; // an ARN, or * for actions that have none

    // An ARN (user, role, assumed-role session, federated user, root), a service's name, or * for nobody.
    std::string principal;
    std::string role_arn;         // of a session whose role has a path; else it is read from the principal
    std::string federated_by;     // of a federated user: the ARN of the IAM user that called GetFederationToken
    std::string identity_provider; // of a sign-in: the ARN that trust policies name as Federated
    std::string canonical_user;
    std::string resource_account; // empty: the principal's own

    RequestContext context;

private:
    std::string action_;
    std::string lower_action_;
};

} // namespace awsfed::policy
