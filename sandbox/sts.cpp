#include "sandbox/sts.h"

#include "base/base64.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "sandbox/sts_signature.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace awsfed::sandbox {

namespace {

using std::chrono::seconds;

constexpr seconds duration_min{900};
constexpr seconds assume_role_default{3600};
constexpr seconds chained_max{3600}; // a role that is taken by a role's session
constexpr seconds user_default{43200};
constexpr seconds user_max{129600};

struct ActionRow {
    std::string_view name;
    bool is_signed;
    std::array<std::string_view, 6> parameters; // besides Action and Version
};
constexpr std::array action_table{
    ActionRow{"AssumeRoleWithSAML", false, {"RoleArn", "PrincipalArn", "SAMLAssertion", "DurationSeconds", "Policy"}},
    ActionRow{"AssumeRole", true, {"RoleArn", "RoleSessionName", "ExternalId", "DurationSeconds", "Policy"}},
    ActionRow{"GetFederationToken", true, {"Name", "DurationSeconds", "Policy"}},
    ActionRow{"GetSessionToken", true, {"DurationSeconds"}},
    ActionRow{"GetCallerIdentity", true, {}},
};

StsRefusal invalid(std::string message) { return {.code = "ValidationError", .message = std::move(message)}; }

// AWS does not tell the caller which part of a sign-in it dislikes; the journal does.
StsRefusal not_authorised(std::string why) {
    return {
        .code = "AccessDenied", .message = "Not authorized to perform sts:AssumeRoleWithSAML", .why = std::move(why)};
}
StsRefusal bad_token(std::string message, std::string why) {
    return {.code = "InvalidIdentityToken", .message = std::move(message), .why = std::move(why)};
}

bool is_name(std::string_view text, std::size_t longest) {
    return text.size() >= 2 && text.size() <= longest && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("_+=,.@-").find(c) != std::string_view::npos;
           });
}

StsRefusal bad_name(std::string_view parameter, std::size_t longest) {
    return invalid(fmt::format("1 validation error detected: Value at '{}' failed to satisfy constraint: Member must "
                               "satisfy regular expression pattern: [\\w+=,.@-]{{2,{}}}",
                               parameter, longest));
}

bool contains(const std::vector<Arn>& list, std::string_view arn) {
    return std::ranges::any_of(list, [&](const Arn& one) { return one.text() == arn; });
}

const ActionRow* row_of_action(std::string_view name) {
    const auto found = std::ranges::find(action_table, name, &ActionRow::name);
    return found == action_table.end() ? nullptr : found;
}

StsResult<void> check_parameters(const ActionRow& row, const Pairs& fields) {
    std::vector<std::string_view> met;
    for (const auto& [name, value] : fields) {
        if (std::ranges::find(met, name) != met.end())
            return std::unexpected(
                StsRefusal{"MalformedInput", fmt::format("The parameter {} is given twice.", printable(name, 64))});
        met.push_back(name);
        if (name == "Action" || name == "Version")
            continue;
        if (std::ranges::find(row.parameters, name) == row.parameters.end())
            return std::unexpected(invalid(
                fmt::format("The sandbox does not know the parameter {} of {}.", printable(name, 64), row.name)));
    }
    return {};
}

StsRefusal policy_refusal(std::string message) {
    return {.code = "MalformedPolicyDocument", .message = std::move(message)};
}

StsMember assumed_role_user(const Caller& caller) {
    return {.name = "AssumedRoleUser", .members = {{"AssumedRoleId", caller.id}, {"Arn", caller.arn}}};
}

// A user with long-term keys may do what sessions may not.
StsResult<void> check_long_term(const Caller& caller, std::string_view action) {
    if (caller.is_temporary())
        return std::unexpected(
            StsRefusal{"AccessDenied", fmt::format("Cannot call {} with session credentials", action)});
    return {};
}

// SAML:namequalifier is a hash in AWS's documentation: of issuer, account and the provider's name.
std::string name_qualifier(const Provider& provider) {
    const Digest digest = sha256(fmt::format("{}{}/{}", provider.issuer, provider.arn.account(), provider.arn.name()));
    return std::string(base64_encode(bytes_of(digest)).reveal());
}

