// AssumeRoleWithSAML: a role by a sign-in.
#include "base/base64.h"
#include "base/hash.h"
#include "base/limits.h"
#include "sandbox/sts.h"

#include <algorithm>

namespace awsfed::sandbox {

namespace {

// AWS does not tell the caller which part of a sign-in it dislikes; the journal does.
StsFailure not_authorised(std::string why) {
    return refuse("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", std::move(why));
}
StsFailure bad_token(std::string message, std::string why) {
    return refuse("InvalidIdentityToken", std::move(message), std::move(why));
}

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html: SHA-1 of issuer, account and the
// provider's name.
std::string name_qualifier(const Provider& provider) {
    const std::string text = fmt::format("{}{}/{}", provider.issuer, provider.arn.account(), provider.arn.name());
    return std::string(base64_encode(sha1(text)).reveal());
}

StsResult<void> check_times(const Assertion& assertion, Time now) {
    if (!assertion.issue_instant || !assertion.not_on_or_after)
        return bad_token("Invalid SAML Response", "the assertion has no times");
    const Time issued = *assertion.issue_instant;
    if (issued + redemption_window < now || *assertion.not_on_or_after <= now)
        return refuse("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance",
                      fmt::format("the assertion is of {}, and it is {}", iso_time(issued), iso_time(now)));
    if (issued > now + redemption_window || assertion.not_before.value_or(issued) > now + redemption_window)
        return bad_token("Invalid SAML Response", "the assertion is of the future");
    return {};
}

// Of "CORP\\alice", as the sandbox's identity provider writes it.
const User* user_in(const World& world, std::string_view name_id) {
    return world.user(name_id.substr(name_id.rfind('\\') + 1));
}

} // namespace

// Everything about the assertion itself: who signed it, for whom, and when.
StsResult<Assertion> Sts::checked_assertion(const StsCall& call) const {
    const Provider& provider = world_.provider;
    const std::string_view text = call.get("SAMLAssertion");
    if (text.size() < 4 || text.size() > saml_base64_chars_max)
        return invalid("1 validation error detected: Value at 'sAMLAssertion' failed to satisfy constraint: "
                       "Member must have length between 4 and 100000");
    if (call.get("PrincipalArn") != provider.arn.text())
        return bad_token("Specified provider doesn't exist", "PrincipalArn is not the provider of the sandbox");
    auto assertion = tokens_.check(text);
    if (!assertion) {
        const Error& error = assertion.error();
        if (error.code == Code::idp_refused)
            return refuse("IDPRejectedClaim", "The identity provider rejected the authentication", error.message);
        return bad_token(error.peer == "signature" ? "Response signature invalid" : "Invalid SAML Response",
                         error.message);
    }
    if (assertion->issuer != provider.issuer)
        return bad_token("Issuer not present in specified provider", "the issuer is not that of the provider");
    AWSFED_STS_CHECK(check_times(*assertion, call.now));
    if (std::ranges::find(assertion->audiences, provider.audience) == assertion->audiences.end())
        return bad_token("Audience not valid", "the assertion is for another party");
    if (assertion->recipient != provider.recipient)
        return bad_token("Recipient not valid", "the assertion is to be posted elsewhere");
    if (!assertion->session_name || !is_name(*assertion->session_name, 64))
        return bad_token("RoleSessionName is required in AuthnResponse", "the assertion has no right RoleSessionName");
    return *std::move(assertion);
}

StsResult<Answer> Sts::assume_role_with_saml(const StsCall& call) {
    AWSFED_STS_TRY(const Assertion assertion, checked_assertion(call));
    const Provider& provider = world_.provider;
    const std::string_view wanted = call.get("RoleArn");
    const bool offered = std::ranges::any_of(assertion.roles, [&](const RoleOffer& offer) {
        return offer.role.text() == wanted && offer.provider == provider.arn;
    });
    if (!offered)
        return not_authorised("the assertion does not offer this role");
    const Role* role = world_.role(wanted);
    if (role == nullptr || !role->trusts(provider.arn.text()))
        return not_authorised("the role's trust does not name the provider");
    AWSFED_STS_TRY(const std::chrono::seconds duration, duration_in_role(call, *role));
    AWSFED_STS_TRY(std::optional<Policy> policy, policy_of(call));

    Caller session = role_session(*role, *assertion.session_name, std::move(policy));
    if (const User* user = user_in(world_, assertion.name_id))
        session.origin_subject = user->origin_subject;
    const StsMember user = assumed_role_user(session);
    const std::string outcome = session.arn;
    AWSFED_STS_TRY(const IssuedSession* issued, issue(call, std::move(session), end_of(call, duration)));
    return sts_result(call.action,
                      {credentials_of(*issued),
                       user,
                       {"Subject", assertion.name_id},
                       {"SubjectType", assertion.name_id_format.substr(assertion.name_id_format.rfind(':') + 1)},
                       {"Issuer", assertion.issuer},
                       {"Audience", assertion.recipient},
                       {"NameQualifier", name_qualifier(provider)}},
                      outcome);
}

} // namespace awsfed::sandbox
