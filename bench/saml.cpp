// What it costs to prove a SAML response, beside the floor: the parts that no verifier can do without, by the same
// libraries.
//
//   saml verify RESPONSE METADATA COUNT   prints JSON: CPU microseconds of one verification and of each part of the
//   floor saml worst METADATA FILE...           prints JSON: the longest CPU time of a refusal, and of which file
#include "saml/signature_form.h"
#include "saml/tree.h"
#include "saml/verifier.h"

#include <fmt/core.h>
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>

namespace awsfed {

namespace {

std::string file(const char* path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

double cpu_us() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

double each_us(int count, const std::function<void()>& work) {
    work(); // warm
    const double started = cpu_us();
    for (int i = 0; i < count; ++i)
        work();
    return (cpu_us() - started) / count;
}

// ---- the floor ------------------------------------------------------------------------------

struct FreeDocument {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using Document = std::unique_ptr<xmlDoc, FreeDocument>;

Document parse(const std::string& xml) {
    return Document(xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
}

// The assertion, and the signature in it that is left out.
struct Signed {
    const xmlNode* assertion = nullptr;
    const xmlNode* signature = nullptr;
};

Signed signed_part(xmlDoc* document) {
    for (const xmlNode* node : saml::children(xmlDocGetRootElement(document), saml::assertion_ns, "Assertion"))
        return {node, saml::children(node, saml::signature_ns, "Signature").at(0)};
    return {};
}

int is_visible(void* user, xmlNode* node, xmlNode* parent) {
    const auto* part = static_cast<const Signed*>(user);
    const bool attached = node->type == XML_NAMESPACE_DECL || node->type == XML_ATTRIBUTE_NODE;
    for (const xmlNode* at = attached ? parent : node; at != nullptr; at = at->parent) {
        if (at == part->signature)
            return 0;
        if (at == part->assertion)
            return 1;
    }
    return 0;
}

std::string canonical(xmlDoc* document, Signed part) {
    xmlOutputBuffer* out = xmlAllocOutputBuffer(nullptr);
    xmlC14NExecute(document, is_visible, &part, XML_C14N_EXCLUSIVE_1_0, nullptr, 0, out);
    std::string text(reinterpret_cast<const char*>(xmlOutputBufferGetContent(out)),
                     xmlOutputBufferGetSize(out)); // NOLINT
    xmlOutputBufferClose(out);
    return text;
}

// A signature that does not fit costs the same exponentiation as one that does.
double rsa_us(const PublicKey& key, int count) {
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(key.get(), nullptr),
                                                                              EVP_PKEY_CTX_free);
    EVP_PKEY_verify_init(context.get());
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING);
    EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256());
    const std::string signature(256, '\1');
    const std::string digest(32, '\2');
    return each_us(count, [&] {
        EVP_PKEY_verify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                        signature.size(), // NOLINT
                        reinterpret_cast<const unsigned char*>(digest.data()), digest.size()); // NOLINT
    });
}

// ---- awsfed ---------------------------------------------------------------------------------

Verifier verifier_for(const char* metadata) {
    Trust trust;
    trust.providers = read_metadata(file(metadata)).value();
    AwsRules rules;
    rules.recipients = {"https://signin.aws.amazon.com/saml"};
    rules.audiences = {"urn:amazon:webservices"};
    rules.attribute_prefixes = {std::string(aws_attribute_prefix)};
    return Verifier(std::move(trust), std::move(rules));
}

constexpr Time then = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1);

int verify(const char* response, const char* metadata, int count) {
    const std::string xml = file(response);
    const Verifier verifier = verifier_for(metadata);
    const Verdict verdict = verifier.verify(xml, ResponseForm::xml, then);
    if (!verdict.accepted()) {
        fmt::print(stderr, "refused: {}\n", verdict.failure()->detail);
        return 1;
    }
    const Document document = parse(xml);
    const Signed part = signed_part(document.get());
    unsigned char digest[32];
    const double ours = each_us(count, [&] { (void)verifier.verify(xml, ResponseForm::xml, then); });
    const double parsing = each_us(count, [&] { (void)parse(xml); });
    const double c14n = each_us(count, [&] { (void)canonical(document.get(), part); });
    const double sha =
        each_us(count, [&] { EVP_Digest(xml.data(), xml.size(), digest, nullptr, EVP_sha256(), nullptr); });
    const double rsa = rsa_us(read_metadata(file(metadata)).value().at(0).signing.at(0).key, count);
    fmt::print("{{\"verify_us\": {:.2f}, \"floor_us\": {:.2f}, \"parse_us\": {:.2f}, \"c14n_us\": {:.2f}, "
               "\"sha_us\": {:.2f}, \"rsa_us\": {:.2f}, \"bytes\": {}}}\n",
               ours, parsing + c14n + sha + rsa, parsing, c14n, sha, rsa, xml.size());
    return 0;
}

int worst(const char* metadata, int count, char** files) {
    const Verifier verifier = verifier_for(metadata);
    double longest = 0;
    std::string which;
    for (int i = 0; i < count; ++i) {
        const std::string text = file(files[i]);
        const double us = each_us(3, [&] { (void)verifier.verify(text, ResponseForm::automatic, then); });
        if (us > longest) {
            longest = us;
            which = std::string_view(files[i]).substr(std::string_view(files[i]).rfind('/') + 1);
        }
    }
    fmt::print("{{\"worst_us\": {:.1f}, \"file\": \"{}\"}}\n", longest, which);
    return 0;
}

} // namespace

} // namespace awsfed

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    if (mode == "verify" && argc == 5)
        return awsfed::verify(argv[2], argv[3], std::max(1, std::atoi(argv[4])));
    if (mode == "worst" && argc > 3)
        return awsfed::worst(argv[2], argc - 3, argv + 3);
    return 2;
}
