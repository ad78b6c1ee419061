// A SOAP fault of WS-Trust, and what it means. A refused password and a user who may not have the token both come as
// FailedAuthentication, so the code tells them apart, never the words.
#pragma once

#include "base/error.h"
#include "base/time.h"
#include "http/url.h"
#include "markup/xml_reader.h"

#include <optional>
#include <string>
#include <string_view>

namespace awsfed {

enum class FaultKind {
    credentials,   // the user name or password is wrong, or the account cannot be used
    authorization, // the user is known, and may not have the token
    relying_party, // nobody knows for whom the token shall be
    security,      // the security header was not taken: the clocks differ, as a rule
    other,
};

struct SoapFault {
    FaultKind kind = FaultKind::other;
    std::string code;         // "ID3242", "MSIS7068"; else the fault's own subcode or code
    std::string reason;       // printable, cut
    std::optional<Time> made; // by the server's clock
};

// Empty where the envelope holds no fault. SOAP 1.2, and 1.1.
std::optional<SoapFault> soap_fault_in(const XmlElement& envelope);

// The error for the one who signs in.
struct FaultContext {
    const Url& url;
    std::string_view relying_party;
    Time sent; // by our clock
};
Failure failure_of(const SoapFault& fault, const FaultContext& context);

} // namespace awsfed
