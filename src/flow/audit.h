// The audit: a line of JSON for each time that credentials are given out, or are refused (security rule 15).
//
// A line holds no secret but what has to be looked for in AWS's own log: the access key id, alone.
#pragma once

#include "base/result.h"
#include "credentials/credentials.h"
#include "settings/settings.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace awsfed {

class Context;

// What a call learns on its way.
struct AuditFacts {
    bool is_kept = false;         // the credentials are those that somebody had got before
    std::string verification{};   // of the SAML response that was used: "pinned", "url" or "unchecked"; "": none was
};

class Audit {
public:
    // By the settings of a call, whoever makes it; `action` is that of STS, "": the settings say. Opens the file: with
    // audit=required a place that cannot be written is audit_failed before anything else is done.
    static Result<Audit> open(const Context& context, const Settings* call, std::string_view action);

    // With audit=required a line that cannot be written is audit_failed: the credentials are not to be given out.
    // Otherwise it is warned of.
    Result<void> given(const Credentials& keys, const AuditFacts& facts) const;
    void refused(const Error& why, const AuditFacts& facts) const;
    // The name that somebody signs in with, where no setting says it.
    void signs_in(std::string_view user);

private:
    struct Terms;

    Result<void> write(std::string_view event, std::string_view more) const;

    std::shared_ptr<Terms> terms_; // null: nobody wants lines
};

// Every way to credentials leads through here, once: what `get` brings is given out with its line, or not at all.
Result<Credentials> audited(const Context& context, const Settings* call, std::string_view action,
                            const std::function<Result<Credentials>(AuditFacts&)>& get);

} // namespace awsfed
