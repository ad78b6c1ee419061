// Named values: the one way to configure anything, and the rules for who may set what.
//
// Values come from the host program, from a connector in a config file, or from a job (flags,
// environment). What the connector sets a job cannot change unless the connector lists it as
// overridable; what only an administrator may set a job cannot set at all while a connector is used
// (security rule 1).
#pragma once

#include "base/arn.h"
#include "base/result.h"
#include "base/secret.h"
#include "settings/principal.h"
#include "settings/secret_reference.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace awsfed {

// The numbers are those of awsfed.h.
enum class SettingType : std::int32_t { text, integer, boolean, duration, url, path, arn, json, choice, secret };
enum class Guard { open, pinned, admin, host };
// Whether it tells one request for credentials from another; sign_in: one sign-in from another, too.
enum class Keying { sign_in, keyed, free };
enum class Origin { host, connector, job };

struct SettingRow {
    std::string_view name;
    std::string_view group;
    SettingType type;
    std::string_view default_value;
    std::string_view choices; // separated by blanks
    Guard guard;
    Keying key;
    std::string_view family; // empty: on its own
    std::string_view since;
    std::string_view help;
};

std::span<const SettingRow> setting_rows();
std::string_view type_name(SettingType type);
std::string_view guard_name(Guard guard);
std::string_view keying_name(Keying key);
std::string environment_name(std::string_view setting); // AWSFED_ROLE_ARN

class Settings {
public:
    Settings();
    Settings(Settings&&) = default;
    Settings& operator=(Settings&&) = default;
    Settings(const Settings&) = delete; // secrets are cloned by name, in overlaid_by
    Settings& operator=(const Settings&) = delete;

    // The host's word. The value is checked by the row's type. An empty value takes the setting away.
    // On a secret row only a reference is taken: see settings/secret_reference.h.
    Result<void> set(std::string_view name, std::string_view value);
    // The host's word on a secret row: the bytes themselves.
    Result<void> set_secret(std::string_view name, std::string_view bytes);
    // The [connector NAME] section of the config file at `path`, by its name or its id.
    Result<void> load_connector(const std::string& path, std::string_view connector);
    // Whom the host vouches for, and each of his groups: no setting, so that no file and no job can say it (security
    // rule 10). A name is kept to the letter.
    Result<void> vouch_for(std::string_view principal);
    Result<void> vouch_for_group(std::string_view group);
    // There is no user: what runs is the system. Said, it counts over the context's principal too.
    void vouch_for_nobody();
    // A job's wish: refused where a connector is in use and does not let the job have it.
    Result<void> override_by_job(std::string_view name, std::string_view value);
    // Every AWSFED_<NAME> variable of the environment, as a job's wish.
    Result<void> read_environment();
    // What AWS's own variables and config file say of the region, the endpoint and the authorities, where nobody else
    // says anything: it was said for other tools. Of what only an administrator may set, nothing counts beside a
    // connector. See settings/aws_environment.h.
    Result<void> read_aws_environment();

    // These settings with those of `top` over them. A job's values, of both, are judged anew by what the host and
    // the connector have set in either; the principal is that of `top`, if it says anything of one. Refuses two
    // connectors, and secrets from before a fork.
    Result<Settings> overlaid_by(const Settings& top) const;

    Settings clone() const;
    // For a request that is made from these settings, which is judged no more: it must not be overlaid. An empty text
    // takes the setting away.
    void derive(std::string_view name, std::string_view text);
    // Before the first of them: what counts of AWS's own variables now counts from then on, whatever is derived.
    void freeze();

    const std::string& connector() const { return connector_; } // its name, "" when none is loaded
    const std::string& connector_id() const { return connector_id_; } // "" when it has none
    const Principal* principal() const { return principal_ ? &*principal_ : nullptr; } // null: no user

    // ---- reading; the name must be that of a row of the right type -----------------------------
    bool has(std::string_view name) const; // has a value of its own, beside the default
    std::string text(std::string_view name) const;
    bool boolean(std::string_view name) const;
    std::optional<std::chrono::milliseconds> duration(std::string_view name) const;
    std::optional<Arn> arn(std::string_view name) const;
    // Every value of its own, by name; secrets among them have no text.
    void for_each(const std::function<void(const SettingRow& row, const std::string& text)>& visit) const;
    // Whether some secret is a reference, which may lead to another one at every look.
    bool refers_elsewhere() const;
    // Empty when nothing is set. Reads the file, variable or key, or runs the command, now.
    Result<std::optional<Secret>> secret(std::string_view name, const Cancel& cancel) const;
    // Follows the references of the secrets that tell requests apart, or only those that tell sign-ins apart, once:
    // from now on these settings have the bytes. Who looks twice may find another secret, or standard input empty.
    Result<void> hold_secrets(const Cancel& cancel, Keying which = Keying::keyed);

private:
    struct Value {
        Origin origin = Origin::host;
        std::string text; // not for secrets
        std::optional<SecretReference> reference; // a secret to fetch
        std::optional<Secret> secret; // a secret given as bytes
        bool trusted_file = false; // from a file that nobody else can write

        Value clone() const;
    };

    using Values = std::map<std::string, Value, std::less<>>;

    Result<Value> checked(const SettingRow& row, std::string_view text, Origin origin) const;
    Result<void> check_overridable() const;
    Result<void> check_job(const SettingRow& row, std::string_view text) const;
    Result<void> take_from_job(const SettingRow& row, std::string_view text);
    bool connector_lets(std::string_view name) const;
    bool ambient_counts(const SettingRow& row) const;
    const Value* find(std::string_view name) const;

    // Apart, so that nothing that a job says can ever loosen what it is judged by.
    Values trusted_; // of the host and the connector
    Values job_; // over them
    Values ambient_; // under them
    std::string connector_;
    std::string connector_id_;
    bool vouched_ = false; // the host said who asks, or that nobody does
    std::optional<Principal> principal_;
    pid_t process_;
};

// "90", "90s", "15m", "1h", "500ms"; empty when it is none of these or beyond a year.
std::optional<std::chrono::milliseconds> read_duration(std::string_view text);

} // namespace awsfed
