// What AWS would decide about a request, and why: the order of the IAM User Guide, "Policy evaluation logic".
#pragma once

#include "policy/compiled.h"
#include "policy/request.h"

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace awsfed::policy {

// service: what no policy decides, but AWS itself (policy/service_rules.h).
enum class Layer { scp, rcp, endpoint, resource, identity, boundary, session, service };
inline constexpr std::size_t layers = 8;
std::string_view name_of(Layer layer);

enum class Verdict { allow, explicit_deny, implicit_deny };
std::string_view name_of(Verdict verdict); // "explicit_deny"

using Documents = std::vector<CompiledPolicy>;

// A layer that is not there does not limit; one that is there without documents allows nothing.
struct Policies {
    Documents identity;
    std::optional<Documents> boundary;
    std::optional<Documents> session; // inline and by ARN: united with each other
    std::optional<CompiledPolicy> resource; // a trust policy is one, too
    std::optional<Documents> endpoint;
    std::optional<std::vector<Documents>> scp; // from the root downwards: each level must allow
    std::optional<std::vector<Documents>> rcp;
};

struct Decision {
    Verdict verdict = Verdict::implicit_deny;
    // Of what decided; of an implicit deny nothing did.
    std::optional<Layer> layer;
    std::size_t level = 0; // of an SCP or RCP
    std::size_t policy = 0;
    std::size_t statement = 0;
    // Of an implicit deny: the layers that lack an Allow.
    std::array<bool, layers> missing{};

    bool lacks(Layer one) const { return missing[static_cast<std::size_t>(one)]; }
};

// Takes no memory.
Decision evaluate(const Policies& policies, const Request& request);

} // namespace awsfed::policy
