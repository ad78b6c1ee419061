#include "aws/sts_answer.h"

#include "aws/query_result.h"
#include "aws/sts_errors.h"
#include "base/arn.h"
#include "base/limits.h"
#include "base/text.h"
#include "markup/xml_reader.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace awsfed {

namespace {

// By the path. What the service model calls sensitive; the key id is masked like the others.
bool is_secret_member(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    return name == "AccessKeyId" || name == "SecretAccessKey" || name == "SessionToken" || name == "WebIdentityToken" ||
           path.starts_with("TrustedIdentityPropagationContext/");
}

// Servers write instants in many ways; members have one. What is no instant is as good as absent.
std::string plain_member(std::string_view name, std::string text) {
    const std::string_view inner = trimmed(text);
    if (name != "Expiration")
        return inner.size() == text.size() ? std::move(text) : std::string(inner);
    const std::optional<Time> time = read_query_time(inner);
    return time ? iso_time(*time) : std::string();
}

Secret trimmed_secret(Secret text) {
    const std::string_view inner = trimmed(text.reveal());
    return inner.size() == text.size() ? std::move(text) : Secret(inner);
}

// The depth is bounded by the reader. False when there is more than any answer has.
bool collect_members(const XmlElement& parent, std::string_view path, StsResult& result) {
    for (std::optional<XmlElement> element = parent.first(); element; element = element->next()) {
        const std::string_view name = element->name();
        if (path.size() + name.size() >= sts_path_chars_max ||
            result.members.size() + result.secrets.size() >= sts_members_max)
            return false;
        std::string own;
        own.reserve(path.size() + 1 + name.size());
        own.append(path).append(path.empty() ? "" : "/").append(name);
        if (element->first()) {
            if (!collect_members(*element, own, result))
                return false;
        } else if (is_secret_member(own)) {
            result.secrets.emplace_back(std::move(own), trimmed_secret(element->text()));
        } else {
            result.members.emplace_back(std::move(own), plain_member(name, element->plain_text()));
        }
    }
    return true;
}

// The members that an answer owes beside credentials, as the service model has it.
struct Debt {
    std::string_view action;
    std::string_view member;
};
constexpr std::array debts{
    Debt{"GetCallerIdentity", "Arn"},
    Debt{"GetCallerIdentity", "UserId"},
    Debt{"GetCallerIdentity", "Account"},
    Debt{"GetAccessKeyInfo", "Account"},
    Debt{"DecodeAuthorizationMessage", "DecodedMessage"},
    Debt{"GetWebIdentityToken", "WebIdentityToken"},
    Debt{"GetWebIdentityToken", "Expiration"},
};

bool gives_credentials(std::string_view action) {
    const StsActionRow* row = find_sts_action(action);
    return row == nullptr || row->gives_credentials;
}

// The service model: [\w]*. What else is in it would end up in headers and in shells.
bool is_key_id(std::string_view text) {
    return text.size() <= 128 && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
           });
}

// A token has no blanks; some documents are printed with line breaks in it.
Secret without_blanks(std::string_view text) {
    Secret out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            out.append(c);
    }
    return out;
}

// What is wrong with one of the four members of Credentials; empty when nothing is.
std::string_view fault_of_credentials(StsResult& result) {
    const auto count = [&](std::string_view path) {
        return std::ranges::count(result.secrets, path, &std::pair<std::string, Secret>::first) +
               std::ranges::count(result.members, path, &std::pair<std::string, std::string>::first);
    };
    for (const std::string_view path : {"Credentials/AccessKeyId", "Credentials/SecretAccessKey",
                                        "Credentials/SessionToken", "Credentials/Expiration"}) {
        if (count(path) > 1)
            return "a part of the credentials is there twice";
    }
    for (auto& [path, value] : result.secrets) {
        if (path == "Credentials/SessionToken" && !is_visible_ascii(value.reveal()))
            value = without_blanks(value.reveal());
    }
    const auto is_right = [&](std::string_view path, bool (*rule)(std::string_view)) {
        const Secret* value = result.secret(path);
        return value != nullptr && !value->empty() && rule(value->reveal());
    };
    if (!is_right("Credentials/AccessKeyId", is_key_id))
        return "the access key id is missing or is none";
    if (!is_right("Credentials/SecretAccessKey", is_visible_ascii))
        return "the secret access key is missing or is none";
    if (!is_right("Credentials/SessionToken", is_visible_ascii))
        return "the session token is missing or is none";
    if (result.member("Credentials/Expiration").empty())
        return "the expiration is missing or is no instant";
    return {};
}

