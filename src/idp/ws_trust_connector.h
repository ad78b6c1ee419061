// Sign-in at AD FS by WS-Trust: user name and password in a SOAP message, the assertion in its answer. There is no
// page, and no second factor. EXPERIMENTAL: AD FS leaves the Recipient out of such assertions, and STS refuses them
// without.
#pragma once

#include "idp/adfs_entry.h"
#include "idp/connector.h"

namespace awsfed {

class WsTrustConnector : public Connector {
public:
    explicit WsTrustConnector(AdfsTerms terms) : terms_(std::move(terms)) {}
    Result<Secret> sign_in(Conversation& talk) const override;

private:
    AdfsTerms terms_;
};

} // namespace awsfed
