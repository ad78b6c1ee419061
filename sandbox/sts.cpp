#include "sandbox/sts.h"

#include "base/text.h"
#include "sandbox/sts_signature.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>

namespace awsfed::sandbox {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds quarter{900};

constexpr std::string_view saml_takes[] = {"RoleArn",         "PrincipalArn", "SAMLAssertion",
                                           "DurationSeconds", "Policy",       "MinimumSessionTokenSize"};
constexpr std::string_view role_takes[] = {
    "RoleArn", "RoleSessionName",   "ExternalId",          "DurationSeconds",
    "Policy",  "Tags.member.N.Key", "Tags.member.N.Value", "MinimumSessionTokenSize"};
constexpr std::string_view root_takes[] = {"TargetPrincipal", "TaskPolicyArn.arn", "DurationSeconds",
                                           "MinimumSessionTokenSize"};
constexpr std::string_view trade_takes[] = {"TradeInToken"};
constexpr std::string_view federation_takes[] = {
    "Name", "DurationSeconds", "Policy", "Tags.member.N.Key", "Tags.member.N.Value", "MinimumSessionTokenSize"};
constexpr std::string_view session_takes[] = {"DurationSeconds", "MinimumSessionTokenSize"};
constexpr std::string_view scope_takes[] = {"Policy", "DurationSeconds", "ScopedSessionDescription",
                                            "MinimumSessionTokenSize"};
constexpr std::string_view token_takes[] = {"Audience.member.N", "SigningAlgorithm",  "DurationSeconds",    "Scope",
                                            "SubjectMode",       "Tags.member.N.Key", "Tags.member.N.Value"};
constexpr std::string_view key_takes[] = {"AccessKeyId"};
constexpr std::string_view message_takes[] = {"EncodedMessage"};

// As HTTP has it (RFC 9110, 5.6.7).
std::string http_date(Time time) {
    const std::time_t whole = std::chrono::floor<seconds>(time).time_since_epoch().count();
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(whole));
}

// The only thing that tells it from the region's own: it is signed for us-east-1 as well.
bool is_global(std::string_view host) {
    const std::string_view name = host.substr(0, host.find(':'));
    return equal_ignoring_case(name, "sts.amazonaws.com");
}

} // namespace

std::span<const Sts::Row> Sts::rows() {
    using enum StsRule::Terms;
    static constexpr std::array table{
        Row{{"AssumeRoleWithSAML", open, saml_takes, quarter, hours(12)}, &Sts::assume_role_with_saml},
        Row{{"AssumeRole", is_signed, role_takes, quarter, hours(12)}, &Sts::assume_role},
        Row{{"AssumeRoot", is_signed_regional, root_takes, seconds(0), quarter}, &Sts::assume_root},
        Row{{"GetDelegatedAccessToken", is_signed_regional, trade_takes}, &Sts::get_delegated_access_token},
        Row{{"GetFederationToken", is_signed, federation_takes, quarter, hours(36)}, &Sts::get_federation_token},
        Row{{"GetSessionToken", is_signed, session_takes, quarter, hours(36)}, &Sts::get_session_token},
        Row{{"GetScopedCredentials", is_signed_regional, scope_takes, seconds(1), hours(36)},
            &Sts::get_scoped_credentials},
        Row{{"GetWebIdentityToken", is_signed_regional, token_takes, seconds(60), hours(1)},
            &Sts::get_web_identity_token},
        Row{{"GetCallerIdentity", is_signed, {}}, &Sts::get_caller_identity},
        Row{{"GetAccessKeyInfo", is_signed, key_takes}, &Sts::get_access_key_info},
        Row{{"DecodeAuthorizationMessage", is_signed, message_takes}, &Sts::decode_authorization_message},
    };
    return table;
}

Answer Sts::answer(const Received& request) {
    const Fault* skew = faults_.strike(FaultKind::clock_skew_s);
    const Time now = clock_.now() + seconds(skew ? skew->value : 0);
    const auto answer_or_fault = [&]() -> StsResult<Answer> {
        if (faults_.strike(FaultKind::sts_throttle))
            return refuse("Throttling", "Rate exceeded", "fault sts_throttle");
        if (faults_.strike(FaultKind::sts_503))
            return refuse("ServiceUnavailable", "The service is not available.", "fault sts_503");
        return handle(request, now);
    };
    auto answer = answer_or_fault();
    Answer given = answer ? *std::move(answer) : sts_refusal(answer.error());
    // By its own clock, so that a client can tell how far off that is.
    given.headers.emplace_back("Date", http_date(now));
    return given;
}

StsResult<Answer> Sts::handle(const Received& request, Time now) {
    if (auto document = discovery(request))
        return *std::move(document);
    AWSFED_STS_TRY(StsCall call, read_call(request, now));
    const auto row = std::ranges::find(rows(), call.action, [](const Row& one) { return one.rule.action; });
    if (row == rows().end() || call.get("Version") != "2011-06-15")
        return refuse("InvalidAction", fmt::format("Could not find operation {} for version {}",
                                                   printable(call.action, 64), printable(call.get("Version"), 16)));
    call.rule = &row->rule;
    if (call.rule->terms == StsRule::Terms::is_signed_regional && is_global(call.host))
        return refuse("InvalidAction", fmt::format("{} is not available at the global endpoint.", call.action));
    if (call.rule->terms != StsRule::Terms::open) {
        AWSFED_STS_TRY(Signed sender, check_signature(request, world_, sessions_, now));
        call.caller = std::move(sender.caller);
        call.region = std::move(sender.region);
    }
    AWSFED_STS_CHECK(check_parameters(call));
    return (this->*row->handler)(call);
}

StsResult<const IssuedSession*> Sts::issue(const StsCall& call, Caller caller, Time expires) {
    AWSFED_STS_TRY(const std::size_t size, token_size_min_of(call));
    return &sessions_.issue(std::move(caller), expires, size);
}

} // namespace awsfed::sandbox
