// awsfed.hpp: awsfed.h for C++17 and newer, header-only.
//
// Objects free themselves and can be moved. A failed call throws awsfed::Error. Texts that the C
// interface lends are handed out as std::string_view and live as long as the object they came from;
// what is absent there is empty here. Rules on threads, secrets and blocking: see awsfed.h.
//
//   awsfed::Settings settings;
//   settings.load("/etc/awsfed/config", "deploy");
//   awsfed::Context context(settings);
//   awsfed::Credentials keys = context.obtain();
//   std::string_view lines = keys.format("sh");
#ifndef AWSFED_HPP
#define AWSFED_HPP

#include "awsfed.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed {
inline namespace api {

// What a failed call says. The texts are free of secrets.
class Error : public std::exception {
public:
    // Takes the error over. `status` speaks alone where there was no memory for an error.
    Error(awsfed_status status, awsfed_error* error) : status_(status), error_(error, awsfed_error_free) {}

    awsfed_status status() const noexcept { return status_; }
    const char* what() const noexcept override {
        const char* message = awsfed_error_text(error_.get(), AWSFED_ERROR_MESSAGE, nullptr);
        return message != nullptr ? message : awsfed_status_name(status_);
    }
    std::string_view text(awsfed_error_field field) const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_error_text(error_.get(), field, &n);
        return found != nullptr ? std::string_view(found, n) : std::string_view();
    }
    std::string_view message() const noexcept { return what(); }
    std::string_view advice() const noexcept { return text(AWSFED_ERROR_ADVICE); }
    std::string_view code() const noexcept { return text(AWSFED_ERROR_CODE); }
    std::string_view stage() const noexcept { return text(AWSFED_ERROR_STAGE); }
    std::string_view setting() const noexcept { return text(AWSFED_ERROR_SETTING); }
    std::string_view peer() const noexcept { return text(AWSFED_ERROR_PEER); }
    std::string_view trace() const noexcept { return text(AWSFED_ERROR_TRACE); }
    int http() const noexcept { return awsfed_error_http(error_.get()); }
    // Empty when repeating the same call is pointless.
    std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        const auto wait = awsfed_error_retry_after_ms(error_.get());
        return wait < 0 ? std::nullopt : std::optional(std::chrono::milliseconds(wait));
    }

private:
    awsfed_status status_;
    std::shared_ptr<awsfed_error> error_; // shared: exceptions are copied
};

namespace detail {

template <auto free_it>
struct Free {
    template <class T>
    void operator()(T* object) const noexcept {
        free_it(object);
    }
};
template <class T, auto free_it>
using Owned = std::unique_ptr<T, Free<free_it>>;

// Calls f(args..., &err) and throws what went wrong.
template <class F, class... Args>
void call(F f, Args&&... args) {
    awsfed_error* error = nullptr;
    const awsfed_status status = f(std::forward<Args>(args)..., &error);
    if (status != AWSFED_OK)
        throw Error(status, error);
}

inline std::string_view view(const char* text, std::size_t n) noexcept {
    return text != nullptr ? std::string_view(text, n) : std::string_view();
}

inline std::vector<std::string> take_names(awsfed_names* names) {
    const Owned<awsfed_names, awsfed_names_free> owned(names);
    std::vector<std::string> items;
    for (std::size_t i = 0; i < awsfed_names_count(names); ++i) {
        std::size_t n = 0;
        const char* text = awsfed_names_at(names, i, &n);
        items.emplace_back(text, n);
    }
    return items;
}

} // namespace detail

// One row of the table of settings.
struct SettingInfo {
    std::string_view name, group, default_value, help, choices, since, guard, key;
    awsfed_setting_type type = AWSFED_TEXT;
};

inline std::vector<SettingInfo> setting_table() {
    std::vector<SettingInfo> rows;
    for (std::size_t i = 0; i < awsfed_setting_count(); ++i) {
        const auto text = [i](awsfed_setting_field field) {
            std::size_t n = 0;
            const char* found = awsfed_setting_text(i, field, &n);
            return detail::view(found, n);
        };
        rows.push_back({text(AWSFED_SETTING_NAME), text(AWSFED_SETTING_GROUP), text(AWSFED_SETTING_DEFAULT),
                        text(AWSFED_SETTING_HELP), text(AWSFED_SETTING_CHOICES), text(AWSFED_SETTING_SINCE),
                        text(AWSFED_SETTING_GUARD), text(AWSFED_SETTING_KEY), awsfed_setting_type_of(i)});
    }
    return rows;
}

