#include "saml/roles.h"

#include "base/text.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::size_t listed_max = 50; // a person reads no more

Failure not_an_offer(std::string_view value, std::string_view what) {
    return fail(Code::response_malformed, "The role attribute \"{}\" is not {}.", printable(value), what)
        .advice("Ask the administrators of the identity provider to send \"ROLE_ARN,PROVIDER_ARN\".")
        .peer("role");
}

std::string list_of(std::span<const RoleOffer> offers) {
    std::string list;
    for (const RoleOffer& offer : offers.first(std::min(offers.size(), listed_max)))
        list += fmt::format("\n  {}", offer.role.text());
    if (offers.size() > listed_max)
        list += fmt::format("\n  and {} more", offers.size() - listed_max);
    return list;
}

} // namespace

Result<RoleOffer> read_role_offer(std::string_view value) {
    const std::size_t comma = value.find(',');
    if (comma == value.npos || value.find(',', comma + 1) != value.npos)
        return not_an_offer(value, "two ARNs");

    auto first = Arn::parse(value.substr(0, comma));
    auto second = Arn::parse(value.substr(comma + 1));
    if (!first || !second)
        return not_an_offer(value, "two ARNs");
    if (first->is_saml_provider())
        std::swap(*first, *second);
    if (!first->is_role() || !second->is_saml_provider())
        return not_an_offer(value, "a role and a provider");
    return RoleOffer{*std::move(first), *std::move(second)};
}

Result<std::optional<RoleOffer>> choose_role(std::span<const RoleOffer> offers, const std::optional<Arn>& wish) {
    if (offers.empty())
        return fail(Code::no_role, "The identity provider offers you no AWS role.");
    if (!wish) {
        // Some providers repeat an offer, once a group that grants it.
        const bool single =
            std::ranges::all_of(offers, [&](const RoleOffer& offer) { return offer == offers.front(); });
        return single ? std::optional(offers.front()) : std::nullopt;
    }
    const auto found = std::ranges::find(offers, *wish, &RoleOffer::role);
    if (found != offers.end())
        return *found;
    return fail(Code::role_not_offered, "The identity provider does not offer you {}.", wish->text())
        .setting("role_arn")
        .advice("Ask for the role to be added to your account, or use one of these:" + list_of(offers));
}

} // namespace awsfed
