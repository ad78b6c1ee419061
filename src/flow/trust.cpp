#include "flow/trust.h"

#include "base/limits.h"
#include "base/partition.h"
#include "base/text.h"
#include "flow/plan.h"
#include "settings/files.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::chrono::seconds skew_max{300}; // more is no skew but a wrong clock
constexpr std::size_t decryption_keys_max = 2; // IAM takes two of a provider

// ---- the identity provider ------------------------------------------------------------------

bool is_url(std::string_view text) { return text.starts_with("https://") || text.starts_with("http://"); }

Result<std::string> fetch_metadata(const Settings& settings, const Log& log, const Cancel& cancel,
                                   const std::shared_ptr<CurlPool>& connections) {
    AWSFED_TRY(const Url url, url_setting(settings, "idp_metadata"));
    AWSFED_TRY(NetworkTerms network, network_terms(settings, cancel));
    CurlTransport transport(std::move(network), CurlTransport::Cookies::off, log, connections);
    Request request{.url = url, .answer_bytes_max = metadata_bytes_max};
    auto response = transport.send(request, cancel);
    if (!response)
        return Failure(std::move(response.error())).stage("metadata/fetch");
    if (response->status != 200)
        return fail(Code::http_status, "The metadata's address answered with the HTTP status {}.", response->status)
            .http(response->status)
            .setting("idp_metadata")
            .stage("metadata/fetch")
            .advice("Give the address at which a browser gets the XML at once; redirections are not followed.");
    return std::string(response->body.reveal());
}

struct Source {
    std::vector<IdpMetadata> providers{};
    std::string origin{};
};

Result<Source> metadata_of(const Settings& settings, const Log& log, const Cancel& cancel,
                           const std::shared_ptr<CurlPool>& connections) {
    const std::string given = settings.text("idp_metadata");
    Source source{.origin = "pinned"};
    std::string xml;
    if (trimmed(given).starts_with('<')) {
        xml = given;
    } else if (is_url(given)) {
        source.origin = "url";
        AWSFED_TRY(xml, fetch_metadata(settings, log, cancel, connections));
    } else {
        auto file = read_file(given, metadata_bytes_max, Code::setting_invalid, "metadata file");
        if (!file)
            return Failure(std::move(file.error())).setting("idp_metadata");
        xml = file->bytes.reveal();
    }
    auto providers = read_metadata(xml);
    if (!providers)
        return Failure(std::move(providers.error())).setting("idp_metadata");
    source.providers = *std::move(providers);
    return source;
}

// Certificates that an administrator pinned: they alone sign for the provider, whatever its metadata says.
Result<IdpMetadata> pinned_provider(const Settings& settings) {
    IdpMetadata provider;
    provider.entity_id = settings.text("idp_entity_id");
    if (provider.entity_id.empty())
        return fail(Code::setting_missing, "Pinned certificates need the identity provider's name, idp_entity_id.")
            .setting("idp_entity_id");
    auto file = read_file(settings.text("idp_certificates"), certificates_pem_bytes_max, Code::setting_invalid,
                          "file of certificates");
    if (!file)
        return Failure(std::move(file.error())).setting("idp_certificates");
    auto certificates = read_certificates_pem(file->bytes.reveal());
    if (!certificates)
        return Failure(std::move(certificates.error())).setting("idp_certificates");
    provider.signing = *std::move(certificates);
    return provider;
}

Result<Source> source_of(const Settings& settings, const Log& log, const Cancel& cancel,
                         const std::shared_ptr<CurlPool>& connections) {
    if (!settings.has("idp_certificates"))
        return metadata_of(settings, log, cancel, connections);
    AWSFED_TRY(IdpMetadata provider, pinned_provider(settings));
    Source source{.origin = "pinned"};
    source.providers.push_back(std::move(provider));
    return source;
}

Result<void> read_allowances(const Settings& settings, Trust& trust) {
    for (const std::string& item : items_of(settings.text("saml_allow"))) {
        if (item == "sha1")
            trust.allow_sha1 = true;
        else if (item == "cbc")
            trust.allow_cbc = true;
        else if (item == "rsa1024")
            trust.allow_rsa1024 = true;
        else
            return fail(Code::setting_invalid, "saml_allow does not know \"{}\".", printable(item))
                .setting("saml_allow")
                .advice("It takes sha1, cbc and rsa1024.");
    }
    return {};
}

