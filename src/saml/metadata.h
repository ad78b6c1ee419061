// What an identity provider's metadata (saml-metadata-2.0) says about it: its name, its keys, where it is signed in to.
//
// A signature on the metadata is NOT checked. Who trusts what is read here trusts where it came from: a file that an
// administrator put there, or an answer over verified TLS.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "saml/keys.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

struct IdpMetadata {
    struct Endpoint {
        std::string binding;
        std::string location;
    };

    std::string entity_id;
    std::vector<Certificate> signing; // in the order of the file, each once
    std::vector<Certificate> encryption; // what the provider decrypts with; signs nothing
    std::vector<std::string> unusable; // a sentence for each key that cannot be used, with the reason
    std::vector<Endpoint> single_sign_on;
    std::optional<Time> valid_until; // the earliest of those around and in the provider's descriptor; the verifier
                                     // believes no key after it
    bool wants_signed_requests = false;
};

// The identity providers in an EntityDescriptor, or in an EntitiesDescriptor and those within it, in the order of the
// file: at least one. Only what an IDPSSODescriptor for SAML 2.0 says is taken; several of one entity count as one.
//
// A KeyDescriptor without `use` is for signing and for encryption. The metadata interoperability profile wants one
// certificate in each (2.5.1); where there are more, each is a key: nothing here builds chains of trust, so a second
// certificate can mean nothing else. A key that is given in another way than by a certificate is noted as unusable, and
// so is a certificate that cannot be read: a provider without any signing key is for its user to refuse.
//
// Refused is metadata_malformed, with the reason in Error::peer: those of saml/xml_door.h, structure (another root, no
// identity provider, no entityID, one entityID twice), limits, time-format (validUntil).
Result<std::vector<IdpMetadata>> read_metadata(std::string_view xml);

} // namespace awsfed
