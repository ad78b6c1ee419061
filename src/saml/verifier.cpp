#include "saml/verifier.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/text.h"
#include "saml/assertion_text.h"
#include "saml/decryption.h"
#include "saml/response_door.h"
#include "saml/signature_engine.h"
#include "saml/signature_form.h"
#include "saml/tree.h"

#include <libxml/tree.h>

#include <algorithm>

namespace awsfed {

using namespace saml;

namespace {

constexpr XmlKind octets_kind{"signed text", Code::response_malformed, canonical_bytes_max};
constexpr XmlKind plaintext_kind{"decrypted assertion", Code::response_malformed, saml_base64_chars_max};

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_legacy = 1024; // what IAM demands of metadata
constexpr int shown_key_bits_max = 4096; // a longer one costs a stranger nothing, and us much

// The one word for what went wrong.
std::string reason_of(const Error& error) {
    if (error.code == Code::idp_refused)
        return "status";
    return error.peer.empty() ? "malformed" : error.peer;
}

// XML in an encoding that is not accepted begins with no '<' either, and should be told so.
bool could_be_base64(std::string_view text) {
    const auto printable_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != '\0'; };
    return !begins_like_xml(text) && std::ranges::all_of(text, printable_ascii);
}

Check failed(std::string_view name, const Error& error) {
    return {std::string(name),
            Outcome::failed,
            reason_of(error),
            "",
            error.message,
            false,
            error.code == Code::signer_not_in_metadata ? error.code : Code::assertion_unproved};
}

std::string_view name_of(SignatureAlgorithm algorithm) {
    constexpr std::string_view names[] = {"rsa-sha1",       "rsa-sha256",     "rsa-sha384",     "rsa-sha512",
                                          "rsa-pss-sha256", "rsa-pss-sha384", "rsa-pss-sha512", "ecdsa-sha256",
                                          "ecdsa-sha384",   "ecdsa-sha512"};
    return names[static_cast<std::size_t>(algorithm)];
}

// ---- keys -----------------------------------------------------------------------------------

// The keys that may have made a signature of that kind.
Result<std::vector<const Certificate*>> keys_for(const SignatureForm& form, const IdpMetadata& provider,
                                                 const Trust& trust) {
    std::vector<const Certificate*> fit;
    bool right_type = false;
    for (const Certificate& certificate : provider.signing) {
        const bool rsa = certificate.key.type() == KeyType::rsa;
        if (certificate.key.type() == KeyType::other || rsa != form.is_rsa())
            continue;
        right_type = true;
        if (!rsa || certificate.key.bits() >= (trust.allow_rsa1024 ? rsa_bits_legacy : rsa_bits_min))
            fit.push_back(&certificate);
    }
    if (!fit.empty()) {
        fit.resize(std::min(fit.size(), saml_keys_tried_max));
        return fit;
    }
    if (right_type)
        return malformed("key", "The identity provider's key is shorter than {} bits.", rsa_bits_min);
    if (provider.signing.empty())
        return malformed("key", "Nothing is trusted to sign for this identity provider.");
    return malformed("algorithm", "The signature is of the kind {}, and the identity provider has no such key.",
                     name_of(form.algorithm));
}

// The certificate that the signature shows for itself: the first one, and none with a key that takes long. It is a
// stranger's.
std::optional<Certificate> shown_certificate(const SignatureForm& form) {
    const xmlNode* node = form.signature;
    for (const char* name : {"KeyInfo", "X509Data", "X509Certificate"}) {
        const auto found = children(node, signature_ns, name);
        if (found.empty())
            return std::nullopt;
        node = found.front();
    }
    auto certificate = read_certificate_base64(text_of(node).value_or(""));
    if (!certificate || certificate->key.type() == KeyType::other || certificate->key.bits() > shown_key_bits_max)
        return std::nullopt;
    return *std::move(certificate);
}

// For a person: was it the certificate that the signature itself shows? Then the provider may have rolled its key.
std::string hint_at_signer(SignatureEngine& engine, const SignatureForm& form, const IdpMetadata& provider) {
    const auto shown = shown_certificate(form);
    if (!shown || (shown->key.type() == KeyType::rsa) != form.is_rsa() || !engine.octets_signed_by(shown->key))
        return {};
    return fmt::format(
        " It was made by the certificate {}, which is not among those that are trusted ({}). Has the identity "
        "provider rolled its certificate? Then update the metadata here and the provider in IAM; otherwise it "
        "is a forgery.",
        shown->fingerprint, provider.signing.empty() ? "none" : provider.signing.front().fingerprint);
}

// ---- one verification -----------------------------------------------------------------------

class Verification {
public:
    Verification(const Trust& trust, AwsRules rules) : trust_(trust), rules_(std::move(rules)) {}

