// Sign-in at AD FS as a member of its Windows domain, by a Kerberos ticket or by NTLM: within the company's network AD
// FS asks for one (401) in the place of a form, if it takes the client for a browser that can answer.
//
// The proof goes once, to that one address below /adfs/ls, at an allowed origin. A form in its place gets nothing.
#pragma once

#include "idp/adfs_entry.h"
#include "idp/connector.h"

namespace awsfed {

class AdfsWindows : public Connector {
public:
    explicit AdfsWindows(AdfsTerms terms) : terms_(std::move(terms)) {}
    Result<Secret> sign_in(Conversation& talk) const override;

private:
    AdfsTerms terms_; // of the method kerberos or ntlm
};

} // namespace awsfed
