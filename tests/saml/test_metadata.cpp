#include "saml/metadata.h"

#include "base/limits.h"
#include "data_file.h"

#include <doctest/doctest.h>

#include <ctime>
#include <string>

using namespace awsfed;

namespace {

std::string file(const std::string& name) { return read_saml_data("metadata/" + name); }

// The base64 of the certificate in a file of ours; the n-th where there are several.
std::string certificate_in(const std::string& name, int n = 0) {
    const std::string xml = file(name);
    std::size_t at = 0;
    for (int i = 0; i <= n; ++i)
        at = xml.find("<ds:X509Certificate>", at) + 20;
    return xml.substr(at, xml.find('<', at) - at);
}

const std::string& one() {
    static const std::string certificate = certificate_in("plain.xml");
    return certificate;
}

const std::string& another() {
    static const std::string certificate = certificate_in("plain-rollover.xml", 0);
    return certificate;
}

std::string fingerprint(const std::string& base64) {
    auto certificate = read_certificate_base64(base64);
    REQUIRE(certificate);
    return certificate->fingerprint;
}

constexpr std::string_view namespaces = " xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" "
                                        "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" "
                                        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
constexpr std::string_view saml2 = "urn:oasis:names:tc:SAML:2.0:protocol";

std::string x509(const std::string& certificate) {
    return "<ds:X509Data><ds:X509Certificate>" + certificate + "</ds:X509Certificate></ds:X509Data>";
}

std::string key(const std::string& inside, const std::string& use = " use=\"signing\"") {
    return "<KeyDescriptor" + use + "><ds:KeyInfo>" + inside + "</ds:KeyInfo></KeyDescriptor>";
}

std::string role(const std::string& inside, const std::string& attributes = "",
                 const std::string& protocols = std::string(saml2)) {
    return "<IDPSSODescriptor protocolSupportEnumeration=\"" + protocols + "\"" + attributes + ">" + inside +
           "<SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" "
           "Location=\"https://idp.test/sso\"/></IDPSSODescriptor>";
}

std::string entity(const std::string& inside, const std::string& attributes = " entityID=\"idp.test\"") {
    return "<EntityDescriptor" + std::string(namespaces) + attributes + ">" + inside + "</EntityDescriptor>";
}

std::string group(const std::string& inside, const std::string& attributes = "") {
    return "<EntitiesDescriptor" + std::string(namespaces) + attributes + ">" + inside + "</EntitiesDescriptor>";
}

// The only provider of a metadata that must read.
IdpMetadata only(std::string_view xml) {
    auto providers = read_metadata(xml);
    REQUIRE_MESSAGE(providers, (providers ? "" : providers.error().message));
    REQUIRE(providers->size() == 1);
    return std::move(providers->front());
}

// "read", or the reason in one word.
std::string verdict(std::string_view xml) {
    auto providers = read_metadata(xml);
    if (providers)
        return "read";
    CHECK(providers.error().code == Code::metadata_malformed);
    CHECK(providers.error().status() == Status::setting);
    CHECK_FALSE(providers.error().message.empty());
    return providers.error().peer;
}

// Quadratic work on what is tried here would take minutes; sanitizers do not. By the processor's time, for the machine
// may be busy with something else.
std::string quick_verdict(std::string_view xml) {
    const std::clock_t start = std::clock();
    std::string reason = verdict(xml);
    CHECK((std::clock() - start) / CLOCKS_PER_SEC < 20);
    return reason;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    out.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        out += text;
    return out;
}

std::vector<std::string> fingerprints(const std::vector<Certificate>& certificates) {
    std::vector<std::string> out;
    for (const Certificate& certificate : certificates)
        out.push_back(certificate.fingerprint);
    return out;
}

using List = std::vector<std::string>;

} // namespace

// ---- what providers write -----------------------------------------------------------------