// As HTTP has it (RFC 9110, 5.6.7).
std::string http_date(Time time) {
    const std::time_t whole = std::chrono::floor<seconds>(time).time_since_epoch().count();
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(whole));
}

} // namespace

std::string_view Sts::Call::get(std::string_view name) const {
    const std::string* value = field(fields, name);
    return value == nullptr ? std::string_view() : std::string_view(*value);
}

Answer Sts::answer(const Received& request) {
    const Fault* skew = faults_.strike(FaultKind::clock_skew_s);
    const Time now = clock_.now() + seconds(skew ? skew->value : 0);
    const auto answer_or_fault = [&]() -> StsResult<Answer> {
        if (faults_.strike(FaultKind::sts_throttle))
            return std::unexpected(StsRefusal{"Throttling", "Rate exceeded", "fault sts_throttle"});
        if (faults_.strike(FaultKind::sts_503))
            return std::unexpected(StsRefusal{"ServiceUnavailable", "The service is not available.", "fault sts_503"});
        return handle(request, now);
    };
    auto answer = answer_or_fault();
    Answer given = answer ? *std::move(answer) : sts_refusal(answer.error());
    // By its own clock, so that a client can tell how far off that is.
    given.headers.emplace_back("Date", http_date(now));
    return given;
}

StsResult<Answer> Sts::handle(const Received& request, Time now) {
    if (request.method != "POST" || request.path != "/" || !request.query.empty())
        return std::unexpected(StsRefusal{"InvalidAction", "The sandbox takes the POST of a form to / only."});
    auto fields = read_fields(request.body);
    if (!fields)
        return std::unexpected(StsRefusal{"MalformedInput", "The body is not an url-encoded form in UTF-8."});
    Call call{.action = {}, .fields = *std::move(fields), .caller = {}, .now = now};
    call.action = call.get("Action");
    const ActionRow* row = row_of_action(call.action);
    if (row == nullptr || call.get("Version") != "2011-06-15")
        return std::unexpected(
            StsRefusal{"InvalidAction", fmt::format("Could not find operation {} for version {}",
                                                    printable(call.action, 64), printable(call.get("Version"), 16))});
    if (row->is_signed) {
        auto caller = check_signature(request, world_, sessions_, now);
        if (!caller)
            return std::unexpected(caller.error());
        call.caller = *std::move(caller);
    }
    if (const auto right = check_parameters(*row, call.fields); !right)
        return std::unexpected(right.error());
    if (call.action == "AssumeRoleWithSAML")
        return assume_role_with_saml(call);
    if (call.action == "AssumeRole")
        return assume_role(call);
    if (call.action == "GetFederationToken")
        return get_federation_token(call);
    return call.action == "GetSessionToken" ? get_session_token(call) : get_caller_identity(call);
}

StsResult<Sts::Terms> Sts::terms_of(const Call& call, seconds usual, seconds longest) const {
    Terms terms{.duration = std::min(usual, longest), .policy = {}};
    if (const std::string_view text = call.get("DurationSeconds"); !text.empty()) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size())
            return std::unexpected(StsRefusal{"MalformedInput", "DurationSeconds is not a number."});
        if (number < duration_min.count() || number > user_max.count())
            return std::unexpected(
                invalid(fmt::format("1 validation error detected: Value '{}' at 'durationSeconds' failed "
                                    "to satisfy constraint: Member must have value {} than or equal to {}",
                                    number, number < duration_min.count() ? "greater" : "less",
                                    number < duration_min.count() ? duration_min.count() : user_max.count())));
        if (seconds(number) > longest)
            return std::unexpected(
                invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."));
        terms.duration = seconds(number);
    }
    if (field(call.fields, "Policy") == nullptr)
        return terms;
    const std::string_view policy = call.get("Policy");
    if (policy.empty() || code_points(policy) > policy_chars_max)
        return std::unexpected(
            invalid("1 validation error detected: Value at 'policy' failed to satisfy constraint: Member "
                    "must have length between 1 and 2048"));
    auto parsed = Policy::parse(policy);
    if (!parsed)
        return std::unexpected(policy_refusal(parsed.error().message));
    terms.policy = *std::move(parsed);
    return terms;
}