class Settings {
public:
    Settings() {
        awsfed_settings* made = nullptr;
        detail::call(awsfed_settings_new, &made);
        object_.reset(made);
    }
    Settings& set(std::string_view name, std::string_view value) {
        detail::call(awsfed_settings_set, get(), name.data(), name.size(), value.data(), value.size());
        return *this;
    }
    Settings& set_secret(std::string_view name, std::string_view bytes) {
        detail::call(awsfed_settings_set_secret, get(), name.data(), name.size(), bytes.data(), bytes.size());
        return *this;
    }
    Settings& load(std::string_view path, std::string_view connector) {
        detail::call(awsfed_settings_load, get(), path.data(), path.size(), connector.data(), connector.size());
        return *this;
    }
    Settings& override_by_job(std::string_view name, std::string_view value) {
        detail::call(awsfed_settings_override, get(), name.data(), name.size(), value.data(), value.size());
        return *this;
    }
    Settings& read_environment() {
        detail::call(awsfed_settings_environment, get());
        return *this;
    }
    Settings& read_aws_environment() {
        detail::call(awsfed_settings_aws_environment, get());
        return *this;
    }
    // Whom this program vouches for: his name, and his groups.
    Settings& vouch_for(std::string_view principal, const std::vector<std::string>& groups = {}) {
        // A view of nothing has no address, and NULL would mean the system.
        detail::call(awsfed_settings_principal, get(), principal.empty() ? "" : principal.data(), principal.size());
        for (const std::string& group : groups)
            detail::call(awsfed_settings_group, get(), group.data(), group.size());
        return *this;
    }
    // There is no user.
    Settings& vouch_for_nobody() {
        detail::call(awsfed_settings_principal, get(), nullptr, std::size_t{0});
        return *this;
    }
    // Whether the principal may use the connector that was loaded. Where he may not, `why` is told the reason.
    bool may_use(std::string* why = nullptr) const {
        std::int32_t allowed = 0;
        awsfed_error* refusal = nullptr;
        detail::call(awsfed_may_use, get(), &allowed, &refusal);
        const detail::Owned<awsfed_error, awsfed_error_free> owned(refusal);
        if (why != nullptr && refusal != nullptr)
            *why = awsfed_error_text(refusal, AWSFED_ERROR_MESSAGE, nullptr);
        return allowed == 1;
    }
    awsfed_settings* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_settings, awsfed_settings_free> object_;
};

struct ConnectorInfo {
    std::string name, id; // id: empty where it has none
};

// The connectors of a config file.
inline std::vector<ConnectorInfo> connectors(std::string_view path) {
    awsfed_names* names = nullptr;
    awsfed_names* ids = nullptr;
    detail::call(awsfed_connectors, path.data(), path.size(), &names, &ids);
    const std::vector<std::string> all = detail::take_names(names);
    const std::vector<std::string> all_ids = detail::take_names(ids);
    std::vector<ConnectorInfo> found;
    for (std::size_t i = 0; i < all.size(); ++i)
        found.push_back({all[i], all_ids[i]});
    return found;
}

class Cancel {
public:
    Cancel() {
        awsfed_cancel* made = nullptr;
        detail::call(awsfed_cancel_new, &made);
        object_.reset(made);
    }
    void now() noexcept { awsfed_cancel_now(get()); } // from any thread
    awsfed_cancel* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_cancel, awsfed_cancel_free> object_;
};

class Credentials {
public:
    explicit Credentials(awsfed_credentials* object) : object_(object) {}
    // Keys that the caller has. An empty token: long-term keys.
    Credentials(std::string_view key_id, std::string_view secret, std::string_view token = {}) {
        awsfed_credentials* made = nullptr;
        detail::call(awsfed_credentials_new, key_id.data(), key_id.size(), secret.data(), secret.size(),
                     token.empty() ? nullptr : token.data(), token.size(), std::int64_t{-1}, &made);
        object_.reset(made);
    }
    std::string_view access_key_id() const noexcept { return text(AWSFED_CREDENTIALS_ACCESS_KEY_ID); }
    std::string_view secret_access_key() const noexcept { return text(AWSFED_CREDENTIALS_SECRET_ACCESS_KEY); }
    std::string_view session_token() const noexcept { return text(AWSFED_CREDENTIALS_SESSION_TOKEN); }
    std::string_view text(awsfed_credentials_field field) const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_credentials_text(get(), field, &n);
        return detail::view(found, n);
    }
    std::optional<std::chrono::system_clock::time_point> expires() const {
        const auto ms = awsfed_credentials_expires_ms(get());
        if (ms < 0)
            return std::nullopt;
        return std::chrono::system_clock::time_point(std::chrono::milliseconds(ms));
    }
    // What STS answered beside the keys: "SessionTokenSize", "AssumedRoleUser/Arn". Empty where it did not.
    std::string_view answered(std::string_view path) const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_credentials_answer(get(), path.data(), path.size(), &n);
        return detail::view(found, n);
    }
    // "sh", "fish", "powershell", "process", "bamboo". The text is a secret.
    std::string_view format(std::string_view name) {
        const char* text = nullptr;
        std::size_t n = 0;
        detail::call(awsfed_credentials_format, get(), name.data(), name.size(), &text, &n);
        return detail::view(text, n);
    }
    awsfed_credentials* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_credentials, awsfed_credentials_free> object_;
};

// What an action of STS answers, by the paths of its members.
class Answer {
public:
    explicit Answer(awsfed_answer* object) : object_(object) {}
    std::vector<std::string> members() const {
        awsfed_names* names = nullptr;
        detail::call(awsfed_answer_members, get(), &names);
        return detail::take_names(names);
    }
    // Empty where there is no such member.
    std::string_view text(std::string_view path) const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_answer_text(get(), path.data(), path.size(), &n);
        return detail::view(found, n);
    }
    bool is_secret(std::string_view path) const noexcept {
        return awsfed_answer_is_secret(get(), path.data(), path.size()) != 0;
    }
    std::string_view request_id() const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_answer_request_id(get(), &n);
        return detail::view(found, n);
    }
    Credentials credentials() const {
        awsfed_credentials* keys = nullptr;
        detail::call(awsfed_answer_credentials, get(), &keys);
        return Credentials(keys);
    }
    awsfed_answer* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_answer, awsfed_answer_free> object_;
};

