// WS-Trust metadata: a password goes to no address that the document does not have, nor to one without TLS.
#include "fuzz/fuzz.h"

#include "idp/mex.h"

using namespace awsfed;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Stopwatch watch;
    const auto endpoints = username_endpoints(fuzz::view(data, size));
    if (!endpoints)
        return 0;
    for (const TrustEndpoint& one : *endpoints)
        fuzz::require(one.url.is_https() || one.url.is_loopback(), "an endpoint has TLS", one.url.text());
    fuzz::require(std::ranges::is_sorted(*endpoints, {}, &TrustEndpoint::version), "1.3 comes first");
    return 0;
}
