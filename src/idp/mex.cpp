#include "idp/mex.h"

#include "base/limits.h"
#include "base/text.h"
#include "markup/xml_reader.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>

namespace awsfed {

namespace {

constexpr std::string_view issue_13 = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue";
constexpr std::string_view issue_2005 = "http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue";
constexpr std::string_view soap_over_http = "http://schemas.xmlsoap.org/soap/http";

// One way to satisfy a policy: TLS below, and in the message a user name with a password.
bool asks_for_user_name(const XmlElement& alternative) {
    if (!alternative.child("TransportBinding"))
        return false; // the message itself would be encrypted
    for (auto one = alternative.first(); one; one = one->next()) {
        if (!one->name().ends_with("SupportingTokens"))
            continue;
        const auto tokens = one->child("Policy");
        if (tokens && tokens->child("UsernameToken"))
            return true;
    }
    return false;
}

bool policy_asks_for_user_name(const XmlElement& policy) {
    const auto choice = policy.child("ExactlyOne");
    return choice && std::ranges::any_of(choice->children("All"), asks_for_user_name);
}

// Which WS-Trust a binding speaks; none where it is not SOAP over HTTP, or cannot issue.
std::optional<TrustVersion> version_of(const XmlElement& binding) {
    bool over_http = false;
    for (const XmlElement& soap : binding.children("binding"))
        over_http = over_http || soap.attribute("transport") == soap_over_http;
    if (!over_http)
        return std::nullopt;
    for (const XmlElement& operation : binding.children("operation")) {
        const auto soap = operation.child("operation");
        const std::string action = soap ? soap->attribute("soapAction").value_or("") : "";
        if (action == issue_13)
            return TrustVersion::v13;
        if (action == issue_2005)
            return TrustVersion::v2005;
    }
    return std::nullopt;
}

// The document's parts, each looked at once and found by its name: it may have many, and whoever wrote it is not known.
class Bindings {
public:
    explicit Bindings(const XmlElement& definitions) {
        for (const XmlElement& policy : definitions.children("Policy")) {
            if (const auto id = policy.attribute("Id"))
                policies_.emplace("#" + *id, policy_asks_for_user_name(policy));
        }
        for (const XmlElement& binding : definitions.children("binding")) {
            if (const auto name = binding.attribute("name"))
                bindings_.emplace(*name, username_version(binding));
        }
    }

    std::optional<TrustVersion> version_at(const XmlElement& port) const {
        const auto qualified = port.attribute("binding");
        if (!qualified)
            return std::nullopt;
        const auto found = bindings_.find(qualified->substr(qualified->find(':') + 1));
        return found != bindings_.end() ? found->second : std::nullopt;
    }

private:
    std::optional<TrustVersion> username_version(const XmlElement& binding) const {
        const bool asks = std::ranges::any_of(binding.children("PolicyReference"), [&](const XmlElement& reference) {
            const auto policy = policies_.find(reference.attribute("URI").value_or(""));
            return policy != policies_.end() && policy->second;
        });
        return asks ? version_of(binding) : std::nullopt;
    }

    std::map<std::string, bool> policies_; // by "#" and their id: does it ask for a user name?
    std::map<std::string, std::optional<TrustVersion>> bindings_; // those that ask for one have a version
};

std::optional<TrustEndpoint> endpoint_of(const Bindings& bindings, const XmlElement& port) {
    const auto version = bindings.version_at(port);
    const auto address = port.child("address");
    if (!version || !address)
        return std::nullopt;
    auto url = Url::parse(trimmed(address->attribute("location").value_or("")));
    if (!url || !(url->is_https() || url->is_loopback()))
        return std::nullopt;
    return TrustEndpoint{*version, *std::move(url)};
}

// By GET the document itself; in an envelope, alone or among other sections, as the answer to a message would be.
std::optional<XmlElement> definitions_in(const XmlElement& root) {
    if (root.name() == "definitions")
        return root;
    const auto body = root.name() == "Envelope" ? root.child("Body") : std::nullopt;
    const auto metadata = root.name() == "Metadata" ? root : body ? body->child("Metadata") : std::nullopt;
    if (!metadata)
        return body ? body->child("definitions") : std::nullopt;
    for (const XmlElement& section : metadata->children("MetadataSection")) {
        if (const auto definitions = section.child("definitions"))
            return definitions;
    }
    return std::nullopt;
}

} // namespace

Result<std::vector<TrustEndpoint>> username_endpoints(std::string_view document) {
    const auto reader = XmlReader::parse(document, page_bytes_max);
    const auto definitions = reader ? definitions_in(reader->root()) : std::nullopt;
    if (!definitions)
        return fail(Code::not_idp, "What answers for AD FS's WS-Trust metadata is something else.");
    const Bindings bindings(*definitions);
    std::vector<TrustEndpoint> found, older;
    for (const XmlElement& service : definitions->children("service")) {
        for (const XmlElement& port : service.children("port")) {
            if (auto endpoint = endpoint_of(bindings, port))
                (endpoint->version == TrustVersion::v13 ? found : older).push_back(*std::move(endpoint));
        }
    }
    std::ranges::move(older, std::back_inserter(found));
    return found;
}

} // namespace awsfed