// One thing that is kept. What is unsaid is empty.
struct Kept {
    std::string id, kind, connector, user, principal, target, role_arn, account, session_arn, source_identity;
    std::optional<std::chrono::system_clock::time_point> since, expires;
    std::int64_t attempts = 0;
};

namespace detail {

inline std::optional<std::chrono::system_clock::time_point> instant(std::int64_t unix_ms) {
    return unix_ms < 0 ? std::nullopt
                       : std::optional(std::chrono::system_clock::time_point(std::chrono::milliseconds(unix_ms)));
}

inline Kept kept_at(const awsfed_kept* list, std::size_t index) {
    const auto text = [&](awsfed_kept_field field) {
        std::size_t n = 0;
        const char* found = awsfed_kept_text(list, index, field, &n);
        return std::string(view(found, n));
    };
    Kept kept{text(AWSFED_KEPT_ID),
              text(AWSFED_KEPT_KIND),
              text(AWSFED_KEPT_CONNECTOR),
              text(AWSFED_KEPT_USER),
              text(AWSFED_KEPT_PRINCIPAL),
              text(AWSFED_KEPT_TARGET),
              text(AWSFED_KEPT_ROLE_ARN),
              text(AWSFED_KEPT_ACCOUNT),
              text(AWSFED_KEPT_SESSION_ARN),
              text(AWSFED_KEPT_SOURCE_IDENTITY),
              instant(awsfed_kept_since_ms(list, index)),
              instant(awsfed_kept_expires_ms(list, index)),
              awsfed_kept_attempts(list, index)};
    return kept;
}

} // namespace detail

// A request of the host's own, to be signed.
class Request {
public:
    Request(std::string_view method, std::string_view url) {
        awsfed_request* made = nullptr;
        detail::call(awsfed_request_new, method.data(), method.size(), url.data(), url.size(), &made);
        object_.reset(made);
    }
    Request& header(std::string_view name, std::string_view value) {
        detail::call(awsfed_request_header, get(), name.data(), name.size(), value.data(), value.size());
        return *this;
    }
    Request& body(std::string_view bytes) {
        detail::call(awsfed_request_body, get(), bytes.data(), bytes.size());
        return *this;
    }
    // Hexadecimal SHA-256, or "UNSIGNED-PAYLOAD".
    Request& body_hash(std::string_view hash) {
        detail::call(awsfed_request_body_hash, get(), hash.data(), hash.size());
        return *this;
    }
    Request& time(std::chrono::system_clock::time_point when) {
        using std::chrono::milliseconds;
        const std::int64_t ms = std::chrono::duration_cast<milliseconds>(when.time_since_epoch()).count();
        detail::call(awsfed_request_time, get(), ms);
        return *this;
    }
    awsfed_request* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_request, awsfed_request_free> object_;
};

// What signing makes: headers to be added, or a URL. Both are secrets.
class Signed {
public:
    explicit Signed(awsfed_signed* object) : object_(object) {}
    std::string_view url() const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_signed_url(get(), &n);
        return detail::view(found, n);
    }
    std::vector<std::pair<std::string_view, std::string_view>> headers() const {
        std::vector<std::pair<std::string_view, std::string_view>> all;
        for (std::size_t i = 0; i < awsfed_signed_header_count(get()); ++i) {
            std::size_t name_n = 0, value_n = 0;
            const char* name = awsfed_signed_header_name(get(), i, &name_n);
            const char* value = awsfed_signed_header_value(get(), i, &value_n);
            all.emplace_back(detail::view(name, name_n), detail::view(value, value_n));
        }
        return all;
    }
    awsfed_signed* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_signed, awsfed_signed_free> object_;
};

struct RoleOffer {
    std::string_view role_arn, principal_arn;
};

// A SAML response as received: hints, nothing proved.
class Assertion {
public:
    explicit Assertion(awsfed_assertion* object) : object_(object) {}
    std::string_view text(awsfed_assertion_field field) const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_assertion_text(get(), field, &n);
        return detail::view(found, n);
    }
    bool is_encrypted() const noexcept { return awsfed_assertion_is_encrypted(get()) != 0; }
    std::optional<std::chrono::system_clock::time_point> expires() const {
        const auto ms = awsfed_assertion_expires_ms(get());
        if (ms < 0)
            return std::nullopt;
        return std::chrono::system_clock::time_point(std::chrono::milliseconds(ms));
    }
    std::optional<std::chrono::seconds> session_duration() const {
        const auto seconds = awsfed_assertion_session_duration_s(get());
        return seconds < 0 ? std::nullopt : std::optional(std::chrono::seconds(seconds));
    }
    std::vector<RoleOffer> roles() const {
        std::vector<RoleOffer> offers;
        for (std::size_t i = 0; i < awsfed_assertion_role_count(get()); ++i) {
            std::size_t role_n = 0;
            std::size_t principal_n = 0;
            const char* role = awsfed_assertion_role_arn(get(), i, &role_n);
            const char* principal = awsfed_assertion_principal_arn(get(), i, &principal_n);
            offers.push_back({detail::view(role, role_n), detail::view(principal, principal_n)});
        }
        return offers;
    }
    std::vector<std::string> attribute_names() const {
        awsfed_names* names = nullptr;
        detail::call(awsfed_assertion_attribute_names, get(), &names);
        return detail::take_names(names);
    }
    std::vector<std::string> attribute(std::string_view name) const {
        awsfed_names* values = nullptr;
        detail::call(awsfed_assertion_attribute, get(), name.data(), name.size(), &values);
        return detail::take_names(values);
    }
    awsfed_assertion* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_assertion, awsfed_assertion_free> object_;
};

