#include "policy/principal_match.h"

#include <algorithm>
#include <array>

namespace awsfed::policy {

namespace {

std::string_view part_of(std::string_view arn, int index) {
    for (; index > 0; --index) {
        const std::size_t colon = arn.find(':');
        if (colon == arn.npos)
            return {};
        arn.remove_prefix(colon + 1);
    }
    return arn.substr(0, arn.find(':'));
}
std::string_view resource_of(std::string_view arn) {
    for (int i = 0; i < 5; ++i)
        arn.remove_prefix(std::min(arn.find(':'), arn.size() - 1) + 1);
    return arn;
}

bool is_account(std::string_view text) {
    return text.size() == 12 && text.find_first_not_of("0123456789") == text.npos;
}

// arn:aws:iam::1:role/build of arn:aws:sts::1:assumed-role/build/job; a session's ARN does not show the role's path.
bool is_role_of(std::string_view role, std::string_view session) {
    constexpr std::string_view in_role = "role/";
    constexpr std::string_view in_session = "assumed-role/";
    if (part_of(session, 2) != "sts" || part_of(role, 2) != "iam" || part_of(role, 1) != part_of(session, 1) ||
        part_of(role, 4) != part_of(session, 4))
        return false;
    std::string_view name = resource_of(session);
    const std::size_t slash = name.rfind('/');
    if (!name.starts_with(in_session) || slash < in_session.size())
        return false;
    name = name.substr(in_session.size(), slash - in_session.size());
    const std::string_view role_name = resource_of(role);
    return !name.empty() && role_name.starts_with(in_role) && role_name.substr(in_role.size()) == name;
}

} // namespace

std::string_view account_in(std::string_view arn) { return part_of(arn, 4); }

PrincipalMatch::PrincipalMatch(const Statement& statement)
    : is_there_(statement.principals.has_value()), negated_(statement.not_principal) {
    if (!is_there_)
        return;
    for (const Principal& principal : *statement.principals) {
        if (principal.type == "*") {
            ones_.push_back({Type::aws, "*"});
            continue;
        }
        const Type type = principal.type == "Service"         ? Type::service
                          : principal.type == "Federated"     ? Type::federated
                          : principal.type == "CanonicalUser" ? Type::canonical_user
                                                              : Type::aws;
        for (const Word& name : principal.names)
            ones_.push_back({type, name.text});
    }
}

Named PrincipalMatch::named_by(const One& one, const Request& request) {
    const std::string& who = request.principal;
    const auto itself_if = [](bool same) { return same ? Named::itself : Named::not_at_all; };
    switch (one.type) {
    case Type::service: return itself_if(one.name == who);
    case Type::federated: return itself_if(!one.name.empty() && one.name == request.identity_provider);
    case Type::canonical_user: return itself_if(!one.name.empty() && one.name == request.canonical_user);
    case Type::aws: break;
    }
    if (one.name == "*")
        return Named::everybody;
    if (one.name == who) // a role that is asked about as such stands for its sessions
        return part_of(who, 2) == "iam" && resource_of(who).starts_with("role/") ? Named::role : Named::itself;
    const bool is_root = part_of(one.name, 2) == "iam" && resource_of(one.name) == "root" &&
                         is_account(account_in(one.name)) && account_in(one.name) == account_in(who);
    if (is_root || (is_account(one.name) && one.name == account_in(who)))
        return Named::account;
    const bool is_its_role = !one.name.empty() && (one.name == request.role_arn || one.name == request.federated_by);
    return is_its_role || is_role_of(one.name, who) ? Named::role : Named::not_at_all;
}

Named PrincipalMatch::best_of(const Request& request) const {
    Named best = Named::not_at_all;
    for (const One& one : ones_)
        best = std::max(best, named_by(one, request));
    return best;
}

bool PrincipalMatch::names_principal(const Request& request) const {
    return std::ranges::any_of(ones_, [&](const One& one) { return one.name == request.principal; });
}

Named PrincipalMatch::names(const Request& request, Effect effect, bool has_boundary) const {
    if (!is_there_)
        return Named::not_at_all;
    if (!negated_)
        return best_of(request);
    // IAM User Guide, NotPrincipal: with a boundary the caller is always denied; and to be spared a session must be
    // named besides its role, and a user besides its account. An Allow leaves out whoever is named in any way.
    if (effect == Effect::deny && has_boundary)
        return Named::everybody;
    const Named best = best_of(request);
    const bool spared =
        effect == Effect::deny ? best >= Named::everybody || names_principal(request) : best != Named::not_at_all;
    return spared ? Named::not_at_all : Named::everybody;
}

} // namespace awsfed::policy
