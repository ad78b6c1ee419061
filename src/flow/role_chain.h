// Roles that are taken one after the other: that of role_arn, then those of role_chain. AWS gives the session of a role
// that was taken with a role's session for an hour at most
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html, "Role chaining").
#pragma once

#include "aws/sts_action.h"
#include "base/result.h"
#include "credentials/credentials.h"
#include "settings/settings.h"

#include <string>
#include <vector>

namespace awsfed {

class RoleChain {
public:
    // Of settings that have a role_chain. Refuses what is no chain of roles.
    static Result<RoleChain> of(const Settings& settings);

    std::size_t hops() const { return roles_.size(); }
    const std::string& role(std::size_t hop) const { return roles_[hop]; }

    // The request that ends with that hop, under which its session is kept. What is only for the last session (its
    // policy) is not in the others, so that connectors share them.
    Settings request(std::size_t hop) const;
    // For the call of assume-role that takes the hop's role, from the second hop on. The session's name is kept where
    // none is set; AWS keeps the source identity, and the tags that are transitive.
    Settings call(std::size_t hop, const Credentials& before) const;

private:
    RoleChain(Settings settings, std::vector<std::string> roles, StsAction first)
        : settings_(std::move(settings)), roles_(std::move(roles)), first_(first) {}

    Settings settings_;
    std::vector<std::string> roles_;
    StsAction first_; // how the first role is taken
};

} // namespace awsfed
