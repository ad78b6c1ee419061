// How every sign-in at AD FS begins, whatever the user proves himself by: the farm's addresses, the user's name, and
// the first page.
#pragma once

#include "idp/conversation.h"
#include "idp/page_class.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace awsfed {

enum class AdfsEntry {
    automatic,     // IdP-initiated; where that page is turned off, SP-initiated
    idp_initiated, // /adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=...
    sp_initiated,  // /adfs/ls/?SAMLRequest=...
    sp_initiated_post, // the same request in a form
};

enum class AdfsMethod { forms, kerberos, ntlm, certificate, ws_trust };

struct AdfsTerms {
    AdfsMethod method = AdfsMethod::forms;
    std::string relying_party = "urn:amazon:webservices";
    AdfsEntry entry = AdfsEntry::automatic;
    bool keep_signed_in = false;
    std::string default_domain; // for a user name without one: DOMAIN\user, or user@domain where it has a dot
    std::string factor_method;  // which second factor, where there are several
    std::chrono::milliseconds factor_timeout = std::chrono::minutes(1); // for what is approved elsewhere
    std::string windows_user_agent;
    KerberosTerms kerberos;
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

// Where the sign-in stands: a page, what it is, and the name of the place for errors ("adfs/entry").
struct AdfsStep {
    std::shared_ptr<const Visit> visit;
    PageVerdict verdict;
    std::string_view stage;
};

// The first page, by the entry that the terms name. Farms from 2016 on have the IdP-initiated page turned off and tell
// so in different ways; nothing has been sent yet, so the other door is tried (AdfsEntry::automatic).
Result<AdfsStep> enter_adfs(Conversation& talk, const AdfsUrls& urls, const AdfsTerms& terms);

} // namespace awsfed
