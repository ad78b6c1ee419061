// Sign-in at AD FS by the certificate that client_certificate names: its sign-in page offers the way, and leads to an
// address that asks for the certificate within TLS (https://host:49443, or certauth.host).
#pragma once

#include "idp/adfs_entry.h"
#include "idp/connector.h"

namespace awsfed {

class AdfsCertificate : public Connector {
public:
    explicit AdfsCertificate(AdfsTerms terms) : terms_(std::move(terms)) {}
    Result<Secret> sign_in(Conversation& talk) const override;

private:
    AdfsTerms terms_;
};

} // namespace awsfed
