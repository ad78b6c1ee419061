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

constexpr seconds none{0};
constexpr seconds quarter{900};

constexpr std::string_view saml_takes[] = {"RoleArn", "PrincipalArn", "SAMLAssertion", "DurationSeconds", "Policy"};
constexpr std::string_view role_takes[] = {"RoleArn", "RoleSessionName", "ExternalId", "DurationSeconds", "Policy"};
constexpr std::string_view federation_takes[] = {"Name", "DurationSeconds", "Policy"};
constexpr std::string_view session_takes[] = {"DurationSeconds"};

// As HTTP has it (RFC 9110, 5.6.7).
std::string http_date(Time time) {
    const std::time_t whole = std::chrono::floor<seconds>(time).time_since_epoch().count();
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(whole));
}

} // namespace

std::span<const Sts::Row> Sts::rows() {
    static constexpr std::array table{
        Row{{"AssumeRoleWithSAML", false, saml_takes, quarter, hours(12)}, &Sts::assume_role_with_saml},
        Row{{"AssumeRole", true, role_takes, quarter, hours(12)}, &Sts::assume_role},
        Row{{"GetFederationToken", true, federation_takes, quarter, hours(36)}, &Sts::get_federation_token},
        Row{{"GetSessionToken", true, session_takes, quarter, hours(36)}, &Sts::get_session_token},
        Row{{"GetCallerIdentity", true, {}, none, none}, &Sts::get_caller_identity},
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
    AWSFED_STS_TRY(StsCall call, read_call(request, now));
    const auto row = std::ranges::find(rows(), call.action, [](const Row& one) { return one.rule.action; });
    if (row == rows().end() || call.get("Version") != "2011-06-15")
        return refuse("InvalidAction", fmt::format("Could not find operation {} for version {}",
                                                   printable(call.action, 64), printable(call.get("Version"), 16)));
    call.rule = &row->rule;
    if (call.rule->is_signed) {
        AWSFED_STS_TRY(call.caller, check_signature(request, world_, sessions_, now));
    }
    AWSFED_STS_CHECK(check_parameters(call));
    return (this->*row->handler)(call);
}

StsMember Sts::credentials(Caller caller, Time expires) {
    const IssuedSession& session = sessions_.issue(std::move(caller), expires);
    return {.name = "Credentials",
            .members = {{"AccessKeyId", session.access_key_id},
                        {"SecretAccessKey", session.secret_access_key},
                        {"SessionToken", session.session_token},
                        {"Expiration", iso_time(session.expires)}}};
}

} // namespace awsfed::sandbox
