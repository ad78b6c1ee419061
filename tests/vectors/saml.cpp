// SAML responses: manifest.json has a case for each, with the metadata to trust, the instant and what must come of it.
#include "vectors/json_tree.h"
#include "vectors/report.h"

#include "base/text.h"
#include "http/form_value.h"
#include "saml/verifier.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace vectors {

namespace {

using namespace awsfed;

struct Terms {
    Trust trust;
    AwsRules rules;
    ResponseForm form = ResponseForm::xml;
    Time now{};
    bool posted = false; // a form body with the response in it
};

void allow(Trust& trust, const std::string& what) {
    (what == "sha1" ? trust.allow_sha1 : what == "cbc" ? trust.allow_cbc : trust.allow_rsa1024) = true;
}

// The options of own/saml/README.md, with a value each.
void take_option(Terms& terms, const std::string& name, const std::string& value) {
    if (name == "--form") {
        terms.posted = value == "form";
        terms.form = value == "xml" ? ResponseForm::xml : ResponseForm::base64;
    } else if (name == "--recipient") {
        terms.rules.recipients.push_back(value);
    } else if (name == "--audience") {
        terms.rules.audiences.push_back(value);
    } else if (name == "--allow") {
        allow(terms.trust, value);
    } else if (name == "--skew") {
        terms.rules.skew = std::chrono::seconds(std::stoi(value));
    } else if (name == "--attribute-prefix") {
        terms.rules.attribute_prefixes.push_back(value);
    } else {
        throw std::runtime_error("no option " + name);
    }
}

Terms terms_of(const Json& entry, const std::filesystem::path& folder) {
    Terms terms;
    const auto& options = entry["args"].items();
    for (std::size_t i = 0; i + 1 < options.size(); i += 2)
        take_option(terms, options[i].text(), options[i + 1].text());
    if (terms.rules.recipients.empty())
        terms.rules.recipients = {"https://signin.aws.amazon.com/saml"};
    if (terms.rules.audiences.empty())
        terms.rules.audiences = {"urn:amazon:webservices", "https://signin.aws.amazon.com/saml"};
    if (terms.rules.attribute_prefixes.empty())
        terms.rules.attribute_prefixes = {std::string(aws_attribute_prefix)};
    terms.now = read_time(entry["evaluate_at"].text(), ZoneRule::utc_only).value();
    auto providers = read_metadata(text_of_file(folder / entry["metadata"].text()));
    if (!providers)
        throw std::runtime_error(entry["metadata"].text() + ": " + providers.error().message);
    terms.trust.providers = *std::move(providers);
    if (const std::string key = entry["decryption_key"].text(); !key.empty()) {
        if (auto opened = PrivateKey::read_pem(Secret(text_of_file(folder / key)))) // what is no key opens nothing
            terms.trust.decryption_keys.push_back(*std::move(opened));
    }
    return terms;
}

std::string roles_of(const Assertion& assertion) {
    std::string text;
    for (const RoleOffer& offer : assertion.roles)
        text += fmt::format("{},{};", offer.role.text(), offer.provider.text());
    return text;
}
std::string roles_of(const Json& roles) {
    std::string text;
    for (const Json& role : roles.items())
        text += fmt::format("{},{};", role["role"].text(), role["provider"].text());
    return text;
}
std::string tags_of(const Assertion& assertion) {
    auto tags = assertion.tags;
    std::ranges::sort(tags);
    return fmt::format("{}", tags);
}
std::string tags_of(const Json& object) {
    std::vector<std::pair<std::string, std::string>> tags;
    for (const auto& [key, value] : object.members())
        tags.emplace_back(key, value.text());
    std::ranges::sort(tags);
    return fmt::format("{}", tags);
}

void compare(Case& one, const Json& expected, const Assertion& got) {
    one.equal("issuer", expected["issuer"].text(), got.issuer);
    one.equal("NameID", expected["name_id"].text(), got.name_id);
    one.equal("format", expected["name_id_format"].text(), got.name_id_format);
    one.equal("id", expected["assertion_id"].text(), got.id);
    one.equal("recipient", expected["recipient"].text(), got.recipient);
    one.equal("roles", roles_of(expected["roles"]), roles_of(got));
    one.equal("session name", expected["session_name"].text(), got.session_name.value_or(""));
    one.equal("session duration", expected["session_duration"].text(),
              got.session_duration ? std::to_string(*got.session_duration) : "");
    one.equal("source identity", expected["source_identity"].text(), got.source_identity.value_or(""));
    one.equal("tags", tags_of(expected["tags"]), tags_of(got));
    std::vector<std::string> transitive;
    for (const Json& key : expected["transitive_tag_keys"].items())
        transitive.push_back(key.text());
    one.equal("transitive tags", fmt::format("{}", transitive), fmt::format("{}", got.transitive_tag_keys));
    one.equal("end", expected["not_on_or_after"].text(), got.not_on_or_after_text);
    one.equal("end of session", expected["session_not_on_or_after"].text(), got.session_not_on_or_after_text);
}

Verdict verdict_of(const Terms& terms, const std::string& message) {
    const Verifier verifier(terms.trust, terms.rules);
    if (!terms.posted)
        return verifier.verify(message, terms.form, terms.now);
    const std::optional<Secret> response = form_value(trimmed(message), "SAMLResponse");
    return verifier.verify(response ? response->reveal() : "", terms.form, terms.now);
}

// Refused for the reason, or for one that is right as well. The corpus of other projects is sure of the side of a
// reason only (structure and signature, or a rule of AWS's).
void compare_refusal(Case& one, const Json& entry, const Check& failure) {
    const std::string expected = entry["reason"].text();
    if (failure.reason == expected)
        return;
    for (const Json& also : entry["reason_also"].items()) {
        if (also.text() == failure.reason)
            return;
    }
    one.fail(expected, failure.reason + " (" + failure.detail + ")");
}

void run_case(const Json& entry, const std::filesystem::path& folder, Report& report) {
    Case one(report, entry["file"].text());
    const std::string expected = entry["expect"].text();
    const Verdict verdict = verdict_of(terms_of(entry, folder), text_of_file(folder / entry["file"].text()));
    if (verdict.accepted()) {
        if (expected == "refuse")
            return one.fail("refused: " + entry["reason"].text(), "accepted");
        return compare(one, entry["result"], **verdict.assertion);
    }
    const Check* failure = verdict.failure();
    if (failure == nullptr)
        return one.fail("a reason", "none");
    if (expected == "accept")
        return one.fail("accepted", failure->reason + " (" + failure->detail + ")");
    compare_refusal(one, entry, *failure);
}

} // namespace

void run_saml(const std::filesystem::path& path, Report& report) {
    for (const char* name : {"manifest.json", "MANIFEST.json"}) {
        const auto manifest = Json::read(path / name);
        if (!manifest)
            continue;
        for (const Json& entry : (*manifest)["cases"].items())
            run_case(entry, path, report);
    }
}

} // namespace vectors