// What was proved: read from the octets that were signed. See awsfed_verdict_verified.
class Verified {
public:
    explicit Verified(awsfed_verified* object) : object_(object) {}
    std::string_view text(awsfed_verified_field field) const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_verified_text(get(), field, &n);
        return detail::view(found, n);
    }
    bool has(awsfed_verified_field field) const noexcept {
        return awsfed_verified_text(get(), field, nullptr) != nullptr;
    }
    std::optional<std::chrono::system_clock::time_point> expires() const {
        const auto ms = awsfed_verified_expires_ms(get());
        if (ms < 0)
            return std::nullopt;
        return std::chrono::system_clock::time_point(std::chrono::milliseconds(ms));
    }
    std::optional<std::chrono::seconds> session_duration() const {
        const auto seconds = awsfed_verified_session_duration_s(get());
        return seconds < 0 ? std::nullopt : std::optional(std::chrono::seconds(seconds));
    }
    std::vector<RoleOffer> roles() const {
        std::vector<RoleOffer> offers;
        for (std::size_t i = 0; i < awsfed_verified_role_count(get()); ++i) {
            std::size_t role_n = 0;
            std::size_t principal_n = 0;
            const char* role = awsfed_verified_role_arn(get(), i, &role_n);
            const char* principal = awsfed_verified_principal_arn(get(), i, &principal_n);
            offers.push_back({detail::view(role, role_n), detail::view(principal, principal_n)});
        }
        return offers;
    }
    std::string_view name_qualifier(std::size_t role) const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_verified_name_qualifier(get(), role, &n);
        return detail::view(found, n);
    }
    std::vector<std::pair<std::string_view, std::string_view>> tags() const {
        std::vector<std::pair<std::string_view, std::string_view>> all;
        for (std::size_t i = 0; i < awsfed_verified_tag_count(get()); ++i) {
            std::size_t key_n = 0;
            std::size_t value_n = 0;
            const char* key = awsfed_verified_tag_key(get(), i, &key_n);
            const char* value = awsfed_verified_tag_value(get(), i, &value_n);
            all.emplace_back(detail::view(key, key_n), detail::view(value, value_n));
        }
        return all;
    }
    std::vector<std::string> transitive_tag_keys() const {
        awsfed_names* names = nullptr;
        detail::call(awsfed_verified_transitive_tag_keys, get(), &names);
        return detail::take_names(names);
    }
    std::vector<std::string> attribute_names() const {
        awsfed_names* names = nullptr;
        detail::call(awsfed_verified_attribute_names, get(), &names);
        return detail::take_names(names);
    }
    std::vector<std::string> attribute(std::string_view name) const {
        awsfed_names* values = nullptr;
        detail::call(awsfed_verified_attribute, get(), name.data(), name.size(), &values);
        return detail::take_names(values);
    }
    awsfed_verified* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_verified, awsfed_verified_free> object_;
};

// One check of a verdict. The views live as long as the verdict.
struct Check {
    std::string_view name, outcome, reason, value, detail;
};

class Verdict {
public:
    explicit Verdict(awsfed_verdict* object) : object_(object) {}
    bool allows() const noexcept { return awsfed_verdict_allows(get()) != 0; }
    std::string_view trust() const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_verdict_trust(get(), &n);
        return detail::view(found, n);
    }
    std::vector<Check> checks() const {
        std::vector<Check> all;
        for (std::size_t i = 0; i < awsfed_verdict_count(get()); ++i) {
            const auto text = [&](awsfed_verdict_field field) {
                std::size_t n = 0;
                const char* found = awsfed_verdict_text(get(), i, field, &n);
                return detail::view(found, n);
            };
            all.push_back({text(AWSFED_VERDICT_CHECK), text(AWSFED_VERDICT_OUTCOME), text(AWSFED_VERDICT_REASON),
                           text(AWSFED_VERDICT_VALUE), text(AWSFED_VERDICT_DETAIL)});
        }
        return all;
    }
    // Throws when the verdict does not allow.
    Verified verified() const {
        awsfed_verified* made = nullptr;
        detail::call(awsfed_verdict_verified, get(), &made);
        return Verified(made);
    }
    awsfed_verdict* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_verdict, awsfed_verdict_free> object_;
};

// One step of a doctor's report. The views live as long as the report.
struct Step {
    std::string_view name, outcome, found, advice, code, setting;
};