TEST_CASE("the metadata of every provider is read: its name, its key, where it is signed in to") {
    const std::vector<std::pair<std::string, std::string>> names{
        {"adfs", "http://sts.harbour.test/adfs/services/trust"},
        {"entra", "https://sts.windows.test/5f1c2c0e-70a8-4a0b-9d3f-2f0a6c3e9a11/"},
        {"google", "https://accounts.google.test/o/saml2?idpid=C03quay77"},
        {"keycloak", "https://sso.harbour.test/realms/quay"},
        {"okta", "http://www.okta.test/exk4tqz8hHarbour1d7"},
        {"ping", "ping.harbour.test"},
        {"shibboleth", "https://idp.quayside.test/idp/shibboleth"},
        {"simplesamlphp", "https://login.quayside.test/simplesaml/saml2/idp/metadata.php"},
    };
    for (const auto& [name, entity_id] : names) {
        CAPTURE(name);
        const IdpMetadata provider = only(file(name + ".xml"));
        CHECK(provider.entity_id == entity_id);
        CHECK(fingerprints(provider.signing) == List{fingerprint(certificate_in(name + ".xml"))});
        CHECK(provider.encryption.empty());
        CHECK(provider.unusable.empty());
        REQUIRE(provider.single_sign_on.size() == 1);
        CHECK(provider.single_sign_on[0].binding == "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST");
        CHECK(provider.single_sign_on[0].location.ends_with("/sso"));
        CHECK_FALSE(provider.valid_until);
        CHECK_FALSE(provider.wants_signed_requests);
    }
}

TEST_CASE("keys of every kind and size are read; whether they are good enough is not decided here") {
    const std::vector<std::tuple<std::string, KeyType, int>> kinds{
        {"plain", KeyType::rsa, 2048},
        {"plain-1024", KeyType::rsa, 1024},
        {"plain-4096", KeyType::rsa, 4096},
        {"plain-p256", KeyType::ec_p256, 256},
        {"plain-p384", KeyType::ec_p384, 384},
        {"plain-p521", KeyType::ec_p521, 521},
        {"plain-expired-cert", KeyType::rsa, 2048},
    };
    for (const auto& [name, type, bits] : kinds) {
        CAPTURE(name);
        const IdpMetadata provider = only(file(name + ".xml"));
        REQUIRE(provider.signing.size() == 1);
        CHECK(provider.signing[0].key.type() == type);
        CHECK(provider.signing[0].key.bits() == bits);
    }
}

TEST_CASE("a key without a use is for both, and two keys for signing stay in their order") {
    const IdpMetadata both = only(file("plain-nouse.xml"));
    CHECK(fingerprints(both.signing) == List{fingerprint(one())});
    CHECK(fingerprints(both.encryption) == List{fingerprint(one())});

    const IdpMetadata rollover = only(file("plain-rollover.xml"));
    CHECK(fingerprints(rollover.signing) == List{fingerprint(another()), fingerprint(one())});
    CHECK(rollover.encryption.empty());
}

TEST_CASE("a key for encryption is no key for signing") {
    const IdpMetadata provider = only(file("plain-encryption-only.xml"));
    REQUIRE(provider.signing.size() == 1);
    REQUIRE(provider.encryption.size() == 1);
    CHECK(provider.signing[0].fingerprint != provider.encryption[0].fingerprint);

    const IdpMetadata none = only(entity(role(key(x509(one()), " use=\"encryption\""))));
    CHECK(none.signing.empty());
    CHECK(fingerprints(none.encryption) == List{fingerprint(one())});
    CHECK(none.unusable.empty());
}

TEST_CASE("two providers in one file are two, each with its own key") {
    auto providers = read_metadata(file("two-providers.xml"));
    REQUIRE(providers);
    REQUIRE(providers->size() == 2);
    CHECK(providers->at(0).entity_id == "https://idp.harbour.test/saml");
    CHECK(providers->at(1).entity_id == "https://idp.elsewhere.test/saml");
    CHECK(fingerprints(providers->at(0).signing) == List{fingerprint(certificate_in("two-providers.xml", 0))});
    CHECK(fingerprints(providers->at(1).signing) == List{fingerprint(certificate_in("two-providers.xml", 1))});
}

