#include "settings/secret_reference.h"

#include "base/limits.h"
#include "base/text.h"
#include "settings/files.h"
#include "settings/kernel_keys.h"
#include "settings/secret_command.h"

#include <array>
#include <cstdlib>

namespace awsfed {

namespace {

using Kind = SecretReference::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 5> prefixes{{
    {"env:", Kind::environment},
    {"file:", Kind::file},
    {"keyring:", Kind::keyring},
    {"persistent:", Kind::persistent},
    {"command:", Kind::command},
}};

// People's files end in a line end that is not part of the secret.
Secret without_line_end(Secret secret) {
    std::string_view bytes = secret.reveal();
    if (bytes.ends_with('\n'))
        bytes.remove_suffix(1);
    if (bytes.ends_with('\r'))
        bytes.remove_suffix(1);
    secret.truncate(bytes.size());
    return secret;
}

Result<Secret> from_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): read only, as the caller asked
    if (value == nullptr)
        return fail(Code::secret_unreadable, "The environment variable {} is not set.", printable(name));
    return Secret(value);
}

Result<Secret> from_file(const std::string& path) {
    AWSFED_TRY(FileContent file, read_file(path, secret_bytes_max, Code::secret_unreadable, "secret's file"));
    return without_line_end(std::move(file.bytes));
}

Result<Secret> from_standard_input() {
    AWSFED_TRY(Secret bytes, read_standard_input(secret_bytes_max));
    if (bytes.empty())
        return fail(Code::secret_unreadable, "Standard input is empty, or was read before.");
    return without_line_end(std::move(bytes));
}

} // namespace

Result<SecretReference> SecretReference::parse(std::string_view text) {
    if (text == "stdin")
        return SecretReference{Kind::input, {}};
    for (const auto& [prefix, kind] : prefixes) {
        if (!text.starts_with(prefix))
            continue;
        const std::string_view target = text.substr(prefix.size());
        if (target.empty())
            return fail(Code::secret_reference, "The reference {} names nothing.", prefix);
        if (kind == Kind::command && !target.starts_with('/'))
            return fail(Code::secret_reference, "A command must be given by its absolute path.");
        return SecretReference{kind, std::string(target)};
    }
    // The value is not repeated: it may be the secret itself.
    return fail(Code::secret_reference, "A secret is given by a reference, not by its value.");
}

Result<Secret> fetch_secret(const SecretReference& reference, bool commands_allowed, const Cancel& cancel) {
    switch (reference.kind) {
    case Kind::environment: return from_environment(reference.target);
    case Kind::file: return from_file(reference.target);
    case Kind::input: return from_standard_input();
    case Kind::keyring: return kernel_key(reference.target);
    case Kind::persistent: return lasting_kernel_key(reference.target);
    case Kind::command: break;
    }
    if (!commands_allowed)
        return fail(Code::command_forbidden, "A command reference is not allowed here.");
    AWSFED_TRY(Secret printed, run_secret_command(reference.target, cancel));
    return without_line_end(std::move(printed));
}

} // namespace awsfed
