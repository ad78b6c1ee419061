// What ties a proof of the user to the TLS connection that it goes through (RFC 5929, 4).
#pragma once

#include <string>
#include <string_view>

namespace awsfed {

// The data of the binding "tls-server-end-point" for the certificate that a server showed, in PEM. Empty where the
// certificate has none: its signature has no one hash, or it cannot be read.
std::string tls_server_end_point(std::string_view certificate_pem);

} // namespace awsfed
