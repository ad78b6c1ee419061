// Pages of identity providers: MANIFEST.json has an entry for each, whose "judge" says how the page is to be
// read and what may be sent. Its "schema" explains the keys.
#include "vectors/json_tree.h"
#include "vectors/report.h"

#include "base/hash.h"
#include "base/limits.h"
#include "idp/mex.h"
#include "idp/page_class.h"
#include "markup/xml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace vectors {

namespace {

using awsfed::PageClass;
using awsfed::PageVerdict;
using awsfed::SentField;

std::string filled(std::string text, const Json& fill) {
    for (const auto& [placeholder, value] : fill.members()) {
        const std::string with = value.text();
        for (std::size_t at = 0; (at = text.find(placeholder, at)) != std::string::npos; at += with.size())
            text.replace(at, placeholder.size(), with);
    }
    return text;
}

PageVerdict verdict_on(const Json& entry, const std::string& body) {
    const auto url = awsfed::Url::parse(entry["url"].text());
    if (!url)
        throw std::runtime_error("The URL of an entry cannot be read: " + entry["url"].text());
    std::vector<std::string> origins;
    for (const Json& origin : entry["allowed_origins"].items())
        origins.push_back(origin.text());
    const awsfed::PageContext context{.url = *url, .status = entry["status"].number(), .origins = origins};
    return awsfed::classify_answer(body, entry["content_type"].text(), context);
}

bool lists(const Json& list, std::string_view text) {
    return std::ranges::any_of(list.items(),
                               [&](const Json& item) { return !item.is_number() && item.text() == text; });
}

// ---- what is sent -------------------------------------------------------------------------

bool has_value(const SentField& field, const Json& wanted) {
    if (const Json* digest = wanted.find("sha256"))
        return awsfed::hex(awsfed::sha256(field.value.reveal())) == digest->text();
    if (wanted["value"].is_null()) // the host decides, within the list
        return wanted["of"].items().empty() || lists(wanted["of"], field.value.reveal());
    return field.value.equals(wanted["value"].text());
}

void compare_field(Case& test, const SentField& field, const Json& wanted) {
    const std::string role = wanted["role"].text();
    const bool is_user = field.role == SentField::Role::user;
    const bool is_password = field.role == SentField::Role::password;
    test.equal("name", wanted["name"].text(), field.name);
    if (is_user != (role == "user") || is_password != (role == "password"))
        return test.fail(fmt::format("{} as {}", field.name, role), "another role");
    if (!is_user && !is_password && !has_value(field, wanted))
        test.fail(fmt::format("{} with its value", field.name), "another value");
}

void compare_send(Case& test, const PageVerdict& verdict, const Json& judge) {
    const auto& wanted = judge["send"].items();
    std::size_t next = 0;
    for (const SentField& field : verdict.send) {
        const bool is_next = next < wanted.size() && wanted[next]["name"].text() == field.name;
        if (is_next)
            compare_field(test, field, wanted[next++]);
        else if (!lists(judge["optional"], field.name))
            return test.fail(next < wanted.size() ? wanted[next]["name"].text() : "nothing more", field.name);
    }
    if (next < wanted.size())
        test.fail(wanted[next]["name"].text(), "nothing more");
}

void check_never(Case& test, const PageVerdict& verdict, const Json& judge) {
    for (const Json& item : judge["never"].items()) {
        if (item.is_number()) {
            if (verdict.form && static_cast<int>(*verdict.form) == item.number())
                test.fail("a form that may be sent", fmt::format("form {}", *verdict.form));
            continue;
        }
        const std::string text = item.text();
        const std::size_t sign = text.find('=');
        for (const SentField& field : verdict.send) {
            if (field.name == text ||
                (sign != text.npos && field.name == text.substr(0, sign) && field.value.equals(text.substr(sign + 1))))
                test.fail(fmt::format("no {}", text), field.name);
        }
    }
}

// A client that has no second factor stops, and so does one that finds another of several right classes.
bool may_stop(const PageVerdict& verdict, const Json& judge) {
    return verdict.kind == PageClass::mfa_required || awsfed::page_class_name(verdict.kind) != judge["class"].text();
}

void compare_form(Case& test, const PageVerdict& verdict, const Json& judge) {
    if (!verdict.form) {
        if (!verdict.send.empty())
            test.fail("nothing to send without a form", verdict.send.front().name);
        if (!judge["form"].is_null() && !may_stop(verdict, judge))
            test.fail(fmt::format("form {}", judge["form"].text()), "none");
        return;
    }
    test.equal("form", judge["form"].is_null() ? "none" : judge["form"].text(), fmt::format("{}", *verdict.form));
    test.equal("action", judge["action"].text(), verdict.action ? verdict.action->text() : "");
    test.equal("method", judge["method"].text(), verdict.method);
    compare_send(test, verdict, judge);
}

// ---- documents of WS-Trust and ECP --------------------------------------------------------

void compare_endpoints(Case& test, const std::string& body, const Json& wanted) {
    std::string expected, got;
    for (const Json& one : wanted.items())
        expected += fmt::format("{} {} ", one["version"].text(), one["url"].text());
    const auto found = awsfed::username_endpoints(body);
    for (const auto& one : found ? *found : std::vector<awsfed::TrustEndpoint>())
        got += fmt::format("{} {} ", one.version == awsfed::TrustVersion::v13 ? "1.3" : "2005", one.url.text());
    test.equal("endpoints", expected, got);
}

std::optional<awsfed::XmlElement> descendant(const awsfed::XmlElement& element, std::string_view name) {
    for (auto one = element.first(); one; one = one->next()) {
        if (one->name() == name)
            return one;
        if (const auto below = descendant(*one, name))
            return below;
    }
    return std::nullopt;
}

// Below the body of an envelope, whose header may hold names like those below.
std::optional<awsfed::XmlElement> message_in(const awsfed::XmlElement& root, std::string_view name) {
    const auto body = root.child("Body");
    return descendant(body ? *body : root, name);
}

// Where an element stands in the document, to the byte: what is signed is cut out of it.
void compare_place(Case& test, const std::string& body, const Json& judge, std::string_view name,
                   const std::string& key) {
    if (!judge.has(key + "_offset"))
        return;
    const auto document = awsfed::XmlReader::parse(body, awsfed::page_bytes_max);
    const auto element = document ? message_in(document->root(), name) : std::nullopt;
    if (!element)
        return test.fail(key, "none");
    const std::string_view source = element->source(body);
    test.equal(key + "_offset", judge[key + "_offset"].text(), fmt::format("{}", source.data() - body.data()));
    test.equal(key + "_length", judge[key + "_length"].text(), fmt::format("{}", source.size()));
}

void judge_document(Case& test, const std::string& body, const Json& judge) {
    if (const Json* endpoints = judge.find("endpoints"))
        compare_endpoints(test, body, *endpoints);
    compare_place(test, body, judge, judge["assertion_encrypted"].is_true() ? "EncryptedAssertion" : "Assertion",
                  "assertion");
    compare_place(test, body, judge, "Response", "response");
}

void judge_page(Case& test, const PageVerdict& verdict, const Json& judge) {
    const std::string kind(awsfed::page_class_name(verdict.kind));
    if (kind != judge["class"].text() && !lists(judge["either"], kind))
        test.fail(judge["class"].text(), fmt::format("{} ({})", kind, verdict.evidence));
    check_never(test, verdict, judge);
    compare_form(test, verdict, judge);
    if (kind != judge["class"].text())
        return;
    test.equal("code", judge["code"].text(), verdict.code);
    test.equal("adapter", judge["adapter"].text(), verdict.adapter);
    if (const Json* reference = judge.find("reference"); reference != nullptr && verdict.kind != PageClass::not_idp)
        test.equal("reference", reference->text(), verdict.reference);
}

} // namespace

void run_pages(const std::filesystem::path& path, Report& report) {
    const std::optional<Json> manifest = Json::read(path / "MANIFEST.json");
    if (!manifest)
        return;
    for (const auto& [name, entry] : (*manifest)["pages"].members()) {
        const auto body = read_file(path / name);
        if (!body)
            throw std::runtime_error("There is no " + name);
        Case test(report, name);
        const std::string document = filled(*body, entry["fill"]);
        judge_page(test, verdict_on(entry, document), entry["judge"]);
        judge_document(test, document, entry["judge"]);
    }
}

} // namespace vectors
