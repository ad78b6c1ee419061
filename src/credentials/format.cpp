#include "credentials/format.h"

#include "base/encode.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace awsfed {

namespace {

struct Variable {
    std::string_view name;
    Secret value;
};

// Tools prefer these to the keys, or read them beside the keys.
constexpr std::array shadowing{"AWS_PROFILE",        "AWS_DEFAULT_PROFILE",
                               "AWS_SECURITY_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE",
                               "AWS_ROLE_ARN",       "AWS_ROLE_SESSION_NAME"};

std::string expiration_text(const Credentials& credentials) {
    return credentials.expiration ? iso_time(*credentials.expiration) : std::string();
}

std::vector<Variable> variables_of(const Credentials& credentials) {
    std::vector<Variable> variables;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty())
            variables.push_back({name, Secret(value)});
    };
    add("AWS_ACCESS_KEY_ID", credentials.access_key_id.reveal());
    add("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.reveal());
    add("AWS_SESSION_TOKEN", credentials.session_token.reveal());
    add("AWS_CREDENTIAL_EXPIRATION", expiration_text(credentials));
    add("AWS_REGION", credentials.region);
    add("AWS_DEFAULT_REGION", credentials.region);
    return variables;
}

// A token or an expiration left over from other keys would be joined to these ones.
std::vector<std::string_view> names_to_unset(const Credentials& credentials) {
    std::vector<std::string_view> names(shadowing.begin(), shadowing.end());
    if (credentials.session_token.empty())
        names.emplace_back("AWS_SESSION_TOKEN");
    if (!credentials.expiration)
        names.emplace_back("AWS_CREDENTIAL_EXPIRATION");
    return names;
}

// POSIX: nothing is special between single quotes but the quote itself.
void append_sh_quoted(Secret& out, std::string_view value) {
    out.append('\'');
    for (const char c : value) {
        if (c == '\'')
            out.append("'\\''");
        else
            out.append(c);
    }
    out.append('\'');
}

// fish: a backslash escapes a quote and itself between single quotes.
void append_fish_quoted(Secret& out, std::string_view value) {
    out.append('\'');
    for (const char c : value) {
        if (c == '\'' || c == '\\')
            out.append('\\');
        out.append(c);
    }
    out.append('\'');
}

// PowerShell ends a single-quoted string at typographic quotes (U+2018 to U+201B) as well; any of them
// stands for itself when it is doubled.
void append_powershell_quoted(Secret& out, std::string_view value) {
    const auto is_typographic_quote = [](std::string_view at) {
        return at.size() >= 3 && at[0] == '\xE2' && at[1] == '\x80' && at[2] >= '\x98' && at[2] <= '\x9B';
    };
    out.append('\'');
    for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string_view rest = value.substr(i);
        if (is_typographic_quote(rest))
            out.append(rest.substr(0, 3));
        else if (rest.front() == '\'')
            out.append('\'');
        out.append(rest.front());
    }
    out.append('\'');
}

Secret format_sh(const Credentials& credentials) {
    Secret out;
    out.append("unset");
    for (const std::string_view name : names_to_unset(credentials)) {
        out.append(' ');
        out.append(name);
    }
    out.append('\n');
    for (const Variable& variable : variables_of(credentials)) {
        out.append("export ");
        out.append(variable.name);
        out.append('=');
        append_sh_quoted(out, variable.value.reveal());
        out.append('\n');
    }
    return out;
}

Secret format_fish(const Credentials& credentials) {
    Secret out;
    for (const std::string_view name : names_to_unset(credentials)) {
        out.append("set -e ");
        out.append(name);
        out.append('\n');
    }
    for (const Variable& variable : variables_of(credentials)) {
        out.append("set -gx ");
        out.append(variable.name);
        out.append(' ');
        append_fish_quoted(out, variable.value.reveal());
        out.append('\n');
    }
    return out;
}

Secret format_powershell(const Credentials& credentials) {
    Secret out;
    for (const std::string_view name : names_to_unset(credentials)) {
        out.append("Remove-Item -Path Env:");
        out.append(name);
        out.append(" -ErrorAction SilentlyContinue\n");
    }
    for (const Variable& variable : variables_of(credentials)) {
        out.append("$Env:");
        out.append(variable.name);
        out.append(" = ");
        append_powershell_quoted(out, variable.value.reveal());
        out.append('\n');
    }
    return out;
}

Secret format_process(const Credentials& credentials) {
    Secret out;
    out.append("{\"Version\":1");
    const auto add = [&](std::string_view name, std::string_view value) {
        if (value.empty())
            return;
        out.append(",\"");
        out.append(name);
        out.append("\":\"");
        out.append(json_escaped(value).reveal());
        out.append('"');
    };
    add("AccessKeyId", credentials.access_key_id.reveal());
    add("SecretAccessKey", credentials.secret_access_key.reveal());
    add("SessionToken", credentials.session_token.reveal());
    add("Expiration", expiration_text(credentials));
    add("AccountId", credentials.account);
    out.append("}\n");
    return out;
}

// java.util.Properties: a backslash escapes, a line ends the value, blanks at its front are skipped.
void append_property_value(Secret& out, std::string_view value) {
    for (std::size_t i = 0; i < value.size(); ++i) {
        switch (const char c = value[i]) {
        case '\\': out.append("\\\\"); break;
        case '\n': out.append("\\n"); break;
        case '\r': out.append("\\r"); break;
        case '\t': out.append("\\t"); break;
        case '\f': out.append("\\f"); break;
        case ' ': out.append(i == 0 ? "\\ " : " "); break;
        default: out.append(c);
        }
    }
}

Secret format_bamboo(const Credentials& credentials) {
    Secret out;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (value.empty())
            return;
        out.append(name);
        out.append('=');
        append_property_value(out, value);
        out.append('\n');
    };
    add("awsfed.secret.access_key_id", credentials.access_key_id.reveal());
    add("awsfed.secret.secret_access_key", credentials.secret_access_key.reveal());
    add("awsfed.secret.session_token", credentials.session_token.reveal());
    add("awsfed.expiration", expiration_text(credentials));
    return out;
}

struct Format {
    std::string_view name;
    Secret (*write)(const Credentials&);
};
constexpr std::array formats{Format{"sh", format_sh}, Format{"fish", format_fish},
                             Format{"powershell", format_powershell}, Format{"process", format_process},
                             Format{"bamboo", format_bamboo}};

bool holds_nul(const Credentials& credentials) {
    const std::array<std::string_view, 5> values{
        credentials.access_key_id.reveal(), credentials.secret_access_key.reveal(), credentials.session_token.reveal(),
        credentials.region, credentials.account};
    return std::ranges::any_of(values, [](std::string_view value) { return value.find('\0') != value.npos; });
}

} // namespace

Result<Secret> format_credentials(const Credentials& credentials, std::string_view format) {
    const auto* found = std::ranges::find(formats, format, &Format::name);
    if (found == formats.end())
        return fail(Code::format_unknown, "There is no format \"{}\".", printable(format, 40));
    if (holds_nul(credentials))
        return fail(Code::sts_answer_malformed, "The credentials hold a NUL, which no format can carry.");
    return found->write(credentials);
}

} // namespace awsfed
