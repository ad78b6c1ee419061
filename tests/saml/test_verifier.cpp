#include "saml/verifier.h"

#include "base/base64.h"
#include "data_file.h"

#include <doctest/doctest.h>
#include <libxml/parser.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

using namespace awsfed;

namespace {

std::string corpus(const std::string& name) {
    const auto path = saml_data().parent_path().parent_path() / "vectors/data/saml" / name;
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file, "cannot open " << name);
    return {std::istreambuf_iterator<char>(file), {}};
}

const Time noon = *read_time("2027-03-14T09:27:20Z", ZoneRule::utc_only);

Trust trust_in(const std::string& metadata) {
    Trust trust;
    trust.providers = read_metadata(corpus("metadata/" + metadata)).value();
    trust.origin = "pinned";
    return trust;
}

AwsRules usual_rules() {
    AwsRules rules;
    rules.recipients = {"https://signin.aws.amazon.com/saml"};
    rules.audiences = {"urn:amazon:webservices"};
    rules.attribute_prefixes = {std::string(aws_attribute_prefix)};
    return rules;
}

Verdict verify(const std::string& message, Trust trust, AwsRules rules = usual_rules(), Time now = noon) {
    return Verifier(std::move(trust), std::move(rules)).verify(message, ResponseForm::automatic, now);
}

std::string reason(const Verdict& verdict) {
    const Check* failure = verdict.failure();
    CHECK(verdict.accepted() == (failure == nullptr));
    return failure == nullptr ? "accepted" : failure->reason;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != text.npos);
    return text.replace(at, from.size(), to);
}

const Check* find(const Verdict& verdict, std::string_view name) {
    const auto found = std::ranges::find(verdict.checks, name, &Check::name);
    return found == verdict.checks.end() ? nullptr : &*found;
}

} // namespace

TEST_CASE("a good response is proved, and every check of it is told") {
    const Verdict verdict = verify(corpus("valid/plain.xml"), trust_in("plain.xml"));
    REQUIRE(verdict.accepted());
    CHECK(verdict.origin == "pinned");
    for (const char* name :
         {"message", "provider", "signature", "status", "issuer", "subject", "confirmation", "recipient", "conditions",
          "audience", "times", "redemption", "authentication", "roles", "session name"}) {
        CAPTURE(name);
        REQUIRE(find(verdict, name) != nullptr);
        CHECK(find(verdict, name)->outcome == Outcome::passed);
    }
    CHECK((*verdict.assertion)->base64().equals(base64_encode(corpus("valid/plain.xml")).reveal()));
}

TEST_CASE(
    "security rule 7: a byte changed anywhere in a signed response refuses it, or changes nothing that was signed") {
    const std::string good = corpus("valid/plain.xml");
    const Verifier verifier(trust_in("plain.xml"), usual_rules());
    const Verdict original = verifier.verify(good, ResponseForm::xml, noon);
    REQUIRE(original.accepted());
    int accepted = 0;
    for (std::size_t at = 0; at < good.size(); ++at) {
        std::string changed = good;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        const Verdict verdict = verifier.verify(changed, ResponseForm::xml, noon);
        if (!verdict.accepted())
            continue;
        ++accepted; // in what the signature does not cover: KeyInfo, the response around the assertion
        const Assertion& read = **verdict.assertion;
        const Assertion& meant = **original.assertion;
        CAPTURE(at);
        CHECK(read.name_id == meant.name_id);
        CHECK(read.roles == meant.roles);
        CHECK(read.attributes == meant.attributes);
        CHECK(read.not_on_or_after == meant.not_on_or_after);
        CHECK(read.id == meant.id);
    }
    const std::size_t assertion = good.find("</saml:Assertion>") - good.find("<saml:Assertion");
    CHECK(accepted < static_cast<int>(good.size() - assertion + good.size() / 5));
}

TEST_CASE("a certificate that signed and is not trusted is named") {
    const std::string message = corpus("valid/rollover-first-key.xml");
    CHECK(reason(verify(message, trust_in("plain-rollover.xml"))) == "accepted");
    const Verdict verdict = verify(message, trust_in("plain.xml"));
    CHECK(reason(verdict) == "signature");
    const Trust both = trust_in("plain-rollover.xml");
    CHECK(verdict.failure()->detail.find(both.providers[0].signing[1].fingerprint) != std::string::npos);
    CHECK(verdict.failure()->detail.find(both.providers[0].signing[0].fingerprint) != std::string::npos);
    CHECK(verdict.failure()->detail.find("IAM") != std::string::npos);
}

TEST_CASE("without a trusted key nothing is accepted") {
    Trust nobody = trust_in("plain.xml");
    nobody.providers[0].signing.clear();
    CHECK(reason(verify(corpus("valid/plain.xml"), nobody)) == "key");
    CHECK(reason(verify(corpus("valid/plain.xml"), Trust{})) == "issuer");
}

