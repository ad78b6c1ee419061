// Which AWS roles an assertion offers, and the choice among them.
#pragma once

#include "base/arn.h"
#include "base/result.h"

#include <optional>
#include <span>
#include <string_view>

namespace awsfed {

// One value of the SAML attribute .../SAML/Attributes/Role: the role, and the provider that vouches for
// it. AWS accepts the two in either order, so do we.
struct RoleOffer {
    Arn role;
    Arn provider;

    friend bool operator==(const RoleOffer&, const RoleOffer&) = default;
};

// Refuses anything but exactly one role and one provider. White space around the two is not part of them.
Result<RoleOffer> read_role_offer(std::string_view value);

// The offer to use. Without a wish a single offer is taken; several are a question for the user, so the
// answer is empty. A role that two providers vouch for is taken from the first.
Result<std::optional<RoleOffer>> choose_role(std::span<const RoleOffer> offers, const std::optional<Arn>& wish);

} // namespace awsfed
