// Where AWS takes SAML responses (the assertion consumer services in its SAML metadata).
#pragma once

#include "http/url.h"

namespace awsfed {

// A sign-in host of one of AWS's partitions, or the regional one of it.
bool is_aws_sign_in_host(const Url& url);
// Its endpoint for SAML responses.
bool is_aws_saml_endpoint(const Url& url);

} // namespace awsfed
