#include "idp/soap_fault.h"

#include "base/text.h"
#include "idp/page_rules.h"
#include "markup/page_marks.h"

#include <initializer_list>

namespace awsfed {

namespace {

constexpr std::string_view security_ns =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
constexpr std::size_t code_chars_max = 80;
constexpr std::chrono::minutes clock_difference_max{1}; // AD FS itself puts up with five

std::optional<XmlElement> element_at(const XmlElement& element, std::initializer_list<std::string_view> path) {
    std::optional<XmlElement> here = element;
    for (const std::string_view name : path) {
        here = here->child(name);
        if (!here)
            return std::nullopt;
    }
    return here;
}

std::string text_at(const XmlElement& element, std::initializer_list<std::string_view> path) {
    const auto found = element_at(element, path);
    return found ? std::string(trimmed(found->plain_text())) : std::string();
}

// A text that is a qualified name, as the codes of faults are.
struct QualifiedName {
    std::string ns;
    std::string name;
};

QualifiedName qualified_at(const XmlElement& element, std::initializer_list<std::string_view> path) {
    const auto found = element_at(element, path);
    if (!found)
        return {};
    const std::string text(trimmed(found->plain_text()));
    const std::size_t colon = text.find(':');
    if (colon == text.npos)
        return {found->namespace_of(""), text};
    return {found->namespace_of(text.substr(0, colon)), text.substr(colon + 1)};
}

// "ID3242" or "MSIS7068" at the front of a fault's reason.
std::string code_of_reason(std::string_view reason) {
    const std::string_view word = reason.substr(0, reason.find(':'));
    const bool id = word.starts_with("ID") && word.size() > 2 && word.size() <= code_chars_max &&
                    word.find_first_not_of("0123456789", 2) == word.npos;
    return id ? std::string(word) : pages::msis_code(reason);
}

FaultKind kind_of(const QualifiedName& subcode, std::string_view code, bool authorization) {
    if (authorization || code == "MSIS7068" || code == "MSIS5007")
        return FaultKind::authorization;
    if (subcode.name == "InvalidSecurity" || subcode.name == "MessageExpired")
        return FaultKind::security;
    if (code == "ID3082" || code == "MSIS7007" || subcode.name == "InvalidScope")
        return FaultKind::relying_party;
    const bool refused = subcode.name == "FailedAuthentication" && subcode.ns == security_ns;
    return code == "ID3242" || (refused && code.empty()) ? FaultKind::credentials : FaultKind::other;
}

// The server's own words, as the end of a sentence.
std::string quoted(const SoapFault& fault) {
    std::string_view text = fault.reason;
    if (text.ends_with('.') && !text.ends_with(".."))
        text.remove_suffix(1);
    return text.empty() ? "." : fmt::format(": \"{}\".", text);
}

Failure security_failure(const SoapFault& fault, const FaultContext& context) {
    if (!fault.made)
        return fail(Code::idp_clock_skew, "AD FS at {} did not take the time in the request{}", context.url.origin(),
                    quoted(fault));
    const auto ahead = std::chrono::duration_cast<std::chrono::seconds>(*fault.made - context.sent);
    if (std::chrono::abs(ahead) < clock_difference_max)
        return fail(Code::idp_error, "AD FS at {} did not take the security header{}", context.url.origin(),
                    quoted(fault));
    return fail(Code::idp_clock_skew, "The clock of AD FS at {} is {} s {} that of this machine.", context.url.origin(),
                std::chrono::abs(ahead).count(), ahead.count() > 0 ? "ahead of" : "behind");
}

Failure other_failure(const SoapFault& fault, const FaultContext& context) {
    Failure failure = fail(Code::idp_error, "AD FS at {} answers with the fault {}{}", context.url.origin(), fault.code,
                           quoted(fault));
    if (fault.code != "InternalServiceFault")
        return failure;
    return std::move(failure).advice(
        "AD FS tells no more than this. Often it does not know relying_party; the event log "
        "of AD FS has the reason.");
}

Failure plain_failure_of(const SoapFault& fault, const FaultContext& context) {
    switch (fault.kind) {
    case FaultKind::credentials:
        return fail(Code::credentials_refused, "AD FS at {} refused the user name or password.", context.url.origin());
    case FaultKind::authorization:
        return fail(Code::idp_denied, "AD FS does not let the user have a token for {}{}",
                    printable(context.relying_party), quoted(fault));
    case FaultKind::relying_party:
        return fail(Code::relying_party_unknown, "AD FS does not know the relying party {}{}",
                    printable(context.relying_party), quoted(fault))
            .setting("relying_party");
    case FaultKind::security: return security_failure(fault, context);
    case FaultKind::other: break;
    }
    return other_failure(fault, context);
}

} // namespace

std::optional<SoapFault> soap_fault_in(const XmlElement& envelope) {
    const auto fault = element_at(envelope, {"Body", "Fault"});
    if (!fault)
        return std::nullopt;
    QualifiedName subcode = qualified_at(*fault, {"Code", "Subcode", "Value"});
    if (subcode.name.empty())
        subcode = qualified_at(*fault, {"Code", "Value"});
    if (subcode.name.empty())
        subcode = qualified_at(*fault, {"faultcode"}); // SOAP 1.1
    std::string reason = text_at(*fault, {"Reason", "Text"});
    if (reason.empty())
        reason = text_at(*fault, {"faultstring"});
    const auto detail = fault->child("Detail") ? fault->child("Detail") : fault->child("detail");
    const bool authorization = detail && detail->child("IssuanceAuthorizationFault").has_value();

    const std::string code = code_of_reason(reason);
    const std::string made = text_at(envelope, {"Header", "Security", "Timestamp", "Created"});
    return SoapFault{.kind = kind_of(subcode, code, authorization),
                     .code = code.empty() ? printable(subcode.name, code_chars_max) : code,
                     .reason = printable(reason),
                     .made = read_time(made, ZoneRule::utc_only)};
}

Failure failure_of(const SoapFault& fault, const FaultContext& context) {
    return plain_failure_of(fault, context).peer(fault.code);
}

} // namespace awsfed
