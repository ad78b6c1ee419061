// The library verifies signatures by libxml2 and OpenSSL; xmlsec, another implementation, must say the same of each.
#include "saml/metadata.h"
#include "saml/response_door.h"
#include "saml/signature_engine.h"
#include "saml/xmlsec_engine.h"

#include "data_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

using namespace awsfed;
using namespace awsfed::saml;

namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

const std::filesystem::path corpus = saml_data().parent_path().parent_path() / "vectors/data/saml";

// Every key that signs somewhere in the corpus.
std::vector<Certificate> all_certificates() {
    std::vector<Certificate> all;
    std::set<std::string> known;
    for (const auto& entry : std::filesystem::directory_iterator(corpus / "metadata")) {
        const auto providers = read_metadata(text_of(entry.path()));
        REQUIRE(providers);
        for (const IdpMetadata& provider : *providers) {
            for (const Certificate& certificate : provider.signing) {
                if (certificate.key.type() != KeyType::other && known.insert(certificate.fingerprint).second)
                    all.push_back(certificate);
            }
        }
    }
    return all;
}

struct Counts {
    int verified = 0, refused = 0;
};

void compare(const SamlDocument& document, const _xmlNode* signature, const std::vector<Certificate>& certificates,
             Counts& counts) {
    if (signature == nullptr)
        return;
    const auto form = read_signature_form(signature, true);
    if (!form || form->is_pss()) // xmlsec 1.2 does not know RSA-PSS
        return;
    auto* tree = const_cast<_xmlDoc*>(document.document()); // NOLINT: xmlsec takes no const
    for (const Certificate& certificate : certificates) {
        const bool fits = (certificate.key.type() == KeyType::rsa) == form->is_rsa();
        if (!fits)
            continue;
        const auto ours = SignatureEngine(*form).octets_signed_by(certificate.key);
        const auto theirs = verify_by_xmlsec(tree, *form, certificate.key);
        CHECK(ours.has_value() == theirs.has_value());
        if (ours && theirs)
            CHECK(*ours == *theirs);
        ++(ours ? counts.verified : counts.refused);
    }
}

} // namespace

TEST_CASE("xmlsec verifies the same signatures, over the same octets, and no others") {
    const std::vector<Certificate> certificates = all_certificates();
    Counts counts;
    for (const char* folder : {"valid", "refuse", "either"}) {
        for (const auto& entry : std::filesystem::directory_iterator(corpus / folder)) {
            CAPTURE(entry.path().filename().string());
            const std::string text = text_of(entry.path());
            const auto document = begins_like_xml(text) ? open_response_xml(text, StatusRule::later)
                                                        : open_response(text, StatusRule::later);
            if (!document)
                continue;
            compare(*document, document->shape().response_signature, certificates, counts);
            compare(*document, document->shape().assertion_signature, certificates, counts);
        }
    }
    CHECK(counts.verified > 100);
    CHECK(counts.refused > 300);
}
