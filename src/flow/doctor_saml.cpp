// Whose responses are believed, and what the response says.
#include "base/text.h"
#include "flow/doctor_steps.h"
#include "flow/plan.h"
#include "flow/trust.h"
#include "saml/assertion_text.h"
#include "saml/response_door.h"
#include "saml/roles.h"

#include <algorithm>

namespace awsfed::doctor {

namespace {

const SystemClock system_clock;

// ---- metadata -----------------------------------------------------------------------------

void tell_provider(Visitor& v, const IdpMetadata& provider) {
    Outcome worst = Outcome::ok;
    std::string keys;
    for (const Certificate& one : provider.signing) {
        const Validity validity = validity_until(one.not_after);
        worst = validity.outcome == Outcome::ok ? worst : Outcome::warning;
        keys += fmt::format("{}{} ({}, {})", keys.empty() ? "" : "; ", printable(one.subject, 80),
                            one.fingerprint.substr(0, 11), validity.text);
    }
    const std::string found = fmt::format("{}{} signs with {}.{}", printable(provider.entity_id),
                                          provider.signing.size() > 1 ? ", whose certificate is being changed," : "",
                                          keys, provider.wants_signed_requests ? " It wants signed requests." : "");
    if (provider.signing.empty())
        return v.fail("metadata", fmt::format("{} has no certificate that signs.", printable(provider.entity_id)),
                      "Get the metadata from the identity provider again.");
    if (provider.wants_signed_requests && v.settings.text("adfs_entry") != "idp-initiated")
        return v.warn("metadata", found,
                      "awsfed signs no requests: set adfs_entry to idp-initiated, or have "
                      "SignedSamlRequestsRequired turned off.");
    v.add("metadata", worst, found,
          worst == Outcome::ok ? ""
                               : "The date refuses nothing by itself. Expect another certificate, and get the "
                                 "metadata again when it is changed, here and in IAM.");
}

// ---- the assertion ------------------------------------------------------------------------

// Of the parts that belong to one setting or one person to ask.
std::string advice_for(const Check& check) {
    if (check.reason == "signature" || check.reason == "key")
        return "If the identity provider has a new signing certificate, get its metadata again, here and in IAM. If "
               "not, "
               "somebody else has signed.";
    if (check.reason == "audience" || check.reason == "recipient" || check.reason == "destination")
        return "Have the AWS application at the identity provider set up with AWS's own metadata "
               "(https://signin.aws.amazon.com/static/saml-metadata.xml), or the region's.";
    if (check.reason == "expired" || check.reason == "not-yet-valid")
        return "Compare the clocks of the identity provider and of this machine.";
    if (check.reason == "issuer")
        return "Compare idp_entity_id and the metadata with the identity provider's own name.";
    if (check.reason == "role")
        return "Have a claim rule that issues role and provider, separated by a comma.";
    if (check.reason == "session-name")
        return "Have a claim rule that issues RoleSessionName: 2 to 64 letters, digits and _+=,.@-";
    return "The words in brackets are told in docs/guide/saml.md.";
}

void tell_check(Visitor& v, std::string_view step, const Check& check) {
    const bool failed = check.outcome == awsfed::Outcome::failed;
    if (!failed && check.outcome != awsfed::Outcome::warned)
        return;
    v.add(step, failed ? Outcome::failed : Outcome::warning,
          fmt::format("{} [{}: {}]", printable(check.detail), check.name, check.reason), advice_for(check));
    const Code code = check.reason == "expired" ? Code::assertion_expired
                      : step == "signature"     ? check.code
                                                : Code::response_malformed;
    if (failed)
        v.report.steps.back().code = row_of(code).text;
}

std::string life_of(const Assertion& assertion) {
    if (!assertion.not_on_or_after)
        return "without an end";
    const auto left = std::chrono::round<std::chrono::seconds>(*assertion.not_on_or_after - system_clock.now());
    return fmt::format("good until {}, for {} s", iso_time(*assertion.not_on_or_after), left.count());
}

void tell_assertion(Visitor& v) {
    const Assertion& assertion = *v.assertion;
    if (assertion.encrypted)
        return v.ok("assertion", "It is encrypted: only AWS can read it, or whoever has the key (saml_key).");
    v.ok("assertion", fmt::format("From {}, session name {}, {} role(s), {}.", printable(assertion.issuer),
                                  assertion.session_name ? printable(*assertion.session_name) : "unsaid",
                                  assertion.roles.size(), life_of(assertion)));
}

// As AWS would look at it, but for the signature.
Result<Judgement> judged(const Assertion& assertion, const Settings& settings) {
    AWSFED_TRY(AwsRules rules, aws_rules(settings));
    rules.now = system_clock.now();
    const std::string_view text = assertion.response.reveal();
    AWSFED_TRY(const SamlDocument document, begins_like_xml(text) ? open_response_xml(text) : open_response(text));
    AWSFED_TRY(const saml::AssertionText words, saml::read_assertion_text(document.assertion()));
    AWSFED_TRY(const saml::ResponseText around, saml::read_response_text(document.response()));
    return judge_assertion(words, &around, rules);
}

void verify(Visitor& v) {
    constexpr std::string_view step = "signature";
    const auto verifier = make_verifier(v.settings, v.log, v.cancel, v.context.connections());
    if (!verifier)
        return v.skip(step, "The metadata must be put right first.");
    const Verdict verdict =
        verifier->verify(v.assertion->response.reveal(), ResponseForm::automatic, system_clock.now());
    for (const Check& check : verdict.checks)
        tell_check(v, step, check);
    if (verdict.accepted())
        v.ok(step, fmt::format("The response is proved; the keys are {}.",
                               verdict.origin == "url" ? "those of the metadata's address" : "pinned"));
}

} // namespace

void look_at_metadata(Visitor& v) {
    constexpr std::string_view step = "metadata";
    if (idp_of(v.settings) == Idp::none)
        return;
    if (!has_trust(v.settings)) {
        if (v.settings.boolean("require_verified"))
            return v.fail(step, "require_verified is set, and nothing says whose responses are believed.",
                          "Set idp_metadata.");
        return v.skip(step, "idp_metadata is not set: responses are checked by AWS alone.");
    }
    const auto providers = believed_providers(v.settings, v.log, v.cancel, v.context.connections());
    if (!providers)
        return v.fail(step, providers.error());
    const std::string wanted = v.settings.text("idp_entity_id");
    bool is_there = wanted.empty();
    for (const IdpMetadata& provider : *providers) {
        tell_provider(v, provider);
        is_there = is_there || provider.entity_id == wanted;
    }
    if (!is_there)
        v.fail(step, fmt::format("{} is not in it.", printable(wanted)), "Correct idp_entity_id or idp_metadata.");
}

void look_at_assertion(Visitor& v) {
    if (!v.assertion)
        return;
    tell_assertion(v);
    if (has_trust(v.settings))
        return verify(v);
    v.skip("signature", "idp_metadata is not set: AWS alone checks it.");
    if (v.assertion->encrypted)
        return;
    const auto judgement = judged(*v.assertion, v.settings);
    if (!judgement)
        return v.fail("assertion", judgement.error());
    for (const Check& check : judgement->checks)
        tell_check(v, "assertion", check);
}

void look_at_roles(Visitor& v) {
    constexpr std::string_view step = "roles";
    if (!v.assertion || v.assertion->encrypted)
        return;
    const auto offer = choose_role(v.assertion->roles, v.settings.arn("role_arn"));
    if (!offer)
        return v.fail(step, offer.error());
    if (*offer)
        return v.ok(step, fmt::format("{} by {}.", (*offer)->role.text(), (*offer)->provider.text()));
    std::string roles;
    for (const RoleOffer& one : v.assertion->roles)
        roles += "\n" + one.role.text();
    v.warn(step, fmt::format("{} roles are offered, and none is chosen.", v.assertion->roles.size()),
           "Set role_arn to one of these:" + roles);
}

} // namespace awsfed::doctor
