#include "policy/evaluate.h"

#include "policy/compiled_statement.h"
#include "policy/principal_match.h"
#include "policy/service_rules.h"

#include <algorithm>
#include <span>

namespace awsfed::policy {

namespace {

struct Place {
    std::size_t policy = 0;
    std::size_t statement = 0;
};

// What the documents of a layer say: a Deny ends the search.
struct Answer {
    std::optional<Place> deny;
    std::optional<Place> allow;
};

Answer ask(std::span<const CompiledPolicy> documents, const Request& request) {
    Answer answer;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const CompiledPolicy::Matched found = documents[i].ask(request);
        if (found.deny) {
            answer.deny = Place{i, *found.deny};
            break;
        }
        if (found.allow && !answer.allow)
            answer.allow = Place{i, *found.allow};
    }
    return answer;
}

// Of policies that may name principals: a statement without any is for everybody.
Answer ask_of_everybody(std::span<const CompiledPolicy> documents, const Request& request) {
    Answer answer;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const auto& statements = documents[i].statements();
        for (std::size_t j = 0; j < statements.size(); ++j) {
            const CompiledStatement& one = statements[j];
            const bool named =
                !one.principal().is_there() || one.principal().names(request, one.effect(), false) != Named::not_at_all;
            std::optional<Place>& place = one.effect() == Effect::allow ? answer.allow : answer.deny;
            if (!place && named && one.matches(request))
                place = Place{i, j};
        }
    }
    return answer;
}

// A resource policy's Allow counts for the more the closer it names the caller.
struct ResourceAnswer {
    std::optional<Place> deny;
    std::optional<Place> allow;         // any
    std::optional<Place> to_session;    // the caller itself, or everybody: no other layer limits it
    std::optional<Place> to_role;       // the role: boundary and session limit it
};

ResourceAnswer ask_resource(const CompiledPolicy& document, const Request& request, bool has_boundary) {
    ResourceAnswer answer;
    const auto& statements = document.statements();
    for (std::size_t i = 0; i < statements.size(); ++i) {
        const CompiledStatement& one = statements[i];
        const Named how = one.principal().names(request, one.effect(), has_boundary);
        if (how == Named::not_at_all || !one.matches(request))
            continue;
        const auto note = [i](std::optional<Place>& place) { place = place.value_or(Place{0, i}); };
        if (one.effect() == Effect::deny) {
            note(answer.deny);
            continue;
        }
        note(answer.allow);
        if (how >= Named::everybody)
            note(answer.to_session);
        else if (how == Named::role)
            note(answer.to_role);
    }
    return answer;
}

// A session or user may be called like a service, too.
bool is_service(std::string_view principal) {
    return principal == "*" || (principal.ends_with(".amazonaws.com") && !principal.starts_with("arn:"));
}

bool is_federated_user(std::string_view principal) {
    constexpr std::string_view kind = ":federated-user/";
    return principal.starts_with("arn:") && principal.contains(kind);
}

class Evaluation {
public:
    Evaluation(const Policies& policies, const Request& request) : policies_(policies), request_(request) {}

    Decision decide() {
        if (needs_no_permission(request_))
            return made(Verdict::allow, Layer::service, Place{});
        if (const auto denied = explicit_deny())
            return *denied;
        note_outer_layers();
        return is_service(request_.principal) ? of_service() : is_same_account() ? in_account() : across_accounts();
    }

private:
    static Decision made(Verdict verdict, Layer layer, Place place, std::size_t level = 0) {
        Decision decision;
        decision.verdict = verdict;
        decision.layer = layer;
        decision.level = level;
        decision.policy = place.policy;
        decision.statement = place.statement;
        return decision;
    }

