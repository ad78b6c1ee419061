// Where a farm takes user names and passwords by WS-Trust, read from its metadata: the WSDL 1.1 document that AD FS
// serves at /adfs/services/trust/mex (WS-MetadataExchange, WS-SecurityPolicy).
#pragma once

#include "base/result.h"
#include "http/url.h"

#include <string_view>
#include <vector>

namespace awsfed {

enum class TrustVersion { v13, v2005 };

struct TrustEndpoint {
    TrustVersion version;
    Url url;
};

// Those that take a user name and password in the message, over TLS ("usernamemixed"): each port leads to its binding,
// that to its policy, and the policy must ask for this. The best comes first: 1.3, then 2005, each in the document's
// order. Addresses without https are left out, but for those of this machine. A text that is no such document is
// not_idp.
Result<std::vector<TrustEndpoint>> username_endpoints(std::string_view document);

} // namespace awsfed
