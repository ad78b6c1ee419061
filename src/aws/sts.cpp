#include "aws/sts.h"

#include "aws/sigv4.h"
#include "base/limits.h"

#include <array>
#include <utility>

namespace awsfed {

namespace {

constexpr std::string_view content_type = "application/x-www-form-urlencoded; charset=utf-8";

// An error from below the protocol does not know which call it spoiled.
Failure at_stage(std::string_view action, Error error) {
    if (error.stage.empty())
        error.stage = sts_stage(action);
    return pass(std::move(error));
}

} // namespace

Sts::Sts(Transport& transport, const Clock& clock, Url endpoint, std::string region)
    : transport_(transport), clock_(clock), endpoint_(std::move(endpoint)), region_(std::move(region)) {}

Result<Session> Sts::assume_role_with_saml(const AssumeRoleWithSaml& request, const Cancel& cancel) const {
    constexpr std::string_view action = "AssumeRoleWithSAML";
    Result<Secret> body = sts_body(request);
    if (!body)
        return at_stage(action, std::move(body).error());
    AWSFED_TRY(Session session, send(action, request_with(*std::move(body)), cancel));
    session.credentials.role_arn = request.role.text();
    return session;
}

Result<Session> Sts::assume_role(const AssumeRole& request, const Credentials& caller, const Cancel& cancel) const {
    constexpr std::string_view action = "AssumeRole";
    Result<Secret> body = sts_body(request);
    if (!body)
        return at_stage(action, std::move(body).error());
    AWSFED_TRY(Session session, send_signed(action, *std::move(body), caller, cancel));
    session.credentials.role_arn = request.role.text();
    return session;
}

Result<Session> Sts::get_federation_token(const GetFederationToken& request, const Credentials& caller,
                                          const Cancel& cancel) const {
    constexpr std::string_view action = "GetFederationToken";
    Result<Secret> body = sts_body(request);
    if (!body)
        return at_stage(action, std::move(body).error());
    return send_signed(action, *std::move(body), caller, cancel);
}

Request Sts::request_with(Secret body) const {
    Request request{.method = "POST", .url = endpoint_};
    request.headers.emplace_back("Content-Type", content_type);
    request.body = std::move(body);
    request.answer_bytes_max = sts_answer_bytes_max;
    return request;
}

Result<void> Sts::sign(Request& request, const Credentials& caller) const {
    const std::string host = request.url.host_and_port();
    const std::array<HeaderView, 2> headers{HeaderView{"Host", host}, HeaderView{"Content-Type", content_type}};
    const RequestToSign text{request.method, request.url.path(), request.url.query(), headers, request.body.reveal()};
    const SigningKeys keys{caller.access_key_id.reveal(), caller.secret_access_key.reveal(),
                           caller.session_token.reveal()};
    AWSFED_TRY(HeaderSignature signature, sign_headers(text, keys, {region_, "sts", clock_.now()}));
    request.headers.insert(request.headers.end(), signature.headers.begin(), signature.headers.end());
    for (auto& [name, value] : signature.secret_headers)
        request.secret_headers.emplace_back(std::move(name), std::move(value));
    return {};
}

Result<Session> Sts::send(std::string_view action, const Request& request, const Cancel& cancel) const {
    Result<Response> response = transport_.send(request, cancel);
    if (!response)
        return at_stage(action, std::move(response).error());
    Result<Session> session = read_session(action, *response);
    if (!session) {
        Error error = std::move(session).error();
        if (error.code == Code::not_sts)
            error.message += fmt::format(" It was asked at {}.", endpoint_.origin());
        return pass(std::move(error));
    }
    session->credentials.region = region_;
    return session;
}

Result<Session> Sts::send_signed(std::string_view action, Secret body, const Credentials& caller,
                                 const Cancel& cancel) const {
    Request request = request_with(std::move(body));
    if (Result<void> signed_ = sign(request, caller); !signed_)
        return at_stage(action, std::move(signed_).error());
    return send(action, request, cancel);
}

} // namespace awsfed
