// The settings of one call, read once: from here on nobody asks for a setting by its name.
#pragma once

#include "aws/endpoint.h"
#include "aws/sts_request.h"
#include "base/cancel.h"
#include "credentials/credentials.h"
#include "http/curl_transport.h"
#include "idp/adfs_connector.h"
#include "idp/conversation.h"
#include "settings/settings.h"

#include <optional>
#include <string>

namespace awsfed {

enum class Idp { none, form, adfs, assertion };
enum class StsAction { assume_role_with_saml, assume_role, get_federation_token };

Result<NetworkTerms> network_terms(const Settings& settings);
// https, or plain http to this machine where http_loopback allows it (security rule 2).
Result<Url> url_setting(const Settings& settings, std::string_view name);

Idp idp_of(const Settings& settings);
// For idp=adfs. The relying party that is not set is that of the region's partition.
AdfsTerms adfs_terms(const Settings& settings);
// For what signs in at a server: where it starts, where it may go, and what is answered beforehand.
Result<SignInTerms> sign_in_terms(const Settings& settings, const Cancel& cancel);

// The STS call that the settings ask for.
Result<StsAction> action_of(const Settings& settings);
// Policy, policy ARNs and duration. Reads policy_file.
Result<SessionTerms> session_terms(const Settings& settings);
// The region's STS, or sts_endpoint.
Result<Endpoint> endpoint_of(const Settings& settings);
// The keys of the group "caller".
Result<Credentials> caller_of(const Settings& settings, const Cancel& cancel);

} // namespace awsfed
