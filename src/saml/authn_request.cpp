#include "saml/authn_request.h"

#include "base/base64.h"
#include "base/encode.h"

#include <fmt/format.h>
#include <zlib.h>

#include <new>
#include <stdexcept>

namespace awsfed {

namespace {

std::string xml_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
    return out;
}

// DEFLATE without zlib's header and check sum (RFC 1951).
std::string deflated(std::string_view text) {
    constexpr int raw = -15;
    constexpr int memory_usual = 8;
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, raw, memory_usual, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); // zlib only reads it
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int done = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (done != Z_STREAM_END)
        throw std::logic_error("deflateBound was too small.");
    return out;
}

} // namespace

std::string authn_request_xml(const AuthnRequest& request) {
    return fmt::format(
        R"(<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="{}" Version="2.0" IssueInstant="{}">)"
        R"(<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{}</saml:Issuer></samlp:AuthnRequest>)",
        xml_escaped(request.id), iso_time(request.issue_instant), xml_escaped(request.issuer));
}

std::string authn_request_query(const AuthnRequest& request) {
    const Secret base64 = base64_encode(deflated(authn_request_xml(request)));
    return "SAMLRequest=" + std::string(percent_encoded(base64.reveal(), Percent::strict).reveal());
}

Secret authn_request_body(const AuthnRequest& request) {
    const Secret base64 = base64_encode(authn_request_xml(request));
    Secret body("SAMLRequest=");
    body.append(percent_encoded(base64.reveal(), Percent::strict).reveal());
    return body;
}

} // namespace awsfed