std::string_view fault_of_result(std::string_view action, StsResult& result) {
    if (gives_credentials(action))
        return fault_of_credentials(result);
    for (const Debt& debt : debts) {
        const Secret* secret = result.secret(debt.member);
        if (debt.action == action && result.member(debt.member).empty() && (secret == nullptr || secret->empty()))
            return "a member that it owes is missing";
    }
    return {};
}

} // namespace

std::string_view StsResult::member(std::string_view path) const {
    const auto found = std::ranges::find(members, path, &std::pair<std::string, std::string>::first);
    return found == members.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::int64_t> StsResult::number(std::string_view path) const {
    const std::string_view text = member(path);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

const Secret* StsResult::secret(std::string_view path) const {
    const auto found = std::ranges::find(secrets, path, &std::pair<std::string, Secret>::first);
    return found == secrets.end() ? nullptr : &found->second;
}

StsResult StsResult::clone() const {
    StsResult copy{.members = members, .secrets = {}, .request_id = request_id};
    for (const auto& [path, value] : secrets)
        copy.secrets.emplace_back(path, value.clone());
    return copy;
}

std::optional<StsFault> read_sts_fault(const Response& response) { return fault_in(read_sts_body(response), response); }

Result<StsResult> read_sts_result(std::string_view action, const Response& response) {
    AWSFED_TRY(const QueryResult& answer, read_query_result(action, response));
    Result<StsResult> read(std::in_place);
    StsResult& result = *read;
    result.request_id = answer.request_id;
    result.members.reserve(8); // as many as most have
    result.secrets.reserve(3);
    if (!collect_members(answer.value->element(), "", result))
        return refuse_malformed(response, action, "it has too many members, or too long names")
            .trace(result.request_id);
    if (answer.value->items("Credentials").size() > 1) // half of one and half of the other would look whole
        return refuse_malformed(response, action, "a part of the credentials is there twice").trace(result.request_id);
    if (const std::string_view fault = fault_of_result(action, result); !fault.empty())
        return refuse_malformed(response, action, fault).trace(result.request_id);
    return read;
}

Result<Session> session_of(const StsActionRow& action, StsResult&& result) {
    if (!action.gives_credentials)
        return fail(Code::usage, "{} gives no credentials.", action.name);
    const auto take = [&](std::string_view path) {
        return std::move(std::ranges::find(result.secrets, path, &std::pair<std::string, Secret>::first)->second);
    };
    const auto text = [&](std::string_view path) { return std::string(result.member(path)); };

    Result<Session> made(std::in_place);
    Session& session = *made;
    session.credentials.access_key_id = take("Credentials/AccessKeyId");
    session.credentials.secret_access_key = take("Credentials/SecretAccessKey");
    session.credentials.session_token = take("Credentials/SessionToken");
    session.credentials.expiration = read_time(result.member("Credentials/Expiration"), ZoneRule::utc_only);
    session.credentials.source_identity = text("SourceIdentity");
    session.assumed_role_arn = text("AssumedRoleUser/Arn");
    session.assumed_role_id = text("AssumedRoleUser/AssumedRoleId");
    session.federated_user_arn = text("FederatedUser/Arn");
    session.federated_user_id = text("FederatedUser/FederatedUserId");
    session.subject = text("Subject");
    session.subject_type = text("SubjectType");
    session.issuer = text("Issuer");
    session.audience = text("Audience");
    session.name_qualifier = text("NameQualifier");
    session.source_identity = text("SourceIdentity");
    session.packed_policy_size = result.number("PackedPolicySize");
    session.token_utilization = result.number("SessionTokenUtilization");
    session.token_size = result.number("SessionTokenSize");
    session.request_id = std::move(result.request_id);
    for (const std::string_view path :
         {"AssumedRoleUser/Arn", "FederatedUser/Arn", "SessionInfo/Arn", "AssumedPrincipal"}) {
        if (session.credentials.session_arn.empty())
            session.credentials.session_arn = text(path);
    }
    if (const Result<Arn> principal = Arn::parse(session.credentials.session_arn))
        session.credentials.account = principal->account();
    session.credentials.answer = std::move(result.members);
    return made;
}

Result<Session> read_session(std::string_view action, const Response& response) {
    AWSFED_TRY(auto&& result, read_sts_result(action, response));
    const StsActionRow* row = find_sts_action(action);
    if (row == nullptr)
        return fail(Code::usage, "STS has no action {}.", action);
    return session_of(*row, std::move(result));
}

std::string sts_stage(std::string_view action) {
    std::string stage = "sts/";
    char last = 'A';
    for (const char c : action) {
        const bool begins_word = c >= 'A' && c <= 'Z' && last >= 'a' && last <= 'z';
        if (begins_word)
            stage += '-';
        stage += c;
        last = c;
    }
    return lower_ascii(stage);
}

} // namespace awsfed
