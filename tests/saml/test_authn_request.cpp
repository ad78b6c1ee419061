#include "saml/authn_request.h"

#include "base/base64.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <cctype>
#include <string>

using namespace awsfed;

namespace {

const AuthnRequest request{"_00ff", *read_time("2026-11-24T16:00:00.250Z", ZoneRule::utc_only),
                           "urn:amazon:webservices"};

// Only what a URL's query may hold without ambiguity.
std::string percent_decoded(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            REQUIRE((std::isalnum(static_cast<unsigned char>(text[i])) || text[i] == '-' || text[i] == '_' ||
                     text[i] == '.'));
            out += text[i];
            continue;
        }
        out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
        i += 2;
    }
    return out;
}

std::string inflated(std::string_view bytes) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, -15) == Z_OK); // raw, as the binding has it
    std::string out(4096, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    CHECK(stream.avail_in == 0);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

} // namespace

TEST_CASE("a request says who asks and when, in UTC, and nothing that AD FS could refuse") {
    const std::string xml = authn_request_xml(request);
    CHECK(xml.find(R"(ID="_00ff" Version="2.0" IssueInstant="2026-11-24T16:00:00Z")") != std::string::npos);
    CHECK(xml.find(">urn:amazon:webservices</saml:Issuer>") != std::string::npos);
    for (const char* part :
         {"NameIDPolicy", "RequestedAuthnContext", "AssertionConsumerServiceURL", "ForceAuthn", "Signature"})
        CHECK(xml.find(part) == std::string::npos);
}

TEST_CASE("an issuer's characters stay characters in a request") {
    AuthnRequest odd = request;
    odd.issuer = R"(a&b<c>"d')";
    CHECK(authn_request_xml(odd).find(">a&amp;b&lt;c&gt;&quot;d'</saml:Issuer>") != std::string::npos);
}

TEST_CASE("the Redirect binding is raw DEFLATE, base64 and percent encoding") {
    const std::string query = authn_request_query(request);
    const std::string name = "SAMLRequest=";
    REQUIRE(query.starts_with(name));
    const auto bytes = base64_decode(percent_decoded(query.substr(name.size())));
    REQUIRE(bytes);
    CHECK(inflated(bytes->reveal()) == authn_request_xml(request));
}