    // Fills the checks. What it returns was signed by somebody who is trusted, and is as AWS takes it.
    std::optional<Assertion> run(std::string_view response, ResponseForm form) {
        auto proved = prove(response, form);
        if (!proved) {
            checks.push_back(failed(stage_, proved.error()));
            return std::nullopt;
        }
        Judgement judgement = judge_assertion(proved->text, &proved->around, rules_);
        std::ranges::move(judgement.checks, std::back_inserter(checks));
        const bool whole = std::ranges::find(checks, Outcome::failed, &Check::outcome) == checks.end();
        return whole ? std::optional(std::move(judgement.assertion)) : std::nullopt;
    }

    std::vector<Check> checks;

private:
    struct Proved {
        AssertionText text;
        ResponseText around; // signed, or a hint
    };

    void pass(std::string value) {
        checks.push_back({std::string(stage_), Outcome::passed, "", std::move(value), "", false});
    }

    Result<Proved> prove(std::string_view response, ResponseForm form) {
        stage_ = "message";
        AWSFED_TRY(const SamlDocument document, open(response, form));
        pass(document.encrypted() ? "encrypted" : "");

        stage_ = "provider";
        AWSFED_TRY(provider_, find_provider(document));
        rules_.entity_id = provider_->entity_id;
        if (provider_->valid_until && rules_.now && *rules_.now >= *provider_->valid_until + rules_.skew)
            return malformed("key", "The identity provider's metadata was valid until {}.",
                             iso_time(*provider_->valid_until));
        pass(printable(provider_->entity_id));

        stage_ = "signature";
        Proved proved;
        AWSFED_TRY(proved.around, read_response_text(document.response()));
        AWSFED_TRY(const std::optional<std::string> around, octets_of(document.shape().response_signature, "response"));
        if (document.encrypted()) {
            AWSFED_TRY(proved.text, decrypted_text(document, around));
        } else {
            AWSFED_TRY(proved.text, plain_text(document.shape(), around));
        }
        AWSFED_CHECK(check_ids(document.shape()));
        if (proved.text.id.empty())
            return malformed("id", "The assertion has no ID.");
        stage_ = "status";
        AWSFED_CHECK(check_status(*document.document()));
        pass("Success");
        return proved;
    }

    Result<SamlDocument> open(std::string_view response, ResponseForm form) {
        if (form == ResponseForm::automatic)
            form = could_be_base64(response) ? ResponseForm::base64 : ResponseForm::xml;
        return form == ResponseForm::xml ? open_response_xml(response, StatusRule::later, parser_)
                                         : open_response(response, StatusRule::later, parser_);
    }

    // Whose keys to try. Which provider it is may be taken from the unsigned text: its key then has to fit.
    Result<const IdpMetadata*> find_provider(const SamlDocument& document) const {
        std::string wanted = trust_.entity_id;
        if (wanted.empty() && trust_.providers.size() == 1)
            wanted = trust_.providers.front().entity_id;
        if (wanted.empty()) {
            AWSFED_TRY(wanted, named_issuer(document));
        }
        const auto found = std::ranges::find(trust_.providers, wanted, &IdpMetadata::entity_id);
        if (found == trust_.providers.end())
            return malformed("issuer", "The identity provider \"{}\" is not among those that are trusted.",
                             printable(wanted));
        return &*found;
    }
    static Result<std::string> named_issuer(const SamlDocument& document) {
        if (!document.encrypted()) {
            AWSFED_TRY(const AssertionText text, read_assertion_text(document.assertion()));
            if (text.issuer)
                return *text.issuer;
        }
        AWSFED_TRY(const ResponseText text, read_response_text(document.response()));
        return text.issuer.value_or("");
    }

    // The octets that a signature covers, when there is one. Adds its check.
    Result<std::optional<std::string>> octets_of(const xmlNode* signature, std::string_view what) {
        if (signature == nullptr)
            return std::nullopt;
        AWSFED_TRY(const SignatureForm form, read_signature_form(signature, trust_.allow_sha1));
        AWSFED_TRY(const std::vector<const Certificate*> keys, keys_for(form, *provider_, trust_));
        SignatureEngine engine(form);
        for (const Certificate* certificate : keys) {
            auto octets = engine.octets_signed_by(certificate->key);
            if (octets) {
                note_signature(form, *certificate, what);
                return std::optional(*std::move(octets));
            }
            if (octets.error().peer != "signature")
                return saml_pass(std::move(octets.error()));
        }
        const std::string hint = hint_at_signer(engine, form, *provider_);
        return fail(hint.empty() ? Code::response_malformed : Code::signer_not_in_metadata,
                    "The signature of the {} verifies with no key that is trusted.{}", what, hint)
            .peer("signature");
    }
    static Failure saml_pass(Error error) { return awsfed::pass(std::move(error)); }

