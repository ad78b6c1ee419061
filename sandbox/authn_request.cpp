#include "sandbox/authn_request.h"

#include "base/base64.h"
#include "base/time.h"
#include "saml/tree.h"

#include <libxml/parser.h>
#include <zlib.h>

#include <array>
#include <memory>
#include <optional>

namespace awsfed::sandbox {

namespace {

constexpr std::size_t request_bytes_max = 16 * 1024; // a request has about one kilobyte

struct FreeDocument {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};

Failure refused(std::string_view code, std::string_view why) {
    return fail(Code::response_malformed, "The sign-in request {}.", why).peer(std::string(code));
}

std::optional<std::string> inflated(std::string_view bytes) {
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) // negative: no zlib header
        return std::nullopt;
    const std::unique_ptr<z_stream, int (*)(z_stream*)> owned(&stream, inflateEnd);
    std::string out(request_bytes_max, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); // NOLINT: zlib does not write to it
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (inflate(&stream, Z_FINISH) != Z_STREAM_END)
        return std::nullopt;
    out.resize(stream.total_out);
    return out;
}

} // namespace

Result<AuthnRequest> read_authn_request(std::string_view base64) {
    const auto bytes = base64_decode(base64);
    const auto text = bytes ? inflated(bytes->reveal()) : std::nullopt;
    if (!text || text->find("<!") != std::string::npos)
        return refused("MSIS7015", "is not base64 of a deflated XML text");
    const std::unique_ptr<xmlDoc, FreeDocument> document(
        xmlReadMemory(text->data(), static_cast<int>(text->size()), nullptr, nullptr,
                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
    const xmlNode* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
    if (root == nullptr || !saml::is(root, saml::protocol_ns, "AuthnRequest"))
        return refused("MSIS7015", "is no AuthnRequest");

    if (!read_time(saml::attribute(root, "IssueInstant").value_or(""), ZoneRule::utc_only))
        return refused("MSIS7000", "has no IssueInstant that ends in Z");
    if (!saml::children(root, saml::protocol_ns, "NameIDPolicy").empty())
        return refused("MSIS7070", "asks for a NameIDPolicy");
    if (!saml::children(root, saml::protocol_ns, "RequestedAuthnContext").empty())
        return refused("MSIS7102", "asks for an authentication method");
    AWSFED_TRY(const xmlNode* issuer, saml::only_child(root, saml::assertion_ns, "Issuer", "issuer"));
    if (issuer == nullptr)
        return refused("MSIS7007", "does not say who asks");
    AuthnRequest request{.id = saml::attribute(root, "ID").value_or(""),
                         .issuer = {},
                         .consumer_url = saml::attribute(root, "AssertionConsumerServiceURL").value_or("")};
    AWSFED_TRY(request.issuer, saml::text_of(issuer));
    return request;
}

} // namespace awsfed::sandbox
