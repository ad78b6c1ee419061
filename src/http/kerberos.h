// A Kerberos ticket, and the token by which its owner proves himself to a web server (RFC 4559): by MIT's libkrb5 and
// its GSSAPI. All tickets are worked with in a cache of our own, in memory, which dies with the object: nothing that
// the thread or the process has as its default is changed, and nothing is written to anybody's cache.
#pragma once

#include "base/cancel.h"
#include "base/result.h"
#include "base/secret.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace awsfed {

struct KerberosTerms {
    std::string cache{};     // FILE:PATH, KCM:, KEYRING:...; empty: that of the process
    std::string keytab{};    // the path of one; empty: the ticket is in the cache
    std::string principal{}; // user@REALM; empty: the cache's own, or the first of the keytab
};

// The principal, where its ticket cache or its key is at hand. Talks to nobody.
Result<std::string> kerberos_owner(const KerberosTerms& terms);

class KerberosTicket {
public:
    // That for the web server of this name, HTTP/host. Talks to the KDC, for `time_max` and no longer where krb5.conf
    // names it. Where libkrb5 finds it in DNS, it waits by its own rules and cannot be interrupted: between two
    // messages `cancel` and `time_max` are looked at.
    static Result<KerberosTicket> take(const KerberosTerms& terms, const std::string& host,
                                       std::chrono::milliseconds time_max, const Cancel& cancel);
    KerberosTicket(KerberosTicket&&) noexcept;
    KerberosTicket& operator=(KerberosTicket&&) noexcept;
    ~KerberosTicket();

    // What stands behind "Negotiate " in the header. For one use. `binding`: see base/channel_binding.h; empty: none.
    Result<Secret> token(std::string_view binding) const;

private:
    struct Held;
    explicit KerberosTicket(std::unique_ptr<Held> held);

    std::unique_ptr<Held> held_;
};

} // namespace awsfed