TEST_CASE("keys are believed until the end of their metadata") {
    Trust trust = trust_in("plain.xml");
    trust.providers[0].valid_until = noon + std::chrono::milliseconds(1);
    CHECK(reason(verify(corpus("valid/plain.xml"), trust)) == "accepted");
    trust.providers[0].valid_until = noon;
    CHECK(reason(verify(corpus("valid/plain.xml"), trust)) == "key");
}

TEST_CASE("the provider that is asked for is the only one") {
    Trust trust = trust_in("plain.xml");
    trust.entity_id = trust.providers[0].entity_id;
    CHECK(reason(verify(corpus("valid/plain.xml"), trust)) == "accepted");
    trust.entity_id += "x";
    CHECK(reason(verify(corpus("valid/plain.xml"), trust)) == "issuer");
}

TEST_CASE("a key beyond those that are tried does not count") {
    Trust trust = trust_in("plain.xml");
    const Certificate good = trust.providers[0].signing[0];
    const Certificate other = trust_in("plain-rollover.xml").providers[0].signing[0];
    trust.providers[0].signing.assign(7, other);
    trust.providers[0].signing.push_back(good);
    CHECK(reason(verify(corpus("valid/plain.xml"), trust)) == "accepted");
    trust.providers[0].signing.insert(trust.providers[0].signing.begin(), other);
    CHECK(reason(verify(corpus("valid/plain.xml"), trust)) == "signature");
}

TEST_CASE("SHA-1 that is put up with is marked") {
    Trust trust = trust_in("plain.xml");
    CHECK(reason(verify(corpus("valid/sha1-allowed.xml"), trust)) == "algorithm");
    trust.allow_sha1 = true;
    const Verdict verdict = verify(corpus("valid/sha1-allowed.xml"), trust);
    CHECK(reason(verdict) == "accepted");
    CHECK(find(verdict, "signature")->outcome == Outcome::warned);
}

TEST_CASE("what stands around a signed assertion can refuse, and never gets into the result") {
    const std::string good = corpus("valid/plain.xml");
    const std::string destination = "Destination=\"https://signin.aws.amazon.com/saml\"";
    CHECK(reason(verify(replaced(good, destination, "Destination=\"https://else.where/saml\""),
                        trust_in("plain.xml"))) == "destination");
    CHECK(reason(verify(replaced(good, "status:Success", "status:Requester"), trust_in("plain.xml"))) == "status");
    const Verdict verdict = verify(replaced(good, destination, ""), trust_in("plain.xml"));
    CHECK(reason(verdict) == "accepted");
}

TEST_CASE("an encrypted assertion needs a key, and says so") {
    Trust trust = trust_in("plain.xml");
    const Verdict verdict = verify(corpus("valid/enc-gcm256.xml"), trust);
    CHECK(reason(verdict) == "decrypt");
    CHECK(verdict.failure()->name == "decryption");
    CHECK(verdict.failure()->detail.find("saml_key") != std::string::npos);
    trust.decryption_keys.push_back(PrivateKey::read_pem(Secret(corpus("keys/sp-old.key"))).value());
    CHECK(reason(verify(corpus("valid/enc-gcm256.xml"), trust)) == "decrypt");
    trust.decryption_keys.push_back(PrivateKey::read_pem(Secret(corpus("keys/sp.key"))).value());
    CHECK(reason(verify(corpus("valid/enc-gcm256.xml"), trust)) == "accepted");
}

TEST_CASE("a response or an assertion without an ID is refused, also where the other one is signed") {
    CHECK(reason(verify(replaced(corpus("valid/plain.xml"), " ID=\"_31eac387953749a4d582f73e1aa97c53\"", ""),
                        trust_in("plain.xml"))) == "id");
    CHECK(reason(verify(read_saml_data("refuse/refuse_assertion_without_id_in_signed_response.xml"),
                        trust_in("google.xml"), usual_rules(),
                        *read_time("2027-03-14T09:27:20Z", ZoneRule::utc_only))) == "id");
}

TEST_CASE("times are those of the call") {
    const std::string good = corpus("valid/plain.xml");
    const auto at = [&](const char* text) {
        return verify(good, trust_in("plain.xml"), usual_rules(), *read_time(text, ZoneRule::utc_only));
    };
    CHECK(reason(at("2027-03-14T09:20:00Z")) == "not-yet-valid");
    CHECK(reason(at("2027-03-14T09:31:54Z")) == "expired");
    AwsRules rules = usual_rules();
    rules.skew = std::chrono::seconds(120);
    const Time late = *read_time("2027-03-14T09:32:54Z", ZoneRule::utc_only);
    CHECK(reason(verify(good, trust_in("plain.xml"), rules, late)) == "accepted");
}

