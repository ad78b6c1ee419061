// Who signs in, where no user name says it: the owner of a Kerberos ticket or key, or of a certificate. He is part of
// every key that is made of the settings, so that what one's ticket brought is never given to another one's (security
// rule 11).
#pragma once

#include "cache/request_key.h"
#include "settings/settings.h"

namespace awsfed {

// Whether files or caches outside of the settings say it; they may say something else at the next look.
bool is_signer_elsewhere(const Settings& settings);

// Puts the ticket's owner into kerberos_principal. From then on only his ticket is used.
Result<void> settle_signer(Settings& settings);

// The certificate and its key, as they are now.
Result<void> add_signer(RequestText& request, const Settings& settings);

} // namespace awsfed
