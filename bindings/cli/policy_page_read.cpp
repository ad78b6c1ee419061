#include "json_value.h"
#include "policy_page.h"

#include <stdexcept>

namespace cli {

namespace {

std::size_t number_of(const JsonValue& value) {
    const std::string& digits = value.text();
    const bool fits = !digits.empty() && digits.size() < 10 && digits.find_first_not_of("0123456789") == digits.npos;
    return fits ? std::stoul(digits) : 0;
}

// One text, or a list of them.
PageWords words_of(const JsonValue& value) {
    PageWords words;
    for (const JsonValue& item : value.items())
        words.push_back(item.text());
    if (!value.is_array() && !value.is_null())
        words.push_back(value.text());
    return words;
}

// "*", or "AWS: arn" for each name.
PageWords principals_of(const JsonValue& value) {
    if (!value.is_object())
        return words_of(value);
    PageWords principals;
    for (const auto& [kind, names] : value.members())
        for (const std::string& name : words_of(names))
            principals.push_back(kind + ": " + name);
    return principals;
}

PageStatement statement_of(const JsonValue& value) {
    PageStatement one;
    one.sid = value["Sid"].text();
    one.effect = value["Effect"].text();
    one.not_principal = value.has("NotPrincipal");
    one.not_action = value.has("NotAction");
    one.not_resource = value.has("NotResource");
    one.principals = principals_of(value[one.not_principal ? "NotPrincipal" : "Principal"]);
    one.actions = words_of(value[one.not_action ? "NotAction" : "Action"]);
    one.resources = words_of(value[one.not_resource ? "NotResource" : "Resource"]);
    for (const auto& [op, keys] : value["Condition"].members())
        for (const auto& [key, values] : keys.members())
            one.conditions.push_back({op, key, words_of(values)});
    return one;
}

PageDocument document_of(const std::string& name, const std::string& text) {
    PageDocument document{name, text, {}};
    const auto json = JsonValue::parse(text);
    if (!json)
        return document;
    const JsonValue& statements = (*json)["Statement"];
    for (const JsonValue& one : statements.items())
        document.statements.push_back(statement_of(one));
    if (statements.is_object())
        document.statements.push_back(statement_of(statements));
    return document;
}

std::vector<PageDocument> documents_of(const JsonValue& list) {
    std::vector<PageDocument> documents;
    for (const JsonValue& one : list.items())
        documents.push_back(document_of(one["name"].text(), one["document"].text()));
    return documents;
}

std::optional<PageRequest> request_of(const JsonValue& value) {
    if (!value.is_object())
        return std::nullopt;
    PageRequest request{value["action"].text(), value["resource"].text(), {}};
    for (const auto& [key, values] : value["context"].members())
        request.context.emplace_back(key, words_of(values));
    return request;
}

PageJudgement judgement_of(const JsonValue& value) {
    PageJudgement one{number_of(value["policy"]),
                      number_of(value["statement"]),
                      value["redundant"].text() == "true",
                      value["state"].text(),
                      {}};
    for (const JsonValue& part : value["parts"].items())
        one.parts.push_back({part["action"].text(), part["resource"].text(), part["state"].text()});
    return one;
}

} // namespace

PolicyPage policy_page_of(const std::string& text) {
    const auto json = JsonValue::parse(text);
    if (!json || !json->is_object())
        throw std::runtime_error("The explanation of the policies is no JSON object.");
    PolicyPage page;
    page.role = documents_of((*json)["role"]);
    page.session = documents_of((*json)["session"]);
    const JsonValue& report = (*json)["report"];
    page.data_date = report["data_date"].text();
    for (const JsonValue& one : report["statements"].items())
        page.judgements.push_back(judgement_of(one));
    const JsonValue& within = report["within_role"];
    page.within_role = {within["answer"].text(), within["why"].text(), request_of(within["witness"])};
    // The first one is the exact one, or the upper bound.
    const std::vector<JsonValue>& documents = (*json)["left"]["documents"].items();
    const JsonValue left = documents.empty() ? JsonValue() : documents.front();
    page.left = {document_of("", left["document"].text()), left["label"].text(), left["why"].text(),
                 request_of(left["witness"])};
    return page;
}

} // namespace cli
