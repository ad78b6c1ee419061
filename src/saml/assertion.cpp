#include "saml/assertion.h"

#include "base/base64.h"
#include "base/text.h"
#include "saml/assertion_text.h"
#include "saml/aws_rules.h"
#include "saml/tree.h"

#include <algorithm>

namespace awsfed {

using namespace saml;

namespace {

constexpr auto fresh_tolerance = std::chrono::seconds(60);

// Nothing is known about who it should be for, or when; what is not there, STS will miss.
Result<Assertion> read_hints(const _xmlNode* node, bool skip_bad_roles) {
    AwsRules rules;
    rules.attribute_prefixes = {std::string(aws_attribute_prefix), std::string(aws_cn_attribute_prefix)};
    rules.skip_bad_roles = skip_bad_roles;
    AWSFED_TRY(const AssertionText text, read_assertion_text(node));
    Judgement judgement = judge_assertion(text, nullptr, rules);
    // Whether a session tag is refused is STS's affair: what it takes has grown before.
    const auto refusal = std::ranges::find_if(judgement.checks, [&](const Check& check) {
        return check.outcome == Outcome::failed && !check.absent && check.reason != "tag";
    });
    if (refusal != judgement.checks.end() && refusal->reason == "session-name")
        return fail(Code::session_name_invalid, "{}", refusal->detail).peer(refusal->reason);
    if (refusal != judgement.checks.end())
        return malformed(refusal->reason, "{}", refusal->detail);
    return std::move(judgement.assertion);
}

} // namespace

Secret Assertion::base64() const {
    return begins_like_xml(response.reveal()) ? base64_encode(response.reveal()) : Secret(response.reveal());
}

Result<Assertion> read_assertion(std::string_view text, bool skip_bad_roles) {
    const bool xml = begins_like_xml(text);
    AWSFED_TRY(const SamlDocument document, xml ? open_response_xml(text) : open_response(text));

    Assertion assertion;
    if (!document.encrypted()) {
        AWSFED_TRY(assertion, read_hints(document.assertion(), skip_bad_roles));
    }
    assertion.encrypted = document.encrypted();
    assertion.response = Secret(text);
    return assertion;
}

Result<void> check_session_name(const Assertion& assertion) {
    if (assertion.encrypted || assertion.session_name)
        return {};
    return fail(Code::session_name_invalid, "The assertion has no RoleSessionName, without which AWS takes none.")
        .peer("session-name");
}

Result<void> check_fresh(const Assertion& assertion, Time now) {
    if (!assertion.not_on_or_after || now < *assertion.not_on_or_after + fresh_tolerance)
        return {};
    return fail(Code::assertion_expired, "The assertion was good until {}, and it is {} now.",
                iso_time(*assertion.not_on_or_after), iso_time(now));
}

} // namespace awsfed
