// Whom a resource policy names: the caller, its role, its account, or somebody else.
#pragma once

#include "policy/document.h"
#include "policy/request.h"

#include <string>
#include <string_view>
#include <vector>

namespace awsfed::policy {

// How closely a principal element names the caller; the later, the closer. IAM User Guide, "Evaluating policies
// within a single account": what a policy grants to a session, its role's limits do not take away.
enum class Named : unsigned char {
    not_at_all,
    account,
    role, // of a session; or the user whom a federated user works for
    everybody,
    itself,
};

class PrincipalMatch {
public:
    explicit PrincipalMatch(const Statement& statement);

    // Of a statement without the element: not_at_all, and is_there() is false.
    Named names(const Request& request, Effect effect, bool has_boundary) const;
    bool is_there() const { return is_there_; }

private:
    enum class Type : unsigned char { aws, service, federated, canonical_user };
    struct One {
        Type type;
        std::string name;
    };
    Named best_of(const Request& request) const;
    bool names_principal(const Request& request) const; // by the very name
    static Named named_by(const One& one, const Request& request);

    bool is_there_ = false;
    bool negated_ = false;
    std::vector<One> ones_;
};

// The account of an ARN; empty where it has none.
std::string_view account_in(std::string_view arn);

} // namespace awsfed::policy
