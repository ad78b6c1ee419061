// Signatures for the host's own requests.
#include "flow/signing.h"
#include "guarded.h"

using namespace awsfed;
using namespace awsfed::capi;

namespace {

constexpr int64_t last_ms = 253'402'300'799'999; // 9999-12-31T23:59:59.999Z: a date has four digits of the year

// Runs a signer, and hands its work over.
template <class Sign>
awsfed_status signed_by(awsfed_signed** out, awsfed_error** err, Sign&& sign) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_TRY(SignedRequest made, sign());
        *out = new awsfed_signed{std::move(made)};
        return {};
    });
}

const std::pair<std::string, Secret>* header_at(const awsfed_signed* signed_, size_t index) {
    return signed_ == nullptr || index >= signed_->request.headers.size() ? nullptr : &signed_->request.headers[index];
}

} // namespace

awsfed_status awsfed_request_new(const char* method, size_t method_n, const char* url, size_t url_n,
                                 awsfed_request** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_TRY(const std::string_view how, text_in(method, method_n));
        AWSFED_TRY(const std::string_view where, text_in(url, url_n));
        *out = new awsfed_request{HostRequest{.method = std::string(how), .url = std::string(where)}};
        return {};
    });
}

awsfed_status awsfed_request_header(awsfed_request* r, const char* name, size_t name_n, const char* value,
                                    size_t value_n, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(r);
        AWSFED_TRY(const std::string_view key, text_in(name, name_n));
        AWSFED_TRY(const std::string_view text, text_in(value, value_n));
        r->request.headers.emplace_back(std::string(key), Secret(text));
        return {};
    });
}

awsfed_status awsfed_request_body(awsfed_request* r, const void* body, size_t n, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(r);
        AWSFED_TRY(const std::string_view bytes, bytes_in(body, n));
        r->request.body = Secret(bytes);
        return {};
    });
}

awsfed_status awsfed_request_body_hash(awsfed_request* r, const char* hash, size_t n, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(r);
        AWSFED_TRY(const std::string_view text, text_in(hash, n));
        r->request.body_hash = text;
        return {};
    });
}

awsfed_status awsfed_request_time(awsfed_request* r, int64_t unix_ms, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(r);
        if (unix_ms > last_ms)
            return fail(Code::usage, "A request is signed in the years 1970 to 9999, not at {} ms.", unix_ms);
        r->request.time = unix_ms < 0 ? std::nullopt : std::optional(Time(std::chrono::milliseconds(unix_ms)));
        return {};
    });
}

void awsfed_request_free(awsfed_request* r) { delete r; }

awsfed_status awsfed_sign(const awsfed_context* c, const awsfed_settings* s, const awsfed_credentials* source,
                          const awsfed_request* r, const char* service, size_t n, awsfed_cancel* cancel,
                          awsfed_signed** out, awsfed_error** err) {
    return signed_by(out, err, [&]() -> Result<SignedRequest> {
        AWSFED_NEEDS(c);
        AWSFED_NEEDS(r);
        AWSFED_TRY(const std::string_view name, text_in(service, n));
        const Credentials* keys = source == nullptr ? nullptr : &source->credentials;
        return sign_request(*c->context, settings_or_none(s), keys, r->request, name, cancel_or_never(cancel));
    });
}

awsfed_status awsfed_presign(const awsfed_context* c, const awsfed_settings* s, const awsfed_credentials* source,
                             const awsfed_request* r, const char* service, size_t n, int64_t lifetime_s,
                             awsfed_cancel* cancel, awsfed_signed** out, awsfed_error** err) {
    return signed_by(out, err, [&]() -> Result<SignedRequest> {
        AWSFED_NEEDS(c);
        AWSFED_NEEDS(r);
        AWSFED_TRY(const std::string_view name, text_in(service, n));
        const Credentials* keys = source == nullptr ? nullptr : &source->credentials;
        return presign_request(*c->context, settings_or_none(s), keys, r->request, name,
                               std::chrono::seconds(lifetime_s), cancel_or_never(cancel));
    });
}

const char* awsfed_signed_url(const awsfed_signed* g, size_t* n) {
    return g == nullptr ? absent(n) : text_out(g->request.url.reveal().data(), g->request.url.size(), n);
}

size_t awsfed_signed_header_count(const awsfed_signed* g) { return g == nullptr ? 0 : g->request.headers.size(); }

const char* awsfed_signed_header_name(const awsfed_signed* g, size_t index, size_t* n) {
    const auto* header = header_at(g, index);
    return header == nullptr ? absent(n) : text_out(header->first, n);
}

const char* awsfed_signed_header_value(const awsfed_signed* g, size_t index, size_t* n) {
    const auto* header = header_at(g, index);
    return header == nullptr ? absent(n) : text_out(header->second.reveal().data(), header->second.size(), n);
}

void awsfed_signed_free(awsfed_signed* g) { delete g; }
