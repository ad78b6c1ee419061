// OpenSAML's side of saml.cpp: opensaml RESPONSE CERTIFICATE COUNT
//
// Prints JSON: CPU microseconds of one verification; status 1 and "refused: " when it does not take the response.
// Parsed, made objects of, the signature's profile and the signature checked. Its rules of times, audience and
// attributes are a service provider's business (Shibboleth), and not in the figure.
#include <saml/SAMLConfig.h>
#include <saml/saml2/core/Assertions.h>
#include <saml/saml2/core/Protocols.h>
#include <saml/signature/SignatureProfileValidator.h>
#include <xercesc/framework/MemBufInputSource.hpp>
#include <xercesc/framework/Wrapper4InputSource.hpp>
#include <xmltooling/XMLObjectBuilder.h>
#include <xmltooling/XMLToolingConfig.h>
#include <xmltooling/security/Credential.h>
#include <xmltooling/security/CredentialCriteria.h>
#include <xmltooling/security/CredentialResolver.h>
#include <xmltooling/signature/Signature.h>
#include <xmltooling/signature/SignatureValidator.h>
#include <xmltooling/util/ParserPool.h>

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>

namespace {

double cpu_us() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

std::unique_ptr<xmltooling::CredentialResolver> resolver_of(const char* certificate) {
    const std::unique_ptr<char, decltype(&std::free)> path(realpath(certificate, nullptr), std::free);
    if (!path)
        throw std::runtime_error("there is no such certificate");
    std::istringstream settings("<CredentialResolver type=\"File\" certificate=\"" + std::string(path.get()) + "\"/>");
    auto& config = xmltooling::XMLToolingConfig::getConfig();
    xercesc::DOMDocument* document = config.getParser().parse(settings); // the resolver reads it later, too
    return std::unique_ptr<xmltooling::CredentialResolver>(config.CredentialResolverManager.newPlugin(
        FILESYSTEM_CREDENTIAL_RESOLVER, document->getDocumentElement(), false));
}

// Throws where it is not proved.
void verify(const std::string& xml, const xmlsignature::SignatureValidator& validator) {
    const xercesc::MemBufInputSource bytes(reinterpret_cast<const XMLByte*>(xml.data()), xml.size(), "response");
    xercesc::Wrapper4InputSource input(const_cast<xercesc::MemBufInputSource*>(&bytes), false);
    xercesc::DOMDocument* document = xmltooling::XMLToolingConfig::getConfig().getParser().parse(input);
    const std::unique_ptr<xmltooling::XMLObject> object( // owns the document
        xmltooling::XMLObjectBuilder::buildOneFromElement(document->getDocumentElement(), true));
    const auto& response = dynamic_cast<const opensaml::saml2p::Response&>(*object);
    const xmlsignature::Signature* signature = response.getAssertions().front()->getSignature();
    if (signature == nullptr)
        throw std::runtime_error("the assertion is not signed");
    opensaml::SignatureProfileValidator().validateSignature(*signature);
    validator.validate(signature);
}

int measure(const char* response, const char* certificate, int count) {
    std::ifstream in(response, std::ios::binary);
    const std::string xml{std::istreambuf_iterator<char>(in), {}};
    const auto resolver = resolver_of(certificate);
    const xmltooling::Locker locker(resolver.get());
    const xmltooling::CredentialCriteria criteria;
    const xmlsignature::SignatureValidator validator(resolver->resolve(&criteria));
    try {
        verify(xml, validator); // warm
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "refused: %s\n", failure.what());
        return 1;
    }
    const double started = cpu_us();
    for (int i = 0; i < count; ++i)
        verify(xml, validator);
    std::printf("{\"us\": %.2f}\n", (cpu_us() - started) / count);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const int count = argc == 4 ? std::atoi(argv[3]) : 0;
    if (count < 1 || !opensaml::SAMLConfig::getConfig().init())
        return 2;
    int status = 2;
    try {
        status = measure(argv[1], argv[2], count);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
    }
    std::fflush(nullptr);
    std::_Exit(status); // its tear-down is in the order of its own making, and not measured
}