class Report {
public:
    explicit Report(awsfed_report* object) : object_(object) {}
    bool is_healthy() const noexcept { return awsfed_report_healthy(get()) != 0; }
    std::vector<Step> steps() const {
        std::vector<Step> all;
        for (std::size_t i = 0; i < awsfed_report_count(get()); ++i) {
            const auto text = [&](awsfed_report_field field) {
                std::size_t n = 0;
                const char* found = awsfed_report_text(get(), i, field, &n);
                return detail::view(found, n);
            };
            all.push_back({text(AWSFED_REPORT_STEP), text(AWSFED_REPORT_OUTCOME), text(AWSFED_REPORT_FOUND),
                           text(AWSFED_REPORT_ADVICE), text(AWSFED_REPORT_CODE), text(AWSFED_REPORT_SETTING)});
        }
        return all;
    }
    // Empty where there is none.
    std::string_view talk() const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_report_talk(get(), &n);
        return detail::view(found, n);
    }
    awsfed_report* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_report, awsfed_report_free> object_;
};

struct Question {
    std::string name, text, show;
    bool secret = true;
    std::vector<std::string> choices;
};

class Context;

class SignIn {
public:
    SignIn(const Context& context, const Settings& settings);

    // AWSFED_SIGNIN_DONE, _ASKS or _WAITS.
    awsfed_signin_state step(const Cancel* cancel = nullptr) {
        awsfed_signin_state state = AWSFED_SIGNIN_DONE;
        detail::call(awsfed_signin_step, get(), cancel != nullptr ? cancel->get() : nullptr, &state);
        return state;
    }
    std::vector<Question> questions() const {
        std::vector<Question> all;
        for (std::size_t i = 0; i < awsfed_signin_question_count(get()); ++i) {
            const auto text = [&](awsfed_question_field field) {
                std::size_t n = 0;
                const char* found = awsfed_signin_question_text(get(), i, field, &n);
                return std::string(detail::view(found, n));
            };
            awsfed_names* choices = nullptr;
            detail::call(awsfed_signin_question_choices, get(), i, &choices);
            all.push_back({text(AWSFED_QUESTION_NAME), text(AWSFED_QUESTION_TEXT), text(AWSFED_QUESTION_SHOW),
                           awsfed_signin_question_is_secret(get(), i) != 0, detail::take_names(choices)});
        }
        return all;
    }
    void answer(std::size_t index, std::string_view bytes) {
        detail::call(awsfed_signin_answer, get(), index, bytes.data(), bytes.size());
    }
    Assertion result() const {
        awsfed_assertion* assertion = nullptr;
        detail::call(awsfed_signin_result, get(), &assertion);
        return Assertion(assertion);
    }
    awsfed_signin* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_signin, awsfed_signin_free> object_;
};

// A place of the program's own for what is kept (cache=host): see awsfed_context_store. What throws is a failure.
class Store {
public:
    virtual ~Store() = default;
    virtual std::optional<std::string> get(std::string_view name) = 0;
    virtual void put(std::string_view name, std::string_view bytes, std::chrono::milliseconds life) = 0;
    virtual void erase(std::string_view name) = 0;
    virtual std::vector<std::string> names() = 0;
    virtual bool lock(std::string_view name) = 0; // false: somebody else has it
    virtual void unlock(std::string_view name) noexcept = 0;
};

namespace detail {

// Nothing may be thrown through C.
template <class F>
int guarded_store(void* user, F f) noexcept {
    try {
        f(**static_cast<std::shared_ptr<Store>*>(user));
        return 0;
    } catch (...) {
        return -1;
    }
}

} // namespace detail

class Context {
public:
    using LogFunction = std::function<void(awsfed_log_level level, std::string_view event, std::string_view text)>;

    Context() : Context(Settings()) {}
    explicit Context(const Settings& settings) {
        awsfed_context* made = nullptr;
        detail::call(awsfed_context_new, static_cast<std::uint32_t>(AWSFED_ABI), settings.get(), &made);
        object_.reset(made);
    }

    // `log` is called on the thread that works. What it throws is lost.
    void log_to(awsfed_log_level level, LogFunction log) {
        auto kept = std::make_unique<LogFunction>(std::move(log));
        const auto write = [](void* user, awsfed_log_level at, const char* event, const char* text, std::size_t n) {
            try {
                (*static_cast<LogFunction*>(user))(at, event, std::string_view(text, n));
            } catch (...) { // NOLINT(bugprone-empty-catch): nothing may be thrown through C
            }
        };
        const auto done = [](void* user) { delete static_cast<LogFunction*>(user); };
        detail::call(awsfed_context_log, get(), level, +write, static_cast<void*>(kept.get()), +done);
        (void)kept.release();
    }

    // `is_first` gets an assertion's id and its end in Unix milliseconds (-1: unsaid), from any thread, and says
    // whether it sees it for the first time. What it throws refuses.
    void remember_by(std::function<bool(std::string_view id, std::int64_t expires_ms)> is_first) {
        using Function = std::function<bool(std::string_view, std::int64_t)>;
        auto kept = std::make_unique<Function>(std::move(is_first));
        const auto ask = [](void* user, const char* id, std::size_t n, std::int64_t expires_ms) {
            try {
                return (*static_cast<Function*>(user))(std::string_view(id, n), expires_ms) ? 1 : 0;
            } catch (...) { // nothing may be thrown through C
                return 0;
            }
        };
        const auto done = [](void* user) { delete static_cast<Function*>(user); };
        detail::call(awsfed_context_replay, get(), +ask, static_cast<void*>(kept.get()), +done);
        (void)kept.release();
    }