TEST_CASE("of AD FS's federation metadata only the identity provider is read") {
    const std::string other = key(x509(another()));
    const std::string saml2_text(saml2);
    const std::string xml = entity(
        "<ds:Signature><ds:SignedInfo/><ds:SignatureValue>AAAA</ds:SignatureValue><ds:KeyInfo>" + x509(another()) +
            "</ds:KeyInfo></ds:Signature>"
            "<RoleDescriptor xsi:type=\"fed:ApplicationServiceType\" "
            "xmlns:fed=\"http://docs.oasis-open.org/wsfed/federation/200706\" protocolSupportEnumeration=\"" +
            saml2_text + "\">" + other + "</RoleDescriptor><SPSSODescriptor protocolSupportEnumeration=\"" +
            saml2_text + "\">" + other + "</SPSSODescriptor>" +
            role(key(x509(one())), " WantAuthnRequestsSigned=\"true\"") +
            "<x:IDPSSODescriptor xmlns:x=\"urn:other\" protocolSupportEnumeration=\"" + saml2_text + "\">" + other +
            "</x:IDPSSODescriptor>",
        " ID=\"_1\" entityID=\"http://sts.test/adfs/services/trust\"");
    const IdpMetadata provider = only(xml);
    CHECK(fingerprints(provider.signing) == List{fingerprint(one())});
    CHECK(provider.encryption.empty());
    CHECK(provider.wants_signed_requests);
}

TEST_CASE("an identity provider for SAML 1.1 alone is none, and one for both is one") {
    const std::string old = "urn:oasis:names:tc:SAML:1.1:protocol";
    CHECK(verdict(entity(role(key(x509(one())), "", old))) == "structure");
    const IdpMetadata provider = only(
        entity(role(key(x509(one())), "", old + "\n  " + std::string(saml2)) + role(key(x509(another())), "", old)));
    CHECK(fingerprints(provider.signing) == List{fingerprint(one())});
}

TEST_CASE("several descriptors of one entity are one provider, and a certificate counts once") {
    const IdpMetadata provider =
        only(entity(role(key(x509(one())) + key(x509(one()), "")) + role(key(x509(another())) + key(x509(one())))));
    CHECK(fingerprints(provider.signing) == List{fingerprint(one()), fingerprint(another())});
    CHECK(fingerprints(provider.encryption) == List{fingerprint(one())});
    CHECK(provider.single_sign_on.size() == 2);
}

TEST_CASE("several certificates in one descriptor are several keys") {
    const std::string within = "<ds:X509Data><ds:X509Certificate>" + one() +
                               "</ds:X509Certificate><ds:X509Certificate>" + another() +
                               "</ds:X509Certificate></ds:X509Data>";
    const List both{fingerprint(one()), fingerprint(another())};
    CHECK(fingerprints(only(entity(role(key(within)))).signing) == both);
    CHECK(fingerprints(only(entity(role(key(x509(one()) + x509(another()))))).signing) == both);
}

TEST_CASE("a key that cannot be used is noted with its reason, and the others are read") {
    const IdpMetadata provider = only(entity(role(
        key(x509("no base64!")) + key("<ds:KeyName>k</ds:KeyName>") + key(x509("TUlJQw==")) +
        key(x509(one()), " use=\"signature\"") + key(x509("<b/>")) +
        key(x509("-----BEGIN CERTIFICATE-----\n" + one() + "\n-----END CERTIFICATE-----")) + key(x509(another())))));
    CHECK(fingerprints(provider.signing) == List{fingerprint(another())});
    CHECK(provider.unusable ==
          List{"The certificate is not base64.", "A key is given without a certificate.",
               "The certificate is not one of X.509.", "A key is for \"signature\", which SAML does not know.",
               "The certificate is not base64.", "The certificate has the header lines of PEM around its base64."});
}

TEST_CASE("a provider without any usable key is read, for its user to refuse") {
    const IdpMetadata provider = only(entity(role(key(x509("AAAA")))));
    CHECK(provider.signing.empty());
    CHECK(provider.unusable.size() == 1);
    CHECK(only(entity(role(""))).unusable.empty());
}

