// libkrb5's objects with owners, and its errors in our words. Inside of http/kerberos*.cpp only.
#pragma once

#include "base/cancel.h"
#include "base/result.h"

#include <krb5.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace awsfed::kerberos {

// Libkrb5's objects are given back to the context that made them.
template <auto GiveBack>
struct Giver {
    krb5_context context = nullptr;
    template <class T>
    void operator()(T* one) const {
        GiveBack(context, one);
    }
};
using Principal = std::unique_ptr<krb5_principal_data, Giver<krb5_free_principal>>;
using Cache = std::unique_ptr<_krb5_ccache, Giver<krb5_cc_close>>;
using OwnCache = std::unique_ptr<_krb5_ccache, Giver<krb5_cc_destroy>>; // its tickets are wiped
using Keytab = std::unique_ptr<_krb5_kt, Giver<krb5_kt_close>>;
using InitCreds = std::unique_ptr<_krb5_init_creds_context, Giver<krb5_init_creds_free>>;

// What Kerberos was doing: the same error means one thing of the user, and another of the service.
enum class Step { sign_in, service };

// A context of libkrb5. It reads krb5.conf, and the variables of libkrb5 itself (KRB5_CONFIG, KRB5CCNAME).
class Library {
public:
    static Result<Library> open();

    operator krb5_context() const { return context_.get(); } // NOLINT: it is one
    std::string words(krb5_error_code error) const; // printable, without a full stop
    Failure failure(krb5_error_code error, std::string_view what, Step step) const;

private:
    struct Free {
        void operator()(krb5_context context) const { krb5_free_context(context); }
    };
    explicit Library(krb5_context context) : context_(context) {}

    std::unique_ptr<_krb5_context, Free> context_;
};

// Carries libkrb5's messages to the KDCs that krb5.conf names, and stops when it was cancelled or has taken too long.
// To others libkrb5 sends them itself: then it is stopped before its next message only. Dies before the context.
class Patience {
public:
    Patience(krb5_context context, std::chrono::milliseconds time_max, const Cancel& cancel);
    ~Patience();
    Patience(const Patience&) = delete;
    Patience& operator=(const Patience&) = delete;

    // What came of it; where it was stopped from here, or nobody answered until then, that.
    template <class T>
    Result<T> judged(Result<T> outcome) const {
        const bool is_ours = !outcome && (stopped_ || outcome.error().code == Code::kdc_unreachable) && is_over();
        return is_ours ? Result<T>(why()) : std::move(outcome);
    }

private:
    static krb5_error_code before_message(krb5_context context, void* self, const krb5_data* realm,
                                          const krb5_data* message, krb5_data** new_message, krb5_data** new_reply);
    krb5_error_code carry(const std::string& realm, std::string_view message, krb5_data** reply);
    bool is_over() const;
    Failure why() const;

    krb5_context context_;
    std::chrono::milliseconds time_max_;
    std::chrono::steady_clock::time_point until_;
    const Cancel& cancel_;
    bool stopped_ = false;
    std::string answered_{}; // the KDC that replied last, by host and port
};

} // namespace awsfed::kerberos
