// Answers of WS-Trust: a fault that can be told, or an assertion whose octets stay as they are in a response of ours.
#include "fuzz/fuzz.h"

#include "base/limits.h"
#include "idp/soap_fault.h"
#include "idp/ws_trust_message.h"
#include "saml/response_door.h"

using namespace awsfed;

namespace {

void check_fault(const SoapFault& fault) {
    static const Url url = *Url::parse("https://sts.example/adfs/services/trust/13/usernamemixed");
    const Error error = failure_of(fault, {url, "urn:amazon:webservices", Time()}).take();
    fuzz::require(error.message.size() < 2000 && error.peer.size() < 500, "a fault is cut", error.message);
    fuzz::require(error.message.find('\n') == std::string::npos, "a fault is one line", error.message);
    fuzz::require(error.retry_after_ms == -1, "a password is not sent again");
}

void check_assertion(const BareAssertion& assertion, std::string_view answer) {
    const std::string_view xml = assertion.xml;
    fuzz::require(xml.data() >= answer.data() && xml.data() + xml.size() <= answer.data() + answer.size(),
                  "the octets are those of the answer");
    fuzz::require(xml.starts_with('<') && xml.ends_with('>'), "an element is cut out whole", xml);
    const auto response = response_around(assertion, "_1", Time());
    if (!response)
        return fuzz::require(!response.error().peer.empty(), "a refusal has a reason", response.error().message);
    const std::string tail = std::string(xml) + "</samlp:Response>";
    fuzz::require(response->reveal().ends_with(tail), "the octets stay as they are");
    const auto opened = open_response_xml(response->reveal());
    fuzz::require(opened || !opened.error().peer.empty(), "a refusal has a reason");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Stopwatch watch;
    const std::string_view answer = fuzz::view(data, size);
    const auto envelope = XmlReader::parse(answer, page_bytes_max);
    if (!envelope)
        return 0;
    if (const auto fault = soap_fault_in(envelope->root()))
        check_fault(*fault);
    if (const auto assertion = issued_assertion(envelope->root(), answer))
        check_assertion(*assertion, answer);
    return 0;
}
