// A policy document made ready to be asked: immutable, shared by threads, no memory taken when it is asked.
#pragma once

#include "policy/compiled_statement.h"
#include "policy/document.h"
#include "policy/request.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace awsfed::policy {

// A copy is another name for the same.
class CompiledPolicy {
public:
    explicit CompiledPolicy(const Document& document);

    std::size_t size() const { return statements_->size(); }
    const std::vector<CompiledStatement>& statements() const { return *statements_; }

    // Of the statements that match: the first Deny; without one, the first Allow. Who is asking is not looked at.
    struct Matched {
        std::optional<std::size_t> deny;
        std::optional<std::size_t> allow;
    };
    Matched ask(const Request& request) const;

private:
    std::shared_ptr<const std::vector<CompiledStatement>> statements_;
};

// Does a set of documents of one layer allow a request: some Allow matches, and no Deny does?
bool region_allows(const std::vector<CompiledPolicy>& documents, const Request& request);

} // namespace awsfed::policy
