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

#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace awsfed {

namespace {

std::string file(const char* path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

double cpu_us() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

double each_us(int count, const std::function<void()>& work) {
    work(); // warm
    const double started = cpu_us();
    for (int i = 0; i < count; ++i)
        work();
    return (cpu_us() - started) / count;
}

// What each of several works costs: the median of rounds in which they take turns, since the clock of a processor
// changes with what else the machine does.
std::vector<double> in_turns_us(int count, const std::vector<std::function<void()>>& works) {
    constexpr int rounds = 60;
    std::vector<std::vector<double>> all(works.size());
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < works.size(); ++i)
            all[i].push_back(each_us(std::max(1, count / rounds), works[i]));
    }
    std::vector<double> medians;
    for (std::vector<double>& times : all) {
        std::ranges::nth_element(times, times.begin() + rounds / 2);
        medians.push_back(times[rounds / 2]);
    }
    return medians;
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
class RsaWork {
public:
    explicit RsaWork(const PublicKey& key) : context_(EVP_PKEY_CTX_new(key.get(), nullptr), EVP_PKEY_CTX_free) {
        EVP_PKEY_verify_init(context_.get());
        EVP_PKEY_CTX_set_rsa_padding(context_.get(), RSA_PKCS1_PADDING);
        EVP_PKEY_CTX_set_signature_md(context_.get(), EVP_sha256());
    }
    void once() {
        const auto bytes = [](const std::string& text) {
            return reinterpret_cast<const unsigned char*>(text.data()); // NOLINT
        };
        EVP_PKEY_verify(context_.get(), bytes(signature_), signature_.size(), bytes(digest_), digest_.size());
    }

private:
    std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context_;
    std::string signature_ = std::string(256, '\1');
    std::string digest_ = std::string(32, '\2');
};

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
    const PublicKey key = read_metadata(file(metadata)).value().at(0).signing.at(0).key;
    RsaWork rsa_work(key);
    const std::vector<double> us =
        in_turns_us(count, {[&] { (void)verifier.verify(xml, ResponseForm::xml, then); }, [&] { (void)parse(xml); },
                            [&] { (void)canonical(document.get(), part); },
                            [&] { EVP_Digest(xml.data(), xml.size(), digest, nullptr, EVP_sha256(), nullptr); },
                            [&] { rsa_work.once(); }});
    fmt::print("{{\"verify_us\": {:.2f}, \"floor_us\": {:.2f}, \"parse_us\": {:.2f}, \"c14n_us\": {:.2f}, "
               "\"sha_us\": {:.2f}, \"rsa_us\": {:.2f}, \"bytes\": {}}}\n",
               us[0], us[1] + us[2] + us[3] + us[4], us[1], us[2], us[3], us[4], xml.size());
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