StsMember Sts::credentials(const Call& call, Caller caller, seconds duration) {
    const Time expires = std::chrono::floor<seconds>(call.now) + duration;
    const IssuedSession& session = sessions_.issue(std::move(caller), expires);
    return {.name = "Credentials",
            .members = {{"AccessKeyId", session.access_key_id},
                        {"SecretAccessKey", session.secret_access_key},
                        {"SessionToken", session.session_token},
                        {"Expiration", iso_time(session.expires)}}};
}

// Everything about the assertion itself: who signed it, for whom, and when.
StsResult<Assertion> Sts::checked_assertion(const Call& call) const {
    const Provider& provider = world_.provider;
    const std::string_view text = call.get("SAMLAssertion");
    if (text.size() < 4 || text.size() > saml_base64_chars_max)
        return std::unexpected(
            invalid("1 validation error detected: Value at 'sAMLAssertion' failed to satisfy constraint: "
                    "Member must have length between 4 and 100000"));
    if (call.get("PrincipalArn") != provider.arn.text())
        return std::unexpected(
            bad_token("Specified provider doesn't exist", "PrincipalArn is not the provider of the sandbox"));
    auto assertion = tokens_.check(text);
    if (!assertion) {
        const Error& error = assertion.error();
        if (error.code == Code::idp_refused)
            return std::unexpected(
                StsRefusal{"IDPRejectedClaim", "The identity provider rejected the authentication", error.message});
        return std::unexpected(bad_token(
            error.peer == "signature" ? "Response signature invalid" : "Invalid SAML Response", error.message));
    }
    if (assertion->issuer != provider.issuer)
        return std::unexpected(
            bad_token("Issuer not present in specified provider", "the issuer is not that of the provider"));
    if (!assertion->issue_instant || !assertion->not_on_or_after)
        return std::unexpected(bad_token("Invalid SAML Response", "the assertion has no times"));
    const Time issued = *assertion->issue_instant;
    if (issued + redemption_window < call.now || *assertion->not_on_or_after <= call.now)
        return std::unexpected(
            StsRefusal{"ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance",
                       fmt::format("the assertion is of {}, and it is {}", iso_time(issued), iso_time(call.now))});
    if (issued > call.now + redemption_window || assertion->not_before.value_or(issued) > call.now + redemption_window)
        return std::unexpected(bad_token("Invalid SAML Response", "the assertion is of the future"));
    if (std::ranges::find(assertion->audiences, provider.audience) == assertion->audiences.end())
        return std::unexpected(bad_token("Audience not valid", "the assertion is for another party"));
    if (assertion->recipient != provider.recipient)
        return std::unexpected(bad_token("Recipient not valid", "the assertion is to be posted elsewhere"));
    if (!assertion->session_name || !is_name(*assertion->session_name, 64))
        return std::unexpected(
            bad_token("RoleSessionName is required in AuthnResponse", "the assertion has no right RoleSessionName"));
    return *std::move(assertion);
}

StsResult<Answer> Sts::assume_role_with_saml(const Call& call) {
    auto assertion = checked_assertion(call);
    if (!assertion)
        return std::unexpected(assertion.error());
    const Provider& provider = world_.provider;
    const std::string_view wanted = call.get("RoleArn");
    const bool offered = std::ranges::any_of(assertion->roles, [&](const RoleOffer& offer) {
        return offer.role.text() == wanted && offer.provider == provider.arn;
    });
    if (!offered)
        return std::unexpected(not_authorised("the assertion does not offer this role"));
    const Role* role = world_.role(wanted);
    if (role == nullptr || !contains(role->trust, provider.arn.text()))
        return std::unexpected(not_authorised("the role's trust does not name the provider"));
    auto terms = terms_of(call, assume_role_default, role->max_session);
    if (!terms)
        return std::unexpected(terms.error());

    Caller caller = role_session(*role, *assertion->session_name, std::move(terms->policy));
    const StsMember user = assumed_role_user(caller);
    const std::string outcome = caller.arn;
    Answer answer = sts_result(
        call.action, {credentials(call, std::move(caller), terms->duration),
                      user,
                      {"Subject", assertion->name_id},
                      {"SubjectType", assertion->name_id_format.substr(assertion->name_id_format.rfind(':') + 1)},
                      {"Issuer", assertion->issuer},
                      {"Audience", assertion->recipient},
                      {"NameQualifier", name_qualifier(provider)}});
    answer.outcome = outcome;
    return answer;
}