    // `take` gets each line of the audit, from any thread, and says whether it is written. What it throws is a no.
    void audit_to(std::function<bool(std::string_view line)> take) {
        using Function = std::function<bool(std::string_view)>;
        auto kept = std::make_unique<Function>(std::move(take));
        const auto give = [](void* user, const char* line, std::size_t n) {
            try {
                return (*static_cast<Function*>(user))(std::string_view(line, n)) ? 1 : 0;
            } catch (...) { // nothing may be thrown through C
                return 0;
            }
        };
        const auto done = [](void* user) { delete static_cast<Function*>(user); };
        detail::call(awsfed_context_audit, get(), +give, static_cast<void*>(kept.get()), +done);
        (void)kept.release();
    }

    // For cache=host; null: no longer. Used by any thread, by several at once.
    void keep_in(std::shared_ptr<Store> store) {
        auto kept = std::make_unique<std::shared_ptr<Store>>(std::move(store));
        const bool is_there = *kept != nullptr;
        const auto read = [](void* user, const char* name, std::size_t n, awsfed_store_reply* reply) {
            return detail::guarded_store(user, [&](Store& to) {
                if (const std::optional<std::string> bytes = to.get({name, n}))
                    awsfed_store_reply_add(reply, bytes->data(), bytes->size());
            });
        };
        const auto put = [](void* user, const char* name, std::size_t name_n, const void* bytes, std::size_t n,
                            std::int64_t life_ms) {
            return detail::guarded_store(user, [&](Store& to) {
                to.put({name, name_n}, {static_cast<const char*>(bytes), n}, std::chrono::milliseconds(life_ms));
            });
        };
        const auto erase = [](void* user, const char* name, std::size_t n) {
            return detail::guarded_store(user, [&](Store& to) { to.erase({name, n}); });
        };
        const auto names = [](void* user, awsfed_store_reply* reply) {
            return detail::guarded_store(user, [&](Store& to) {
                for (const std::string& name : to.names())
                    awsfed_store_reply_add(reply, name.data(), name.size());
            });
        };
        const auto lock = [](void* user, const char* name, std::size_t n) {
            bool is_ours = false;
            const int status = detail::guarded_store(user, [&](Store& to) { is_ours = to.lock({name, n}); });
            return status < 0 ? status : int{is_ours};
        };
        const auto unlock = [](void* user, const char* name, std::size_t n) {
            (*static_cast<std::shared_ptr<Store>*>(user))->unlock({name, n});
        };
        const auto done = [](void* user) { delete static_cast<std::shared_ptr<Store>*>(user); };
        detail::call(awsfed_context_store, get(), is_there ? +read : nullptr, is_there ? +put : nullptr,
                     is_there ? +erase : nullptr, is_there ? +names : nullptr, is_there ? +lock : nullptr,
                     is_there ? +unlock : nullptr, static_cast<void*>(kept.get()), +done);
        (void)kept.release();
    }

