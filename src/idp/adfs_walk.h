// The way through AD FS's pages, from the first one to the SAML response: choices, the user's name, the password,
// second factors, a partner's answer. Every way in ends up here, whatever the user proves himself by.
#pragma once

#include "idp/adfs_entry.h"

namespace awsfed {

// The SAML response in base64. The password is posted once in the whole walk, and to nothing but a sign-in form.
// `user`: who signs in by a form, as he was given; null where the user has proved himself already, and no form is to be
// filled in.
Result<Secret> walk_adfs(Conversation& talk, const AdfsTerms& terms, const Secret* user, AdfsStep first);

} // namespace awsfed
