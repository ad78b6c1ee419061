#include "flow/signing.h"

#include "aws/sigv4.h"
#include "aws/sigv4a.h"
#include "aws/sts.h"
#include "base/text.h"
#include "flow/sts_plan.h"
#include "http/url.h"

#include <algorithm>

namespace awsfed {

namespace {

// Everything that a signature is made of, owned while it is made.
struct Ground {
    Url url{};
    Credentials caller{};
    std::string region{};
    std::string region_set{};
    bool is_v4a = false;
    Time time{};
    SigningRules rules{};

    SigningKeys keys() const {
        return {caller.access_key_id.reveal(), caller.secret_access_key.reveal(), caller.session_token.reveal()};
    }
};

// S3 and what speaks like it: paths are what they are, and the hash of the body is sent along.
bool is_s3(std::string_view service) { return service == "s3" || service.starts_with("s3-") || service == "s3express"; }

bool has_header(const HostRequest& request, std::string_view name) {
    return std::ranges::any_of(request.headers, [&](const auto& one) { return equal_ignoring_case(one.first, name); });
}

Result<Ground> ground_of(const Context& context, const Settings* call, const Credentials* source,
                         const HostRequest& request, std::string_view service, const Cancel& cancel) {
    AWSFED_TRY(const Settings settings, context.settings_for(call));
    AWSFED_TRY(Url url, Url::parse_as_is(request.url));
    Ground ground{.url = std::move(url)};
    if (source != nullptr) {
        ground.caller = source->clone();
    } else {
        AWSFED_TRY(ground.caller, caller_of(settings, cancel));
    }
    ground.region = settings.text("region");
    if (ground.region.empty())
        ground.region = ground.caller.region;
    ground.is_v4a = settings.text("signature_version") == "sigv4a";
    ground.region_set = settings.has("region_set") ? settings.text("region_set") : ground.region;
    ground.time = request.time.value_or(context.sts_memory().clock.now());
    ground.rules.path = {.normalise = !is_s3(service), .encode_again = !is_s3(service)};
    ground.rules.add_body_hash = is_s3(service);
    ground.rules.body_hash = request.body_hash;
    return ground;
}

// The request as the signers see it. Stays in its place: it holds views of its own texts.
class ToSign {
public:
    ToSign(const HostRequest& request, const Ground& ground) : host_(ground.url.host_and_port()) {
        if (!has_header(request, "host"))
            headers_.emplace_back("Host", host_);
        for (const auto& [name, value] : request.headers)
            headers_.emplace_back(name, value.reveal());
        view_ = {request.method, ground.url.path(), ground.url.query(), headers_, request.body.reveal()};
    }
    ToSign(const ToSign&) = delete;
    ToSign& operator=(const ToSign&) = delete;

    const RequestToSign& view() const { return view_; }

private:
    std::string host_;
    std::vector<HeaderView> headers_;
    RequestToSign view_;
};

} // namespace

Result<SignedRequest> sign_request(const Context& context, const Settings* call, const Credentials* source,
                                   const HostRequest& request, std::string_view service, const Cancel& cancel) {
    AWSFED_TRY(const Ground ground, ground_of(context, call, source, request, service, cancel));
    const ToSign to_sign(request, ground);
    AWSFED_TRY(HeaderSignature made,
               ground.is_v4a ? sign_headers_v4a(to_sign.view(), ground.keys(),
                                                {ground.region_set, service, ground.time}, ground.rules)
                             : sign_headers(to_sign.view(), ground.keys(), {ground.region, service, ground.time},
                                            ground.rules, &context.sts_memory().signing_keys));
    SignedRequest done{.url = Secret(request.url)};
    for (const auto& [name, value] : made.headers)
        done.headers.emplace_back(name, Secret(value));
    for (auto& [name, value] : made.secret_headers)
        done.headers.emplace_back(name, std::move(value));
    return done;
}

Result<SignedRequest> presign_request(const Context& context, const Settings* call, const Credentials* source,
                                      const HostRequest& request, std::string_view service,
                                      std::chrono::seconds lifetime, const Cancel& cancel) {
    AWSFED_TRY(Ground ground, ground_of(context, call, source, request, service, cancel));
    ground.rules.add_body_hash = false; // a URL has no header for it
    if (is_s3(service) && request.body_hash.empty() && request.body.empty())
        ground.rules.body_hash = "UNSIGNED-PAYLOAD"; // who uses the URL brings the body
    const ToSign to_sign(request, ground);
    AWSFED_TRY(const QuerySignature made,
               ground.is_v4a ? sign_query_v4a(to_sign.view(), ground.keys(), {ground.region_set, service, ground.time},
                                              lifetime, ground.rules)
                             : sign_query(to_sign.view(), ground.keys(), {ground.region, service, ground.time},
                                          lifetime, ground.rules, &context.sts_memory().signing_keys));
    SignedRequest done{.url = Secret(ground.url.origin())};
    done.url.append(ground.url.path());
    done.url.append('?');
    done.url.append(made.query.reveal());
    return done;
}

} // namespace awsfed
