#include "policy/write.h"

#include "base/unicode.h"
#include "markup/json_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace awsfed::policy {

namespace {

void write_words(JsonWriter& out, const std::vector<Word>& words) {
    if (words.size() == 1) {
        out.string(words.front().text);
        return;
    }
    out.begin_array();
    for (const Word& word : words)
        out.string(word.text);
    out.end_array();
}

void write_principals(JsonWriter& out, const std::vector<Principal>& principals) {
    if (principals.size() == 1 && principals.front().type == "*") {
        out.string("*");
        return;
    }
    out.begin_object();
    for (const Principal& one : principals) {
        out.key(one.type);
        write_words(out, one.names);
    }
    out.end_object();
}

// Operators in the order in which they come first, each with all of its keys.
void write_conditions(JsonWriter& out, const std::vector<Condition>& conditions) {
    std::vector<Operator> written;
    out.begin_object();
    for (const Condition& first : conditions) {
        if (std::ranges::find(written, first.op) != written.end())
            continue;
        written.push_back(first.op);
        out.key(first.op.name()).begin_object();
        for (const Condition& one : conditions) {
            if (one.op != first.op)
                continue;
            out.key(one.key.text);
            write_words(out, one.values);
        }
        out.end_object();
    }
    out.end_object();
}

void write_statement(JsonWriter& out, const Statement& one) {
    out.begin_object();
    if (one.sid)
        out.member("Sid", one.sid->text);
    out.member("Effect", one.effect == Effect::allow ? "Allow" : "Deny");
    if (one.principals) {
        out.key(one.not_principal ? "NotPrincipal" : "Principal");
        write_principals(out, *one.principals);
    }
    out.key(one.not_action ? "NotAction" : "Action");
    write_words(out, one.actions);
    if (!one.resources.empty()) {
        out.key(one.not_resource ? "NotResource" : "Resource");
        write_words(out, one.resources);
    }
    if (!one.conditions.empty()) {
        out.key("Condition");
        write_conditions(out, one.conditions);
    }
    out.end_object();
}

} // namespace

namespace {

// STS takes no characters beyond U+00FF in a policy, but it takes their escapes; and U+0080 to U+009F steer terminals.
std::string escaped(std::string json) {
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (std::ranges::all_of(json, is_ascii))
        return json;
    std::string out;
    for (std::string_view rest = json; !rest.empty();) {
        const std::string_view before = rest;
        const auto point = static_cast<std::uint32_t>(take_character(rest));
        if (point < 0x80 || (point >= 0xA0 && point <= 0xFF))
            out += before.substr(0, before.size() - rest.size());
        else if (point <= 0xFFFF)
            out += fmt::format("\\u{:04x}", point);
        else
            out += fmt::format("\\u{:04x}\\u{:04x}", 0xD7C0 + (point >> 10), 0xDC00 + (point & 0x3FF));
    }
    return out;
}

} // namespace

std::string policy_text(const Document& document) {
    JsonWriter out;
    out.begin_object();
    if (document.version)
        out.member("Version", *document.version == Version::v2012 ? "2012-10-17" : "2008-10-17");
    if (document.id)
        out.member("Id", document.id->text);
    out.key("Statement");
    if (document.statements.size() != 1)
        out.begin_array();
    for (const Statement& one : document.statements)
        write_statement(out, one);
    if (document.statements.size() != 1)
        out.end_array();
    out.end_object();
    return escaped(out.text());
}

std::string statement_text(const Statement& statement) {
    JsonWriter out;
    write_statement(out, statement);
    return escaped(out.text());
}

} // namespace awsfed::policy
