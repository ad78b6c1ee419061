// Sign-in at AD FS by its forms: farms of 2012R2, 2016, 2019 and 2022 (2.0's WebForms page too).
//
// The password is posted once, to the password form, and to nothing else. What AD FS shows instead of that form or
// behind it is named: a second factor, the choice of a realm, an error page with its code.
#pragma once

#include "idp/adfs_entry.h"
#include "idp/connector.h"

namespace awsfed {

class AdfsConnector : public Connector {
public:
    explicit AdfsConnector(AdfsTerms terms) : terms_(std::move(terms)) {}
    Result<Secret> sign_in(Conversation& talk) const override;

private:
    AdfsTerms terms_;
};

} // namespace awsfed
