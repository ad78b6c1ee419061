#include "http/kerberos.h"

#include "base/text.h"
#include "http/kerberos_library.h"
#include "http/spnego.h"

#include <utility>

namespace awsfed {

using namespace kerberos;

namespace {

Failure no_ticket(const Library& library, krb5_error_code error) {
    return fail(Code::kerberos_no_ticket, "There is no Kerberos ticket that can be used: {}.", library.words(error))
        .setting("kerberos_cache");
}

Failure bad_keytab(const Library& library, krb5_error_code error, const KerberosTerms& terms) {
    return fail(Code::kerberos_keytab_unusable, "The keytab {} cannot be used: {}.", printable(terms.keytab),
                library.words(error))
        .setting("kerberos_keytab");
}

Result<Principal> named_principal(const Library& library, const std::string& name) {
    krb5_principal read = nullptr;
    if (const auto error = krb5_parse_name(library, name.c_str(), &read); error != 0)
        return fail(Code::setting_invalid, "\"{}\" is no Kerberos principal: {}.", printable(name),
                    library.words(error))
            .setting("kerberos_principal");
    return Principal(read, {library});
}

Result<std::string> name_of(const Library& library, krb5_const_principal principal) {
    char* text = nullptr;
    if (const auto error = krb5_unparse_name(library, principal, &text); error != 0)
        return fail(Code::internal, "A Kerberos principal cannot be written: {}.", library.words(error));
    std::string name(text);
    krb5_free_unparsed_name(library, text);
    return name;
}

// ---- where the ticket or the key comes from -----------------------------------------------------

struct Source {
    Principal owner;
    Cache cache{nullptr, {}};   // this one
    Keytab keytab{nullptr, {}}; // or this one
};

Result<Principal> first_principal(const Library& library, krb5_keytab keytab, const KerberosTerms& terms) {
    krb5_kt_cursor place{};
    if (const auto error = krb5_kt_start_seq_get(library, keytab, &place); error != 0)
        return bad_keytab(library, error, terms);
    krb5_keytab_entry entry{};
    const auto error = krb5_kt_next_entry(library, keytab, &entry, &place);
    krb5_principal copy = nullptr;
    const bool is_there = error == 0 && krb5_copy_principal(library, entry.principal, &copy) == 0;
    if (error == 0)
        krb5_free_keytab_entry_contents(library, &entry);
    krb5_kt_end_seq_get(library, keytab, &place);
    if (!is_there)
        return bad_keytab(library, error, terms);
    return Principal(copy, {library});
}

Result<Source> open_keytab(const Library& library, const KerberosTerms& terms) {
    krb5_keytab opened = nullptr;
    if (const auto error = krb5_kt_resolve(library, ("FILE:" + terms.keytab).c_str(), &opened); error != 0)
        return bad_keytab(library, error, terms);
    Keytab keytab(opened, {library});
    AWSFED_TRY(Principal owner, terms.principal.empty() ? first_principal(library, opened, terms)
                                                        : named_principal(library, terms.principal));
    krb5_keytab_entry entry{};
    if (const auto error = krb5_kt_get_entry(library, opened, owner.get(), 0, 0, &entry); error != 0)
        return bad_keytab(library, error, terms);
    krb5_free_keytab_entry_contents(library, &entry);
    return Source{.owner = std::move(owner), .keytab = std::move(keytab)};
}

// Of a collection (KCM:, KEYRING:, DIR:) the cache of that principal.
Result<Source> open_cache(const Library& library, const KerberosTerms& terms) {
    if (!terms.cache.empty()) { // the context's default only
        if (const auto error = krb5_cc_set_default_name(library, terms.cache.c_str()); error != 0)
            return no_ticket(library, error);
    }
    krb5_ccache opened = nullptr;
    if (terms.principal.empty()) {
        if (const auto error = krb5_cc_default(library, &opened); error != 0)
            return no_ticket(library, error);
    } else {
        AWSFED_TRY(const Principal wanted, named_principal(library, terms.principal));
        if (krb5_cc_cache_match(library, wanted.get(), &opened) != 0)
            return fail(Code::kerberos_no_ticket, "There is no Kerberos ticket of {}.", printable(terms.principal))
                .setting("kerberos_principal");
    }
    Cache cache(opened, {library});
    krb5_principal owner = nullptr;
    if (const auto error = krb5_cc_get_principal(library, opened, &owner); error != 0)
        return no_ticket(library, error);
    return Source{.owner = Principal(owner, {library}), .cache = std::move(cache)};
}

Result<Source> open_source(const Library& library, const KerberosTerms& terms) {
    return terms.keytab.empty() ? open_cache(library, terms) : open_keytab(library, terms);
}

// ---- the tickets ----------------------------------------------------------------------------

Result<OwnCache> new_cache(const Library& library, krb5_principal owner) {
    krb5_ccache made = nullptr;
    if (const auto error = krb5_cc_new_unique(library, "MEMORY", nullptr, &made); error != 0)
        return fail(Code::internal, "There is no memory for Kerberos tickets: {}.", library.words(error));
    OwnCache cache(made, {library});
    if (const auto error = krb5_cc_initialize(library, made, owner); error != 0)
        return fail(Code::internal, "There is no memory for Kerberos tickets: {}.", library.words(error));
    return cache;
}

// One attempt: krb5_get_init_creds_keytab would make a second one at the realm's primary KDC.
Result<void> sign_in_by_key(const Library& library, const Source& source, krb5_ccache into) {
    krb5_init_creds_context made = nullptr;
    auto error = krb5_init_creds_init(library, source.owner.get(), nullptr, nullptr, 0, nullptr, &made);
    const InitCreds exchange(made, {library});
    if (error == 0)
        error = krb5_init_creds_set_keytab(library, made, source.keytab.get());
    if (error == 0)
        error = krb5_init_creds_get(library, made);
    krb5_creds ticket{};
    if (error == 0)
        error = krb5_init_creds_get_creds(library, made, &ticket);
    if (error != 0) {
        AWSFED_TRY(const std::string owner, name_of(library, source.owner.get()));
        return library.failure(error, fmt::format("Kerberos does not sign {} in", printable(owner)), Step::sign_in);
    }
    error = krb5_cc_store_cred(library, into, &ticket);
    krb5_free_cred_contents(library, &ticket);
    if (error != 0)
        return fail(Code::internal, "A Kerberos ticket cannot be kept: {}.", library.words(error));
    return {};
}

// The service's name, with its realm. So that whatever fails is told by Kerberos, and the token can be made without
// talking to anybody. The host is taken as it stands in the URL, as browsers on Windows do: what DNS makes of it would
// be another name than that of the farm.
Result<std::string> get_service_ticket(const Library& library, const Source& source, krb5_ccache cache,
                                       const std::string& host) {
    krb5_principal named = nullptr;
    if (const auto error = krb5_sname_to_principal(library, host.c_str(), "HTTP", KRB5_NT_UNKNOWN, &named); error != 0)
        return library.failure(error, fmt::format("{} has no name for Kerberos", host), Step::service);
    const Principal service(named, {library});
    AWSFED_TRY(const std::string name, name_of(library, named));
    krb5_creds wanted{};
    wanted.client = source.owner.get();
    wanted.server = named;
    krb5_creds* got = nullptr;
    const auto error = krb5_get_credentials(library, 0, cache, &wanted, &got);
    if (error != 0)
        return library.failure(error, fmt::format("Kerberos gives no ticket for {}", printable(name)), Step::service);
    auto found = name_of(library, got->server);
    krb5_free_creds(library, got);
    return found;
}

} // namespace

Result<std::string> kerberos_owner(const KerberosTerms& terms) {
    AWSFED_TRY(const Library library, Library::open());
    AWSFED_TRY(const Source source, open_source(library, terms));
    return name_of(library, source.owner.get());
}

struct KerberosTicket::Held {
    Library library;
    OwnCache cache;
    std::string service;
};

KerberosTicket::KerberosTicket(std::unique_ptr<Held> held) : held_(std::move(held)) {}
KerberosTicket::KerberosTicket(KerberosTicket&&) noexcept = default;
KerberosTicket& KerberosTicket::operator=(KerberosTicket&&) noexcept = default;
KerberosTicket::~KerberosTicket() = default;

Result<KerberosTicket> KerberosTicket::take(const KerberosTerms& terms, const std::string& host,
                                            std::chrono::milliseconds time_max, const Cancel& cancel) {
    AWSFED_TRY(Library library, Library::open());
    Patience patience(library, time_max, cancel);
    AWSFED_TRY(const Source source, open_source(library, terms));
    AWSFED_TRY(OwnCache cache, new_cache(library, source.owner.get()));
    if (source.keytab) {
        AWSFED_CHECK(patience.judged(sign_in_by_key(library, source, cache.get())));
    } else if (const auto error = krb5_cc_copy_creds(library, source.cache.get(), cache.get()); error != 0) {
        return no_ticket(library, error);
    }
    AWSFED_TRY(std::string service, patience.judged(get_service_ticket(library, source, cache.get(), host)));
    return KerberosTicket(std::make_unique<Held>(Held{std::move(library), std::move(cache), std::move(service)}));
}

Result<Secret> KerberosTicket::token(std::string_view binding) const {
    char* name = nullptr;
    if (const auto error = krb5_cc_get_full_name(held_->library, held_->cache.get(), &name); error != 0)
        return fail(Code::internal, "The Kerberos tickets have no name: {}.", held_->library.words(error));
    const std::string cache(name);
    krb5_free_string(held_->library, name);
    return spnego_token(cache, held_->service, binding);
}

} // namespace awsfed
