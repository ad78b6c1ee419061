// A message to a KDC and its reply (RFC 4120, 7.2), over connections of ours: libkrb5's own wait for 25 s for a server
// that is silent, and hear no cancel. Inside of http/kerberos*.cpp only.
#pragma once

#include "base/cancel.h"
#include "base/result.h"
#include "http/stream.h"

#include <krb5.h>

#include <string>
#include <string_view>
#include <vector>

namespace awsfed::kerberos {

// The KDCs that krb5.conf names for the realm, in its order. Empty where it names none, or one that is reached in
// another way (by HTTPS, by a socket of this machine): libkrb5 knows how.
std::vector<Url> kdcs_of(krb5_context context, const std::string& realm);

struct KdcReply {
    std::string message;
    std::size_t kdc; // whose it is, by its place
};

// Asks one after the other by TCP, and by UDP where nobody takes that, until one replies; each has its share of the
// time that is left, and where there is another one, not long. cancelled, or kdc_unreachable.
Result<KdcReply> ask_kdcs(krb5_context context, const std::vector<Url>& kdcs, std::string_view message,
                          Stream::Instant end, const Cancel& cancel);

} // namespace awsfed::kerberos
