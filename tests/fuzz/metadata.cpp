// Metadata of identity providers: read whole, or refused with a reason.
#include "fuzz/fuzz.h"

#include "saml/metadata.h"

#include <set>

using namespace awsfed;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Stopwatch watch;
    const auto providers = read_metadata(fuzz::view(data, size));
    if (!providers) {
        fuzz::require(!providers.error().peer.empty(), "a refusal has a reason", providers.error().message);
        return 0;
    }
    fuzz::require(!providers->empty(), "metadata has a provider");
    std::set<std::string> names;
    for (const IdpMetadata& one : *providers) {
        fuzz::require(!one.entity_id.empty(), "a provider has a name");
        fuzz::require(names.insert(one.entity_id).second, "a provider is listed once", one.entity_id);
        for (const Certificate& certificate : one.signing)
            fuzz::require(certificate.key.get() != nullptr && certificate.fingerprint.size() == 95,
                          "a certificate has a key and a fingerprint", certificate.fingerprint);
    }
    return 0;
}