TEST_CASE("comments may stand anywhere in metadata, and cut no value") {
    const std::string half = one().substr(0, 300);
    const IdpMetadata provider =
        only("<?xml version=\"1.0\"?>\n<!-- it's ours -->\n" +
             entity("<!-- \"a\" -->" + role(key(x509(half + "<!-- don't -->" + one().substr(300))))));
    CHECK(fingerprints(provider.signing) == List{fingerprint(one())});
}

TEST_CASE("an endpoint without a binding or a location is left out") {
    const IdpMetadata provider =
        only(entity(role("<SingleSignOnService Binding=\"b\"/><SingleSignOnService Location=\"l\"/>")));
    REQUIRE(provider.single_sign_on.size() == 1);
    CHECK(provider.single_sign_on[0].location == "https://idp.test/sso");
}

// ---- how long it holds --------------------------------------------------------------------

TEST_CASE("the earliest validUntil around and in a provider's descriptor holds") {
    const auto until = [](const std::string& time) { return " validUntil=\"" + time + "\""; };
    const std::string early = "2027-01-01T00:00:00Z";
    const std::string middle = "2027-06-01T02:00:00+02:00";
    const std::string late = "2028-01-01T00:00:00.5Z";
    const auto valid = [](const std::string& xml) {
        const std::optional<Time> time = only(xml).valid_until;
        return time ? iso_time(*time) : "";
    };
    const auto nested = [&](const std::string& outer, const std::string& inner, const std::string& innermost) {
        return group(entity(role(key(x509(one())), innermost), " entityID=\"idp.test\"" + inner), outer);
    };
    CHECK(valid(nested("", "", "")).empty());
    CHECK(valid(nested(until(early), until(middle), until(late))) == early);
    CHECK(valid(nested(until(late), until(middle), until(early))) == early);
    CHECK(valid(nested(until(late), until(middle), "")) == "2027-06-01T00:00:00Z");
    CHECK(valid(nested("", "", until(middle))) == "2027-06-01T00:00:00Z");
}

TEST_CASE("what is valid until one neighbour's date says nothing about the next one") {
    const std::string first = entity(role(key(x509(one()))), " entityID=\"a\" validUntil=\"2027-01-01T00:00:00Z\"");
    auto providers = read_metadata(group(group(first, " validUntil=\"2026-01-01T00:00:00Z\"") +
                                         entity(role(key(x509(one()))), " entityID=\"b\"")));
    REQUIRE(providers);
    CHECK(iso_time(providers->at(0).valid_until.value()) == "2026-01-01T00:00:00Z");
    CHECK_FALSE(providers->at(1).valid_until);
}

TEST_CASE("a validUntil that is no instant is refused, since it may have passed") {
    for (const std::string time : {"", "tomorrow", "2027-02-30T00:00:00Z", "2027-01-01T00:00:00", "2027-01-01"}) {
        CAPTURE(time);
        CHECK(verdict(entity(role(key(x509(one()))), " entityID=\"a\" validUntil=\"" + time + "\"")) == "time-format");
    }
}

// ---- what is no metadata ------------------------------------------------------------------