    Credentials obtain(const Settings& settings = {}, const Cancel* cancel = nullptr) const {
        awsfed_credentials* keys = nullptr;
        detail::call(awsfed_obtain, get(), settings.get(), pointer(cancel), &keys);
        return Credentials(keys);
    }
    // flags: AWSFED_DOCTOR_PASSWORD and others, or none.
    Report doctor(const Settings& settings, std::uint32_t flags = 0, const Cancel* cancel = nullptr) const {
        awsfed_report* made = nullptr;
        detail::call(awsfed_doctor, get(), settings.get(), flags, pointer(cancel), &made);
        return Report(made);
    }
    // What is kept, and the end of it: that of the id, or of the user, or all. How many were erased.
    std::vector<Kept> kept(const Settings& settings = {}, const Cancel* cancel = nullptr) const {
        awsfed_kept* made = nullptr;
        detail::call(awsfed_kept_list, get(), settings.get(), pointer(cancel), &made);
        const detail::Owned<awsfed_kept, awsfed_kept_free> list(made);
        std::vector<Kept> all;
        for (std::size_t i = 0; i < awsfed_kept_count(made); ++i)
            all.push_back(detail::kept_at(made, i));
        return all;
    }
    std::size_t erase_kept(const Settings& settings, std::optional<std::string_view> id,
                           std::optional<std::string_view> user = {}, const Cancel* cancel = nullptr) const {
        std::size_t count = 0;
        detail::call(awsfed_kept_erase, get(), settings.get(), id ? id->data() : nullptr, id ? id->size() : 0,
                     user ? user->data() : nullptr, user ? user->size() : 0, pointer(cancel), &count);
        return count;
    }
    // Lets refused passwords of the settings' user be tried again.
    void forget(const Settings& settings, const Cancel* cancel = nullptr) const {
        detail::call(awsfed_forget, get(), settings.get(), pointer(cancel));
    }
    Assertion parse_assertion(std::string_view data) const {
        awsfed_assertion* assertion = nullptr;
        detail::call(awsfed_assertion_parse, get(), data.data(), data.size(), &assertion);
        return Assertion(assertion);
    }
    // at: the instant to judge by; empty: now.
    Verdict verify(const Settings& settings, std::string_view response,
                   std::optional<std::chrono::system_clock::time_point> at = {}, const Cancel* cancel = nullptr) const {
        using std::chrono::milliseconds;
        const std::int64_t ms = at ? std::chrono::duration_cast<milliseconds>(at->time_since_epoch()).count() : -1;
        awsfed_verdict* made = nullptr;
        detail::call(awsfed_assertion_verify, get(), settings.get(), response.data(), response.size(), ms,
                     pointer(cancel), &made);
        return Verdict(made);
    }
    Credentials assume_role_with_saml(const Settings& settings, const Verified& assertion,
                                      const Cancel* cancel = nullptr) const {
        awsfed_credentials* keys = nullptr;
        detail::call(awsfed_assume_role_with_verified, get(), settings.get(), assertion.get(), pointer(cancel), &keys);
        return Credentials(keys);
    }
    Credentials assume_role_with_saml(const Settings& settings, const Assertion& assertion,
                                      const Cancel* cancel = nullptr) const {
        awsfed_credentials* keys = nullptr;
        detail::call(awsfed_assume_role_with_saml, get(), settings.get(), assertion.get(), pointer(cancel), &keys);
        return Credentials(keys);
    }
    // source == nullptr: the keys of the settings.
    Credentials assume_role(const Settings& settings, const Credentials* source = nullptr,
                            const Cancel* cancel = nullptr) const {
        awsfed_credentials* keys = nullptr;
        detail::call(awsfed_assume_role, get(), settings.get(), source != nullptr ? source->get() : nullptr,
                     pointer(cancel), &keys);
        return Credentials(keys);
    }
    Credentials federation_token(const Settings& settings, const Credentials* source = nullptr,
                                 const Cancel* cancel = nullptr) const {
        awsfed_credentials* keys = nullptr;
        detail::call(awsfed_federation_token, get(), settings.get(), source != nullptr ? source->get() : nullptr,
                     pointer(cancel), &keys);
        return Credentials(keys);
    }
    // Any other action that gives out credentials: "get-session-token".
    Credentials session(std::string_view action, const Settings& settings, const Credentials* source = nullptr,
                        const Cancel* cancel = nullptr) const {
        awsfed_credentials* keys = nullptr;
        detail::call(awsfed_session, get(), settings.get(), action.data(), action.size(),
                     source != nullptr ? source->get() : nullptr, pointer(cancel), &keys);
        return Credentials(keys);
    }
    Credentials narrow(const Settings& settings, const Credentials& session, const Cancel* cancel = nullptr) const {
        awsfed_credentials* keys = nullptr;
        detail::call(awsfed_narrow, get(), settings.get(), session.get(), pointer(cancel), &keys);
        return Credentials(keys);
    }
    // What an action of STS answers: "get-caller-identity".
    Answer sts_call(std::string_view action, const Settings& settings, const Credentials* source = nullptr,
                    const Cancel* cancel = nullptr) const {
        awsfed_answer* answer = nullptr;
        detail::call(awsfed_sts_call, get(), settings.get(), action.data(), action.size(),
                     source != nullptr ? source->get() : nullptr, pointer(cancel), &answer);
        return Answer(answer);
    }
    // source == nullptr: the keys of the settings.
    Signed sign(const Settings& settings, const Request& request, std::string_view service,
                const Credentials* source = nullptr, const Cancel* cancel = nullptr) const {
        awsfed_signed* made = nullptr;
        detail::call(awsfed_sign, get(), settings.get(), source != nullptr ? source->get() : nullptr, request.get(),
                     service.data(), service.size(), pointer(cancel), &made);
        return Signed(made);
    }
    Signed presign(const Settings& settings, const Request& request, std::string_view service,
                   std::chrono::seconds lifetime, const Credentials* source = nullptr,
                   const Cancel* cancel = nullptr) const {
        awsfed_signed* made = nullptr;
        detail::call(awsfed_presign, get(), settings.get(), source != nullptr ? source->get() : nullptr, request.get(),
                     service.data(), service.size(), static_cast<std::int64_t>(lifetime.count()), pointer(cancel),
                     &made);
        return Signed(made);
    }
    awsfed_context* get() const noexcept { return object_.get(); }

private:
    static awsfed_cancel* pointer(const Cancel* cancel) noexcept { return cancel != nullptr ? cancel->get() : nullptr; }

    detail::Owned<awsfed_context, awsfed_context_free> object_;
};

inline SignIn::SignIn(const Context& context, const Settings& settings) {
    awsfed_signin* made = nullptr;
    detail::call(awsfed_signin_new, context.get(), settings.get(), &made);
    object_.reset(made);
}

// ---- policies: what a session may do; nothing here waits ------------------------------------

// The views belong to the policy.
struct Finding {
    std::string_view code, severity, what, advice, pointer;
    std::size_t offset = 0, length = 0; // in bytes
    std::size_t line = 0, column = 0;   // from 1
};

class Policy {
public:
    // `type`: identity, session, boundary, resource, trust, scp, rcp or endpoint.
    Policy(std::string_view text, std::string_view type) {
        awsfed_policy* made = nullptr;
        detail::call(awsfed_policy_parse, text.data(), text.size(), type.data(), type.size(), &made);
        object_.reset(made);
    }
    explicit Policy(awsfed_policy* object) : object_(object) {}
    // `values`: a JSON object of texts, for each {{name}}.
    static Policy fill(std::string_view text, std::string_view values, std::string_view type) {
        awsfed_policy* made = nullptr;
        detail::call(awsfed_policy_fill, text.data(), text.size(), values.data(), values.size(), type.data(),
                     type.size(), &made);
        return Policy(made);
    }

