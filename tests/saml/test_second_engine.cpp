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
const std::filesystem::path cases = saml_data() / "cases";

// Every key that signs somewhere there.
std::vector<Certificate> all_certificates() {
    std::vector<Certificate> all;
    std::set<std::string> known;
    for (const auto& folder : {corpus, cases}) {
        for (const auto& entry : std::filesystem::directory_iterator(folder / "metadata")) {
            const auto providers = read_metadata(text_of(entry.path()));
            REQUIRE(providers);
            for (const IdpMetadata& provider : *providers) {
                for (const Certificate& certificate : provider.signing) {
                    if (certificate.key.type() != KeyType::other && known.insert(certificate.fingerprint).second)
                        all.push_back(certificate);
                }
            }
        }
    }
    return all;
}

// Where xmlsec 1.2 has other rules: it knows blanks only between prefixes, where the standard has all white space; it
// wants a PrefixList, which the schema does not; and it has no limit for a canonical form.
const std::set<std::string> not_compared{"accept_list_of_blanks.xml", "accept_no_prefix_list.xml",
                                         "refuse_canonical_too_long.xml"};

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
    for (const auto& folder :
         {corpus / "valid", corpus / "refuse", corpus / "either", cases / "accept", cases / "refuse"}) {
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            CAPTURE(entry.path().filename().string());
            if (not_compared.contains(entry.path().filename().string()))
                continue;
            const std::string text = text_of(entry.path());
            const auto document = begins_like_xml(text) ? open_response_xml(text, StatusRule::later)
                                                        : open_response(text, StatusRule::later);
            if (!document)
                continue;
            compare(*document, document->shape().response_signature, certificates, counts);
            compare(*document, document->shape().assertion_signature, certificates, counts);
        }
    }
    CHECK(counts.verified > 200);
    CHECK(counts.refused > 500);
}