TEST_CASE("what is not the metadata of an identity provider is refused for its reason") {
    const std::string good = entity(role(key(x509(one()))));
    CHECK(verdict(good) == "read");
    CHECK(verdict("") == "size");
    CHECK(verdict("<html><body>Sign in</body></html>") == "structure");
    CHECK(verdict(entity("")) == "structure");
    CHECK(verdict(group("")) == "structure");
    CHECK(verdict(entity(role(""), "")) == "structure");
    CHECK(verdict(entity(role(""), " entityID=\"\"")) == "structure");
    CHECK(verdict(entity(role(""), " x:entityID=\"a\" xmlns:x=\"urn:x\"")) == "structure");
    CHECK(verdict(group(good + good)) == "structure");
    CHECK(verdict("<EntityDescriptor entityID=\"a\"/>") == "structure");
    CHECK(verdict(good + good) == "malformed");
    CHECK(verdict(good.substr(0, good.size() / 2)) == "malformed");
    CHECK(verdict("{\"issuer\": \"a\"}") == "malformed");
    CHECK(verdict("<!DOCTYPE EntityDescriptor>" + good) == "doctype");
    CHECK(verdict("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>" + good) == "doctype");
    CHECK(verdict("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + good) == "encoding");
    CHECK(verdict(good + std::string(1, '\0')) == "encoding");
}

// ---- what is made to cost -----------------------------------------------------------------

TEST_CASE("metadata as long as AWS takes is read, and one byte more is refused before it is parsed") {
    const std::string good = entity(role(key(x509(one()))));
    const std::string filler = "<!--" + std::string(metadata_bytes_max - good.size() - 7, ' ') + "-->";
    CHECK(quick_verdict(good + filler) == "read");
    CHECK(quick_verdict(good + filler + " ") == "size");
}

TEST_CASE("metadata of ten megabytes of elements, attributes or quotes is refused before it is parsed") {
    CHECK(quick_verdict(group(repeated("<a/>", 2'000'000))) == "limits");
    CHECK(quick_verdict(group(repeated("<a b='' c='' d=''/>", 400'000))) == "limits");
    CHECK(quick_verdict(group("<a" + repeated(" b=''", 100) + "/>")) == "limits");
}

TEST_CASE("a lone quote in a comment, in CDATA or in a broken tag hides no element with many attributes") {
    std::string wide = "<a";
    for (int i = 0; i < 20'000; ++i)
        wide += fmt::format(" a{}=\"\"", i);
    wide += "/>";
    for (const std::string before :
         {"<!-- it's -->", "<b><![CDATA[']]></b>", "<?b '?>", "<b></b '>", "<3 '", "<b c='>", "<b c=\"'\" d='>"}) {
        CAPTURE(before);
        CHECK(quick_verdict(group(before + wide)) == "limits");
    }
}

TEST_CASE("many providers are read up to their number, and one more is refused") {
    const auto providers = [](std::size_t count) {
        std::string inside;
        for (std::size_t i = 0; i < count; ++i)
            inside += entity(role(""), fmt::format(" entityID=\"idp{}.test\"", i));
        return group(inside);
    };
    CHECK(quick_verdict(providers(metadata_providers_max)) == "read");
    CHECK(quick_verdict(providers(metadata_providers_max + 1)) == "limits");
}

TEST_CASE("many certificates are read up to their number, and one more is refused, whether they are alike or bad") {
    const std::string certificate = certificate_in("plain-p256.xml");
    const auto certificates = [](const std::string& text, std::size_t count) {
        return entity(role(repeated(key(x509(text)), count)));
    };
    CHECK(quick_verdict(certificates(certificate, metadata_certificates_max)) == "read");
    CHECK(quick_verdict(certificates(certificate, metadata_certificates_max + 1)) == "limits");
    CHECK(quick_verdict(certificates("AAAA", metadata_certificates_max + 1)) == "limits");
}

TEST_CASE("groups within each other are read sixteen deep; deeper ones and deep elements are refused") {
    const auto nested = [](int depth) {
        std::string xml = entity(role(key(x509(one()))));
        for (int i = 0; i < depth; ++i)
            xml = group(xml);
        return xml;
    };
    CHECK(verdict(nested(metadata_groups_max)) == "read");
    CHECK(verdict(nested(metadata_groups_max + 1)) == "limits");
    CHECK(quick_verdict(group(repeated("<a>", 190'000) + repeated("</a>", 190'000))) == "malformed");
}

TEST_CASE("a certificate of megabytes is noted as unusable") {
    const IdpMetadata provider = only(entity(role(key(x509(repeated("MIIC", 2'000'000))))));
    REQUIRE(provider.unusable.size() == 1);
    CHECK(provider.unusable[0].ends_with("are taken."));
}