    bool is_accepted() const noexcept { return awsfed_policy_accepted(get()) != 0; }
    // Empty of one whose form AWS refuses.
    std::string_view text() const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_policy_text(get(), &n);
        return detail::view(found, n);
    }
    std::vector<Finding> findings() const {
        std::vector<Finding> all;
        for (std::size_t i = 0; i < awsfed_policy_finding_count(get()); ++i) {
            const auto text = [&](awsfed_finding_field field) {
                std::size_t n = 0;
                const char* found = awsfed_policy_finding_text(get(), i, field, &n);
                return detail::view(found, n);
            };
            Finding one{text(AWSFED_FINDING_CODE), text(AWSFED_FINDING_SEVERITY), text(AWSFED_FINDING_WHAT),
                        text(AWSFED_FINDING_ADVICE), text(AWSFED_FINDING_POINTER)};
            awsfed_policy_finding_place(get(), i, &one.offset, &one.length, &one.line, &one.column);
            all.push_back(one);
        }
        return all;
    }
    awsfed_policy* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_policy, awsfed_policy_free> object_;
};

// A request that policies are asked about.
class Access {
public:
    Access(std::string_view action, std::string_view resource) {
        awsfed_access* made = nullptr;
        detail::call(awsfed_access_new, action.data(), action.size(), resource.data(), resource.size(), &made);
        object_.reset(made);
    }
    Access& set(std::string_view name, std::string_view value) {
        detail::call(awsfed_access_set, get(), name.data(), name.size(), value.data(), value.size());
        return *this;
    }
    Access& add_context(std::string_view key, std::string_view value) {
        detail::call(awsfed_access_context, get(), key.data(), key.size(), value.data(), value.size());
        return *this;
    }
    awsfed_access* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_access, awsfed_access_free> object_;
};

struct Decision {
    awsfed_decision decision = AWSFED_DECISION_NONE;
    awsfed_layer layer = -1; // -1: none
    std::int64_t level = -1, policy = -1, statement = -1;
    std::uint32_t missing = 0; // of an implicit deny: 1 << layer

    bool allows() const noexcept { return decision == AWSFED_DECISION_ALLOW; }
};

class Analysis {
public:
    explicit Analysis(awsfed_analysis* object) : object_(object) {}
    std::string_view answer() const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_analysis_answer(get(), &n);
        return detail::view(found, n);
    }
    std::string_view json() const noexcept {
        std::size_t n = 0;
        const char* found = awsfed_analysis_json(get(), &n);
        return detail::view(found, n);
    }
    std::vector<std::string_view> documents() const {
        std::vector<std::string_view> all;
        for (std::size_t i = 0; i < awsfed_analysis_document_count(get()); ++i) {
            std::size_t n = 0;
            const char* found = awsfed_analysis_document(get(), i, &n);
            all.push_back(detail::view(found, n));
        }
        return all;
    }
    awsfed_analysis* get() const noexcept { return object_.get(); }

private:
    detail::Owned<awsfed_analysis, awsfed_analysis_free> object_;
};

// The policies around a request, layer by layer.
class Policies {
public:
    Policies() {
        awsfed_policies* made = nullptr;
        detail::call(awsfed_policies_new, &made);
        object_.reset(made);
    }
    Policies& add(awsfed_layer layer, const Policy& policy, std::size_t level = 0) {
        detail::call(awsfed_policies_add, get(), layer, level, policy.get());
        return *this;
    }
    Decision evaluate(const Access& access) const noexcept {
        Decision made;
        made.decision = awsfed_policies_evaluate(get(), access.get(), &made.layer, &made.level, &made.policy,
                                                 &made.statement, &made.missing);
        return made;
    }
    // `steps` bounds the work; 0 is the usual bound.
    Analysis intersect(std::uint64_t steps = 0) const { return ask(awsfed_policies_intersect, steps); }
    Analysis session_report(std::uint64_t steps = 0) const { return ask(awsfed_policies_session_report, steps); }
    Analysis compare(const Policies& other, std::uint64_t steps = 0) const {
        awsfed_analysis* made = nullptr;
        detail::call(awsfed_policies_compare, get(), other.get(), steps, &made);
        return Analysis(made);
    }
    awsfed_policies* get() const noexcept { return object_.get(); }

private:
    template <class Question>
    Analysis ask(Question question, std::uint64_t steps) const {
        awsfed_analysis* made = nullptr;
        detail::call(question, get(), steps, &made);
        return Analysis(made);
    }

    detail::Owned<awsfed_policies, awsfed_policies_free> object_;
};

inline Analysis shrink(const Policy& policy, std::uint32_t flags = 0, std::size_t chars_max = 0,
                       std::uint64_t steps = 0) {
    awsfed_analysis* made = nullptr;
    detail::call(awsfed_policy_shrink, policy.get(), flags, chars_max, steps, &made);
    return Analysis(made);
}

} // namespace api
} // namespace awsfed

#endif // AWSFED_HPP