TEST_CASE("a message is told to be base64 only when it could be") {
    const Verifier verifier(trust_in("plain.xml"), usual_rules());
    const std::string good = corpus("valid/plain.xml");
    CHECK(verifier.verify(base64_encode(good).reveal(), ResponseForm::automatic, noon).accepted());
    CHECK(verifier.verify(base64_encode(good).reveal(), ResponseForm::base64, noon).accepted());
    CHECK(reason(verifier.verify(base64_encode(good).reveal(), ResponseForm::xml, noon)) == "malformed");
    CHECK(reason(verifier.verify(good, ResponseForm::base64, noon)) == "base64");
    CHECK(reason(verifier.verify("", ResponseForm::automatic, noon)) == "size");
    CHECK(reason(verifier.verify(std::string("<\0?", 3), ResponseForm::automatic, noon)) == "encoding");
}

// ---- what is little and becomes much ----------------------------------------------------------

namespace {

// A good response with elements in its DigestMethod, which nobody need have signed, each of a namespace that stands
// once.
std::string with_bomb(std::size_t namespace_bytes, int elements) {
    std::string bomb = "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\">";
    for (int i = 0; i < elements; ++i)
        bomb += "<q:e/>";
    const std::string uri = "urn:" + std::string(namespace_bytes - 4, 'n');
    const std::string message =
        replaced(corpus("valid/plain.xml"), "<samlp:Response", "<samlp:Response xmlns:q=\"" + uri + "\"");
    return replaced(message, "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>",
                    bomb + "</ds:DigestMethod>");
}

Trust many_keys() {
    Trust trust = trust_in("plain.xml");
    const Certificate other = trust_in("plain-rollover.xml").providers[0].signing[0];
    trust.providers[0].signing.insert(trust.providers[0].signing.begin(), 7, other);
    return trust;
}

std::string with_siblings(int count) {
    std::string siblings;
    for (int i = 0; i < count; ++i)
        siblings += "<q:e/>";
    const std::string signed_one = read_saml_data("cases/accept/accept_canonical_longer_than_a_message.xml");
    return replaced(signed_one, "<q:e/></s:AttributeValue>", "<q:e/>" + siblings + "</s:AttributeValue>");
}

} // namespace

TEST_CASE("a long namespace on many siblings is refused before anything is made of it, for however many keys") {
    CHECK(reason(verify(with_bomb(40'000, 4000), many_keys())) == "limits");
    CHECK(reason(verify(with_bomb(257, 4000), many_keys())) == "limits");
    CHECK(reason(verify(with_bomb(256, 4000), many_keys())) == "signature-form"); // a DigestMethod has no children
}

TEST_CASE("a canonical form that grows beyond its limit is refused for its length, and not for its digest") {
    Trust trust;
    trust.providers = read_metadata(read_saml_data("cases/metadata/mill.xml")).value();
    const Time leap_day = *read_time("2028-02-29T12:00:00Z", ZoneRule::utc_only);
    CHECK(reason(verify(with_siblings(0), trust, usual_rules(), leap_day)) == "accepted");
    CHECK(reason(verify(with_siblings(1000), trust, usual_rules(), leap_day)) == "digest");
    CHECK(reason(verify(with_siblings(1100), trust, usual_rules(), leap_day)) == "limits");
    CHECK(reason(verify(with_siblings(4000), trust, usual_rules(), leap_day)) == "limits");
}

// ---- the host around, and the person who reads ------------------------------------------------

TEST_CASE("a host that has told libxml2 to forget white space changes nothing of what was signed") {
    const std::string good = corpus("valid/pretty.xml");
    const std::string spaced = replaced(corpus("valid/plain.xml"), "<saml:Subject>", "\n  <saml:Subject>");
    const auto outcomes = [&] {
        return reason(verify(good, trust_in("plain.xml"))) + ", " + reason(verify(spaced, trust_in("plain.xml")));
    };
    CHECK(outcomes() == "accepted, digest");
    const int before = xmlKeepBlanksDefault(0); // of this thread
    CHECK(outcomes() == "accepted, digest");
    xmlKeepBlanksDefault(before);
}

TEST_CASE("whatever a message says, no check of its verdict breaks a line or steers a terminal") {
    Trust trust;
    trust.providers = read_metadata(read_saml_data("cases/metadata/mill.xml")).value();
    const Time leap_day = *read_time("2028-02-29T12:00:00Z", ZoneRule::utc_only);
    int seen = 0;
    for (const char* folder : {"cases/accept", "cases/refuse"}) {
        for (const auto& entry : std::filesystem::directory_iterator(saml_data() / folder)) {
            CAPTURE(entry.path().filename().string());
            const std::string message = read_saml_data(folder + ("/" + entry.path().filename().string()));
            for (const Check& check : verify(message, trust, usual_rules(), leap_day).checks) {
                for (const std::string& text : {check.value, check.detail}) {
                    CHECK(std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }));
                    CHECK(text.find("\xC2\x9B") == text.npos); // a terminal's CSI
                    ++seen;
                }
            }
        }
    }
    CHECK(seen > 1000);
}