    void note_signature(const SignatureForm& form, const Certificate& certificate, std::string_view what) {
        std::string value = fmt::format("{}, {}, {}", what, name_of(form.algorithm), certificate.fingerprint);
        if (form.uses_sha1())
            checks.push_back({"signature", Outcome::warned, "algorithm", std::move(value),
                              "SHA-1 is put up with by saml_allow; it can be forged.", false});
        else
            pass(std::move(value));
    }

    // An assertion in the clear: from its own octets, or else from those of the response around it.
    Result<AssertionText> plain_text(const Shape& shape, const std::optional<std::string>& around) {
        AWSFED_TRY(const std::optional<std::string> own, octets_of(shape.assertion_signature, "assertion"));
        if (own)
            return text_of_assertion(*own);
        if (!around)
            return malformed("unsigned", "Neither the response nor its assertion is signed.");
        AWSFED_TRY(const XmlTree tree, parser_.open(*around, octets_kind));
        AWSFED_TRY(const Shape inner, check_response_shape(*tree));
        if (inner.encrypted)
            return malformed("structure", "The signed response is not the one that was checked.");
        return read_assertion_text(inner.assertion);
    }

    Result<AssertionText> text_of_assertion(std::string_view octets) {
        AWSFED_TRY(const XmlTree tree, parser_.open(octets, octets_kind));
        AWSFED_TRY(const Shape shape, check_assertion_shape(*tree));
        return read_assertion_text(shape.assertion);
    }

    // Encryption says nothing about who made it: what comes out must be signed itself, or have been signed as cipher
    // text.
    Result<AssertionText> decrypted_text(const SamlDocument& document, const std::optional<std::string>& around) {
        stage_ = "decryption";
        auto plaintext = decrypt(document, around);
        if (!plaintext && trust_.decryption_keys.empty() && plaintext.error().peer == "decrypt")
            return malformed("decrypt", "The assertion is encrypted, and there is no key to open it (saml_key).");
        if (!plaintext)
            return saml_pass(std::move(plaintext.error()));
        // What is wrong with the plaintext is not told apart: a hint would help whoever tries out changed cipher texts.
        auto tree = parser_.open(plaintext->reveal(), plaintext_kind);
        auto shape = tree ? check_assertion_shape(**tree) : Result<Shape>(saml_pass(tree.error()));
        if (!shape)
            return malformed("decrypt", "The encrypted assertion cannot be opened.");
        pass("");

        stage_ = "signature";
        AWSFED_TRY(const std::optional<std::string> own, octets_of(shape->assertion_signature, "assertion"));
        if (own)
            return text_of_assertion(*own);
        if (!around)
            return malformed(
                "unsigned", "Neither the response nor the assertion in it is signed; encryption alone proves nothing.");
        return read_assertion_text(shape->assertion);
    }

    // Where a signature covers the cipher text, it is taken from the octets of that signature.
    Result<Secret> decrypt(const SamlDocument& document, const std::optional<std::string>& around) {
        DecryptionRules rules;
        if (!around)
            return decrypt_assertion(document.assertion(), trust_.decryption_keys, rules);
        rules.allow_cbc = trust_.allow_cbc;
        AWSFED_TRY(const XmlTree tree, parser_.open(*around, octets_kind));
        AWSFED_TRY(const Shape shape, check_response_shape(*tree));
        if (!shape.encrypted)
            return malformed("structure", "The signed response is not the one that was checked.");
        return decrypt_assertion(shape.assertion, trust_.decryption_keys, rules);
    }

    const Trust& trust_;
    AwsRules rules_;
    const IdpMetadata* provider_ = nullptr;
    std::string_view stage_;
    XmlParser parser_;
};

} // namespace

const Check* Verdict::failure() const {
    const auto found = std::ranges::find(checks, Outcome::failed, &Check::outcome);
    return found == checks.end() ? nullptr : &*found;
}

Verdict Verifier::verify(std::string_view response, ResponseForm form, Time now) const {
    Verdict verdict;
    verdict.origin = trust_.origin;
    AwsRules rules = rules_;
    rules.now = now;
    Verification verification(trust_, std::move(rules));
    std::optional<Assertion> assertion = verification.run(response, form);
    verdict.checks = std::move(verification.checks);
    if (assertion) {
        assertion->response = Secret(response);
        verdict.assertion = Verified<Assertion>(*std::move(assertion), verdict.origin);
    }
    return verdict;
}

} // namespace awsfed
