// The permissions that are left of a role when a session policy is laid over it, as a document that any IAM engine
// reads.
#pragma once

#include "policy/compare.h"
#include "policy/document.h"
#include "policy/request.h"

#include <optional>
#include <string>

namespace awsfed::policy {

struct EffectiveDocument {
    // What was proved of it, by comparing it with the pair: it allows the same; at least that; at most that.
    enum Label { exact, upper, lower, unproved } label = unproved;
    Document document; // without statements: nothing is allowed
    std::optional<Request> witness; // on which it and the pair differ; none where a difference is only possible
    std::string why;                // it is not exact
};
std::string_view name_of(EffectiveDocument::Label label);

struct Intersection {
    EffectiveDocument document;             // the exact one, or the upper
    std::optional<EffectiveDocument> lower; // where that is not exact
};

// A request is allowed that both layers allow.
Intersection intersect(const Layered& role, const Layered& session, const CompareOptions& options);

} // namespace awsfed::policy
