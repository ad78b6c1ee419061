// Sign-in at AD FS by its forms: farms of 2012R2, 2016, 2019 and 2022 (2.0's WebForms page too).
//
// The password is posted once, to the password form, and to nothing else. What AD FS shows instead of that form or
// behind it is named: a second factor, the choice of a realm, an error page with its code.
#pragma once

#include "idp/connector.h"

#include <string>

namespace awsfed {

enum class AdfsEntry {
    automatic,     // IdP-initiated; where that page is turned off, SP-initiated
    idp_initiated, // /adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=...
    sp_initiated,  // /adfs/ls/?SAMLRequest=...
};

struct AdfsTerms {
    std::string relying_party = "urn:amazon:webservices";
    AdfsEntry entry = AdfsEntry::automatic;
    bool keep_signed_in = false;
    std::string default_domain; // for a user name without one: DOMAIN\user, or user@domain where it has a dot
};

class AdfsConnector : public Connector {
public:
    explicit AdfsConnector(AdfsTerms terms) : terms_(std::move(terms)) {}
    Result<Secret> sign_in(Conversation& talk) const override;

private:
    AdfsTerms terms_;
};

// The farm's sign-in endpoint, from what an administrator writes as idp_url: https://host, or the address of one of
// its two pages. Anything else below /adfs is refused, with the address that was probably meant.
struct AdfsUrls {
    Url passive;       // .../adfs/ls/
    Url idp_initiated; // .../adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=...
};
Result<AdfsUrls> adfs_urls(const Url& idp_url, std::string_view relying_party);

// The user name as AD FS takes it: with '@' or a backslash (its page's script checks it, and so does the farm).
Result<std::string> adfs_user_name(std::string_view user, std::string_view default_domain);

} // namespace awsfed
