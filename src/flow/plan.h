// The settings of one call, read once: from here on nobody asks for a setting by its name.
#pragma once

#include "base/cancel.h"
#include "http/curl_transport.h"
#include "idp/adfs_entry.h"
#include "idp/conversation.h"
#include "settings/settings.h"

#include <optional>
#include <string>

namespace awsfed {

// setting_missing. `what_for` begins the sentence.
Failure missing(std::string_view setting, std::string_view what_for);

enum class Idp { none, form, adfs, assertion };

// Resolves the proxy's password.
Result<NetworkTerms> network_terms(const Settings& settings, const Cancel& cancel);
// https, or plain http to this machine where http_loopback allows it (security rule 2).
Result<Url> url_setting(const Settings& settings, std::string_view name);

Idp idp_of(const Settings& settings);
KerberosTerms kerberos_terms(const Settings& settings);
// For idp=adfs. The relying party that is not set is that of the region's partition.
Result<AdfsTerms> adfs_terms(const Settings& settings);
// For what signs in at a server: where it starts, where it may go, and what is answered beforehand.
Result<SignInTerms> sign_in_terms(const Settings& settings, const Cancel& cancel);

} // namespace awsfed