    // The order in which AWS names what denied.
    std::optional<Decision> explicit_deny() {
        if (policies_.scp && !is_service(request_.principal))
            if (const auto denied = levels(*policies_.scp, Layer::scp, ask, scp_silent_))
                return denied;
        bool ignored = false; // RCPFullAWSAccess cannot be taken away: an RCP only denies
        if (policies_.rcp)
            if (const auto denied = levels(*policies_.rcp, Layer::rcp, ask_of_everybody, ignored))
                return denied;
        if (policies_.endpoint)
            endpoint_ = ask_of_everybody(*policies_.endpoint, request_);
        if (policies_.resource)
            resource_ = ask_resource(*policies_.resource, request_, policies_.boundary.has_value());
        identity_ = ask(policies_.identity, request_);
        if (policies_.boundary)
            boundary_ = ask(*policies_.boundary, request_);
        if (policies_.session)
            session_ = ask(*policies_.session, request_);
        if (endpoint_.deny)
            return made(Verdict::explicit_deny, Layer::endpoint, *endpoint_.deny);
        if (resource_.deny)
            return made(Verdict::explicit_deny, Layer::resource, *resource_.deny);
        if (identity_.deny)
            return made(Verdict::explicit_deny, Layer::identity, *identity_.deny);
        if (boundary_.deny)
            return made(Verdict::explicit_deny, Layer::boundary, *boundary_.deny);
        if (session_.deny)
            return made(Verdict::explicit_deny, Layer::session, *session_.deny);
        return std::nullopt;
    }

    template <class Ask>
    std::optional<Decision> levels(const std::vector<Documents>& all, Layer layer, Ask ask_level, bool& silent) {
        for (std::size_t level = 0; level < all.size(); ++level) {
            const Answer answer = ask_level(all[level], request_);
            if (answer.deny)
                return made(Verdict::explicit_deny, layer, *answer.deny, level);
            silent = silent || !answer.allow;
        }
        return std::nullopt;
    }

    void miss(Layer layer) {
        missing_[static_cast<std::size_t>(layer)] = true;
        misses_ = true;
    }

    void note_outer_layers() {
        if (is_kept_by_aws(request_))
            miss(Layer::service);
        if (scp_silent_)
            miss(Layer::scp);
        if (policies_.endpoint && !endpoint_.allow)
            miss(Layer::endpoint);
    }

    bool is_same_account() const {
        return request_.resource_account.empty() || request_.resource_account == account_in(request_.principal);
    }

    // Boundary and session policies that do not allow it, and the session of GetFederationToken that has none.
    bool boundary_silent() const { return policies_.boundary && !boundary_.allow; }
    bool session_silent() const { return policies_.session ? !session_.allow : is_federated_user(request_.principal); }
    bool narrowed() const { return boundary_silent() || session_silent(); }
    void miss_narrowed() {
        if (boundary_silent())
            miss(Layer::boundary);
        if (session_silent())
            miss(Layer::session);
    }

    Decision allowed_by(Layer layer, Place place) const {
        if (!misses_)
            return made(Verdict::allow, layer, place);
        Decision decision;
        decision.missing = missing_;
        return decision;
    }
    Decision denied() {
        Decision decision;
        decision.missing = missing_;
        return decision;
    }

    Decision of_service() {
        if (resource_.allow)
            return allowed_by(Layer::resource, *resource_.allow);
        miss(Layer::resource);
        return denied();
    }

    Decision in_account() {
        if (needs_resource_policy(request_) && !resource_.allow) {
            if (!identity_.allow)
                miss(Layer::identity);
            miss_narrowed();
            miss(Layer::resource);
            return denied();
        }
        if (resource_.to_session)
            return allowed_by(Layer::resource, *resource_.to_session);
        if (resource_.to_role && !narrowed())
            return allowed_by(Layer::resource, *resource_.to_role);
        if (identity_.allow && !narrowed())
            return allowed_by(Layer::identity, *identity_.allow);
        if (!identity_.allow)
            miss(Layer::identity);
        miss_narrowed();
        return denied();
    }

    Decision across_accounts() {
        if (!resource_.allow)
            miss(Layer::resource);
        if (!identity_.allow)
            miss(Layer::identity);
        miss_narrowed();
        if (misses_)
            return denied();
        return allowed_by(Layer::identity, *identity_.allow);
    }

    const Policies& policies_;
    const Request& request_;
    Answer endpoint_, identity_, boundary_, session_;
    ResourceAnswer resource_;
    bool scp_silent_ = false;
    bool misses_ = false;
    std::array<bool, layers> missing_{};
};

} // namespace

std::string_view name_of(Layer layer) {
    constexpr std::array<std::string_view, layers> names{"scp",      "rcp",      "endpoint", "resource",
                                                         "identity", "boundary", "session",  "service"};
    return names[static_cast<std::size_t>(layer)];
}

std::string_view name_of(Verdict verdict) {
    return verdict == Verdict::allow ? "allow" : verdict == Verdict::explicit_deny ? "explicit_deny" : "implicit_deny";
}

Decision evaluate(const Policies& policies, const Request& request) { return Evaluation(policies, request).decide(); }

} // namespace awsfed::policy
