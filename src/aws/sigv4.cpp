#include "aws/sigv4.h"

#include "aws/request_signer.h"
#include "base/text.h"

namespace awsfed {

namespace {

Result<void> check(const RequestToSign& request, const SigningKeys& keys, const SigningScope& scope) {
    AWSFED_CHECK(check_signable(request, keys));
    if (!is_scope_part(scope.region))
        return fail(Code::setting_invalid, "\"{}\" is not a region to sign for.", printable(scope.region, 64))
            .setting("region");
    return check_service(scope.service);
}

class Hmac : public SigningMethod {
public:
    Hmac(const SigningKeys& keys, const SigningScope& wanted, SigningKeyCache* cache)
        : SigningMethod("AWS4-HMAC-SHA256"), secret_access_key_(keys.secret_access_key), cache_(cache) {
        date = basic_time(wanted.time);
        scope.reserve(64);
        scope.append(date, 0, 8).append("/").append(wanted.region).append("/").append(wanted.service);
        scope.append("/aws4_request");
    }

    Result<std::string> sign(Sha256& hash, std::string_view string_to_sign) const override {
        const SigningKey key = cache_ != nullptr ? cache_->key(hash, secret_access_key_, scope)
                                                 : derive_signing_key(hash, secret_access_key_, scope);
        return hex(hash.hmac(key.bytes(), string_to_sign));
    }

private:
    std::string_view secret_access_key_;
    SigningKeyCache* cache_;
};

} // namespace

Result<HeaderSignature> sign_headers(const RequestToSign& request, const SigningKeys& keys, const SigningScope& scope,
                                     const SigningRules& rules, SigningKeyCache* cache) {
    AWSFED_CHECK(check(request, keys, scope));
    return headers_signed_by(Hmac(keys, scope, cache), request, keys, rules);
}

Result<QuerySignature> sign_query(const RequestToSign& request, const SigningKeys& keys, const SigningScope& scope,
                                  std::chrono::seconds lifetime, const SigningRules& rules, SigningKeyCache* cache) {
    AWSFED_CHECK(check(request, keys, scope));
    return query_signed_by(Hmac(keys, scope, cache), request, keys, lifetime, rules);
}

Result<Secret> presigned_url(std::string_view origin, const RequestToSign& request, const SigningKeys& keys,
                             const SigningScope& scope, std::chrono::seconds lifetime, const SigningRules& rules,
                             SigningKeyCache* cache) {
    AWSFED_TRY(const QuerySignature signed_, sign_query(request, keys, scope, lifetime, rules, cache));
    Secret url(origin);
    url.append(request.path.empty() ? "/" : request.path);
    url.append('?');
    url.append(signed_.query.reveal());
    return url;
}

} // namespace awsfed
