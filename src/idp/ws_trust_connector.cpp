#include "idp/ws_trust_connector.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/text.h"
#include "idp/mex.h"
#include "idp/soap_fault.h"
#include "idp/visits.h"
#include "idp/ws_trust_message.h"
#include "markup/xml_writer.h"

#include <algorithm>

namespace awsfed {

namespace {

constexpr std::string_view metadata_stage = "adfs/ws-trust/metadata";
constexpr std::string_view token_stage = "adfs/ws-trust/token";
constexpr std::size_t id_bytes = 16; // 128 bits do not repeat

Result<void> check_text(std::string_view text, std::string_view setting) {
    if (!is_xml_text(text))
        return fail(Code::setting_invalid,
                    "{} has a character that WS-Trust cannot carry: a control character, or what is not UTF-8.",
                    setting)
            .setting(setting);
    return {};
}

// ---- the endpoint -------------------------------------------------------------------------

// What is turned off on a farm is 503 from Windows, which serves the address no more, or 404 from a proxy.
Result<void> check_metadata_status(const Visit& visit) {
    if (visit.status == 404 || visit.status == 503)
        return fail(Code::ws_trust_absent, "{} has no WS-Trust metadata: HTTP status {}.", visit.url.origin(),
                    visit.status)
            .http(visit.status);
    if (visit.status >= 300 && visit.status < 400)
        return fail(Code::not_idp, "{} leads away from AD FS's WS-Trust metadata.", visit.url.origin())
            .http(visit.status);
    return check_status(visit.status, visit.url);
}

// The best one at an allowed origin. That all are elsewhere is told, since an administrator can mend it.
Result<TrustEndpoint> choose_endpoint(const SignInTerms& terms, const Visit& visit) {
    AWSFED_CHECK(check_metadata_status(visit));
    AWSFED_TRY(std::vector<TrustEndpoint> found, username_endpoints(visit.body.reveal()));
    if (found.empty())
        return fail(Code::ws_trust_absent, "AD FS at {} offers no WS-Trust endpoint for user name and password.",
                    visit.url.origin());
    const auto allowed = std::ranges::find_if(found, [&](const TrustEndpoint& one) {
        return std::ranges::find(terms.origins, one.url.origin()) != terms.origins.end();
    });
    if (allowed == found.end())
        return fail(Code::origin_refused,
                    "The WS-Trust endpoint of AD FS is at {}, which is not one of the allowed origins.",
                    found.front().url.origin())
            .setting("idp_origins");
    return std::move(*allowed);
}

Result<TrustEndpoint> find_endpoint(Conversation& talk, const std::string& relying_party) {
    AWSFED_TRY(AdfsUrls urls, adfs_urls(talk.terms().start, relying_party));
    AWSFED_TRY(Url metadata, urls.passive.resolve("../services/trust/mex"));
    AWSFED_TRY(std::shared_ptr<const Visit> visit, talk.document(metadata));
    auto endpoint = choose_endpoint(talk.terms(), *visit);
    if (!endpoint)
        return std::move(pass(std::move(endpoint.error()))).stage(metadata_stage);
    talk.log().write(LogLevel::debug, "ws-trust", "The token is asked for at {}{}", endpoint->url.origin(),
                     printable(endpoint->url.path()));
    return endpoint;
}

// ---- the token ----------------------------------------------------------------------------

// A fault comes with 500, and says more than that.
Result<BareAssertion> read_answer(const XmlReader& answer, const Visit& visit, const FaultContext& context) {
    if (const auto fault = soap_fault_in(answer.root()))
        return failure_of(*fault, context).http(visit.status);
    AWSFED_CHECK(check_status(visit.status, visit.url));
    return issued_assertion(answer.root(), visit.body.reveal());
}

Result<Secret> read_token(Conversation& talk, const Visit& visit, const FaultContext& context) {
    const auto answer = XmlReader::parse(visit.body.reveal(), page_bytes_max);
    if (!answer || answer->root().name() != "Envelope") {
        AWSFED_CHECK(check_status(visit.status, visit.url));
        return fail(Code::not_idp, "What answers at AD FS's WS-Trust endpoint is not SOAP.").http(visit.status);
    }
    AWSFED_TRY(BareAssertion assertion, read_answer(*answer, visit, context));
    AWSFED_TRY(Secret response, response_around(assertion, "_" + talk.random_hex(id_bytes), context.sent));
    return base64_encode(response.reveal());
}

} // namespace

Result<Secret> WsTrustConnector::sign_in(Conversation& talk) const {
    AWSFED_TRY(const Secret* given, talk.ask(user_question()));
    AWSFED_TRY(std::string user, adfs_user_name(given->reveal(), terms_.default_domain));
    AWSFED_TRY(const Secret* password, talk.ask(password_question()));
    AWSFED_CHECK(check_text(user, "user"));
    AWSFED_CHECK(check_text(password->reveal(), "password"));
    AWSFED_CHECK(check_text(terms_.relying_party, "relying_party"));

    AWSFED_TRY(TrustEndpoint endpoint, find_endpoint(talk, terms_.relying_party));
    const std::string message_id = uuid_urn(talk.random_hex(id_bytes));
    const Time now = talk.now();
    const Secret request = token_request({.endpoint = endpoint,
                                          .message_id = message_id,
                                          .created = now,
                                          .user = user,
                                          .password = *password,
                                          .relying_party = terms_.relying_party});
    const Conversation::Attempt attempt{given->reveal(), *password};
    const Conversation::Document sent{"application/soap+xml; charset=utf-8", request, &attempt};
    AWSFED_TRY(std::shared_ptr<const Visit> visit, talk.document(endpoint.url, &sent));
    auto response = read_token(talk, *visit, {endpoint.url, terms_.relying_party, now});
    if (!response)
        return std::move(pass(std::move(response.error()))).stage(token_stage);
    return response;
}

} // namespace awsfed
