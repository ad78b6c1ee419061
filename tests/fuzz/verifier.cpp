// Forgeries: the providers' keys are not here, so a message that is accepted says what one of the seeds says, or a
// mutation has found a way around the signature.
#include "fuzz/fuzz.h"

#include "base/base64.h"
#include "saml/verifier.h"

#include <fmt/ranges.h>

#include <map>
#include <set>

using namespace awsfed;

namespace {

const std::filesystem::path data = AWSFED_SAML_DATA;

// Several files tell of one provider, with another key each: all of them are believed.
std::vector<IdpMetadata> providers() {
    std::map<std::string, IdpMetadata> by_name;
    for (const auto& path : fuzz::files_in(data / "metadata")) {
        if (path.filename() == "plain-1024.xml") // its key is too short for anybody to believe
            continue;
        for (IdpMetadata& one : read_metadata(fuzz::bytes_of(path)).value()) {
            const auto [at, fresh] = by_name.try_emplace(one.entity_id, one);
            for (const Certificate& certificate : one.signing) {
                auto& signing = at->second.signing;
                if (std::ranges::find(signing, certificate.fingerprint, &Certificate::fingerprint) == signing.end())
                    signing.push_back(certificate);
            }
        }
    }
    std::vector<IdpMetadata> all;
    for (auto& [name, one] : by_name)
        all.push_back(std::move(one));
    return all;
}

Verifier make_verifier() {
    Trust trust;
    trust.providers = providers();
    trust.origin = "pinned";
    trust.allow_sha1 = true;
    trust.allow_cbc = true;
    for (const char* name : {"sp.key", "sp-old.key"})
        trust.decryption_keys.push_back(PrivateKey::read_pem(Secret(fuzz::bytes_of(data / "keys" / name))).value());
    AwsRules rules;
    rules.recipients = {"https://signin.aws.amazon.com/saml"};
    rules.audiences = {"urn:amazon:webservices", "https://signin.aws.amazon.com/saml"};
    rules.attribute_prefixes = {std::string(aws_attribute_prefix), std::string(aws_cn_attribute_prefix)};
    return {std::move(trust), std::move(rules)};
}

// All that an assertion says. Times are among them as they are written.
std::string said_by(const Assertion& one) {
    std::string text =
        fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|", one.id, one.issuer, one.name_id, one.name_id_format, one.recipient,
                    one.audiences, one.not_on_or_after_text, one.session_not_on_or_after_text);
    for (const RoleOffer& offer : one.roles)
        text += fmt::format("{},{};", offer.role.text(), offer.provider.text());
    text += fmt::format("|{}|{}|{}|{}|{}|{}", one.session_name.value_or("-"), one.session_duration.value_or(0),
                        one.source_identity.value_or("-"), one.tags, one.transitive_tag_keys, one.attributes);
    return text;
}

std::optional<std::string> verified(std::string_view message, ResponseForm form) {
    static const Verifier verifier = make_verifier();
    static const Time now = read_time("2027-03-14T09:27:20Z", ZoneRule::utc_only).value();
    const Verdict verdict = verifier.verify(message, form, now);
    if (verdict.accepted()) {
        fuzz::require(verdict.failure() == nullptr, "what is accepted has no failed check");
        return said_by(**verdict.assertion);
    }
    fuzz::require(verdict.failure() != nullptr && !verdict.failure()->reason.empty(), "a refusal has a reason");
    return std::nullopt;
}

const std::set<std::string>& signed_texts() {
    static const std::set<std::string> texts = [] {
        std::set<std::string> all;
        for (const auto& path : fuzz::files_in(AWSFED_FUZZ_CORPUS "/verifier")) {
            if (auto text = verified(fuzz::bytes_of(path), ResponseForm::automatic))
                all.insert(*std::move(text));
        }
        fuzz::require(all.size() > 3, "seeds are accepted");
        return all;
    }();
    return texts;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const fuzz::Stopwatch watch;
    const std::string_view input = fuzz::view(bytes, size);
    const auto from_xml = verified(input, ResponseForm::xml);
    if (from_xml)
        fuzz::require(signed_texts().contains(*from_xml), "an accepted message says what a seed says", *from_xml);

    // As STS gets it: the same bytes in base64 lead to the same verdict.
    const Secret encoded = base64_encode(input);
    if (from_xml && encoded.size() <= 100'000)
        fuzz::require(verified(encoded.reveal(), ResponseForm::base64) == from_xml, "the form makes no difference");
    if (!input.empty() && input.front() != '<') {
        const auto from_base64 = verified(input, ResponseForm::base64);
        fuzz::require(!from_base64 || signed_texts().contains(*from_base64),
                      "an accepted message says what a seed says", from_base64.value_or(""));
    }
    return 0;
}