// A key that cannot be read opens nothing; the verdict on an encrypted assertion says so.
Result<void> read_keys(const Settings& settings, Trust& trust, const Log& log, const Cancel& cancel) {
    AWSFED_TRY(const std::optional<Secret> pem, settings.secret("saml_key", cancel));
    if (!pem)
        return {};
    constexpr std::string_view begin = "-----BEGIN";
    const std::string_view text = pem->reveal();
    for (std::size_t at = text.find(begin); at != text.npos;) {
        const std::size_t next = text.find(begin, at + begin.size());
        auto key = PrivateKey::read_pem(Secret(text.substr(at, next - at)));
        if (key && trust.decryption_keys.size() < decryption_keys_max)
            trust.decryption_keys.push_back(*std::move(key));
        else if (!key)
            log.write(LogLevel::warning, "trust", "saml_key: {}", key.error().message);
        at = next;
    }
    return {};
}

// ---- AWS's rules ----------------------------------------------------------------------------

constexpr std::string_view usual_audience = "urn:amazon:webservices";

std::string saml_address(std::string_view host) { return fmt::format("https://{}/saml", host); }

} // namespace

Result<AwsRules> aws_rules(const Settings& settings) {
    AwsRules rules;
    const std::string region = settings.text("region");
    const Partition& partition = partition_or_aws(region);
    rules.recipients = items_of(settings.text("saml_recipients"));
    if (rules.recipients.empty()) {
        if (!partition.sign_in.empty())
            rules.recipients.push_back(saml_address(partition.sign_in));
        if (!region.empty())
            rules.recipients.push_back(saml_address(host_in(partition.sign_in_regional, region)));
    }
    rules.audiences = items_of(settings.text("saml_audiences"));
    if (rules.audiences.empty()) {
        rules.audiences.emplace_back(partition.saml_audience.empty() ? usual_audience : partition.saml_audience);
        if (!partition.sign_in.empty())
            rules.audiences.push_back(saml_address(partition.sign_in));
    }
    rules.attribute_prefixes = items_of(settings.text("saml_attribute_prefix"));
    if (rules.attribute_prefixes.empty())
        rules.attribute_prefixes = items_of(partition.saml_attribute_prefixes);
    const auto skew = settings.duration("clock_skew").value_or(std::chrono::milliseconds(0));
    if (skew > skew_max)
        return fail(Code::setting_invalid, "clock_skew is at most {} seconds.", skew_max.count()).setting("clock_skew");
    rules.skew = std::chrono::duration_cast<std::chrono::seconds>(skew);
    rules.skip_bad_roles = settings.has("role_arn");
    return rules;
}

bool has_trust(const Settings& settings) { return settings.has("idp_metadata") || settings.has("idp_certificates"); }

Result<Verifier> make_verifier(const Settings& settings, const Log& log, const Cancel& cancel,
                               const std::shared_ptr<CurlPool>& connections) {
    if (!has_trust(settings))
        return fail(Code::setting_missing,
                    "To verify a response, idp_metadata or idp_certificates must say whom to believe.")
            .setting("idp_metadata");
    AWSFED_TRY(Source source, source_of(settings, log, cancel, connections));
    Trust trust;
    trust.entity_id = settings.text("idp_entity_id");
    trust.providers = std::move(source.providers);
    trust.origin = std::move(source.origin);
    AWSFED_CHECK(read_allowances(settings, trust));
    AWSFED_CHECK(read_keys(settings, trust, log, cancel));
    AWSFED_TRY(AwsRules rules, aws_rules(settings));
    return Verifier(std::move(trust), std::move(rules));
}

Result<std::vector<IdpMetadata>> believed_providers(const Settings& settings, const Log& log, const Cancel& cancel,
                                                    const std::shared_ptr<CurlPool>& connections) {
    AWSFED_TRY(Source source, source_of(settings, log, cancel, connections));
    return std::move(source.providers);
}

} // namespace awsfed
