// Documents for tests in few words.
#pragma once

#include "policy/compiled.h"
#include "policy/read.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed::policy {

inline Document document_of(std::string_view statements, std::string_view version = "2012-10-17") {
    const std::string text =
        R"({"Version":")" + std::string(version) + R"(","Statement":[)" + std::string(statements) + "]}";
    auto reading = read_policy(text, PolicyType::identity);
    REQUIRE_MESSAGE(reading.document.has_value(), text);
    return *std::move(reading.document);
}

// "Action" or "NotAction" and so on are told by a "!" before the text.
inline std::string statement_of(std::string_view effect, std::string_view action, std::string_view resource,
                                std::string_view condition) {
    const auto element = [](std::string_view name, std::string_view text) {
        const bool inverted = text.starts_with('!');
        return std::string(R"(,")") + (inverted ? "Not" : "") + std::string(name) + R"(":")" +
               std::string(text.substr(inverted ? 1 : 0)) + '"';
    };
    std::string text =
        R"({"Effect":")" + std::string(effect) + '"' + element("Action", action) + element("Resource", resource);
    if (!condition.empty())
        text += R"(,"Condition":)" + std::string(condition);
    return text + "}";
}

inline std::string allow(std::string_view action, std::string_view resource, std::string_view condition = "") {
    return statement_of("Allow", action, resource, condition);
}

inline std::string deny(std::string_view action, std::string_view resource, std::string_view condition = "") {
    return statement_of("Deny", action, resource, condition);
}

inline bool allows(const Document& document, const Request& request) {
    std::vector<CompiledPolicy> documents;
    documents.emplace_back(document);
    return region_allows(documents, request);
}

} // namespace awsfed::policy