StsResult<Answer> Sts::assume_role(const Call& call) {
    const Caller& caller = *call.caller;
    const std::string_view wanted = call.get("RoleArn");
    if (const auto arn = Arn::parse(wanted); !arn || !arn->is_role())
        return std::unexpected(invalid(fmt::format("{} is invalid", printable(wanted))));
    const std::string_view name = call.get("RoleSessionName");
    if (!is_name(name, 64))
        return std::unexpected(bad_name("roleSessionName", 64));
    const auto denied = [&](std::string why) {
        return std::unexpected(
            StsRefusal{"AccessDenied",
                       fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}", caller.arn,
                                   printable(wanted)),
                       std::move(why)});
    };
    if (caller.kind == Caller::Kind::federated)
        return denied("a federated user may not take roles");
    const Role* role = world_.role(wanted);
    if (role == nullptr)
        return denied("there is no such role");
    const bool named = contains(role->trust, caller.granted) || contains(role->trust, caller.arn);
    const std::string account = fmt::format("arn:{}:iam::{}:root", role->arn.partition(), caller.account);
    if (!named && !contains(role->trust, account))
        return denied("the role's trust does not name the caller");
    if (!role->external_id.empty() && call.get("ExternalId") != role->external_id)
        return denied("the external id is not the one that the role's trust asks for");
    if (const auto right =
            check_rights(caller, "sts:AssumeRole", wanted, named && caller.account == role->arn.account());
        !right)
        return std::unexpected(right.error());

    auto terms = terms_of(call, assume_role_default, role->max_session);
    if (!terms)
        return std::unexpected(terms.error());
    if (caller.kind == Caller::Kind::role_session && terms->duration > chained_max)
        return std::unexpected(invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"));
    Caller session = role_session(*role, name, std::move(terms->policy));
    const StsMember user = assumed_role_user(session);
    const std::string outcome = session.arn;
    Answer answer = sts_result(call.action, {credentials(call, std::move(session), terms->duration), user});
    answer.outcome = outcome;
    return answer;
}

StsResult<Answer> Sts::get_federation_token(const Call& call) {
    const Caller& caller = *call.caller;
    if (const auto right = check_long_term(caller, call.action); !right)
        return std::unexpected(right.error());
    const std::string_view name = call.get("Name");
    if (!is_name(name, 32))
        return std::unexpected(bad_name("name", 32));
    Caller session = caller;
    session.kind = Caller::Kind::federated;
    session.arn =
        fmt::format("arn:{}:sts::{}:federated-user/{}", Arn::parse(caller.arn)->partition(), caller.account, name);
    session.id = fmt::format("{}:{}", caller.account, name);
    session.needs_session_policy = true;
    if (const auto right = check_rights(caller, "sts:GetFederationToken", session.arn); !right)
        return std::unexpected(right.error());
    auto terms = terms_of(call, user_default, user_max);
    if (!terms)
        return std::unexpected(terms.error());
    session.session_policy = std::move(terms->policy);
    const StsMember user{.name = "FederatedUser", .members = {{"FederatedUserId", session.id}, {"Arn", session.arn}}};
    const std::string outcome = session.arn;
    Answer answer = sts_result(call.action, {credentials(call, std::move(session), terms->duration), user});
    answer.outcome = outcome;
    return answer;
}

StsResult<Answer> Sts::get_session_token(const Call& call) {
    if (const auto right = check_long_term(*call.caller, call.action); !right)
        return std::unexpected(right.error());
    const auto terms = terms_of(call, user_default, user_max);
    if (!terms)
        return std::unexpected(terms.error());
    Caller session = *call.caller;
    session.kind = Caller::Kind::user_session;
    Answer answer = sts_result(call.action, {credentials(call, std::move(session), terms->duration)});
    answer.outcome = call.caller->arn;
    return answer;
}

// Needs no permission, and cannot be denied.
StsResult<Answer> Sts::get_caller_identity(const Call& call) {
    Answer answer = sts_result(
        call.action, {{"Arn", call.caller->arn}, {"UserId", call.caller->id}, {"Account", call.caller->account}});
    answer.outcome = call.caller->arn;
    return answer;
}

} // namespace awsfed::sandbox
