// What is asked of STS: an action with its parameters, and the body of the POST that they make
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html and its neighbours).
#pragma once

#include "aws/sts_action.h"
#include "base/arn.h"
#include "base/result.h"
#include "base/secret.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed {

class StsRequest {
public:
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    explicit StsRequest(StsAction action) : action_(&row_of(action)) {}
    StsRequest clone() const;

    // Each in the form that the parameter has. Nothing is checked here, and what is empty is as good as not set.
    StsRequest& set(StsParameter parameter, std::string_view text);
    StsRequest& set(StsParameter parameter, const Arn& arn) { return set(parameter, arn.text()); }
    StsRequest& set(StsParameter parameter, Secret secret);
    StsRequest& set(StsParameter parameter, std::vector<std::string> items);
    StsRequest& set(StsParameter parameter, Pairs pairs);
    StsRequest& set_duration(std::optional<std::chrono::seconds> duration);

    // Makes the body now, for calls that ask the same. Where STS would refuse it, each call is told why.
    void keep_body();

    const StsActionRow& action() const { return *action_; }
    bool has(StsParameter parameter) const { return find(parameter) != nullptr; }
    std::string_view text(StsParameter parameter) const; // empty where it is not set, or no text
    std::optional<std::chrono::seconds> duration() const { return duration_; }
    template <class Visit>
    void for_each_secret(Visit&& visit) const {
        for (const Value& value : values_) {
            if (!value.secret.empty())
                visit(value.secret);
        }
    }

    bool has_secret() const {
        bool has = false;
        for_each_secret([&](const Secret&) { has = true; });
        return has;
    }

    std::string_view policy_setting = "policy"; // where the policy comes from, for errors: a literal
    bool allow_no_policy = false; // a federation token without any policy grants nothing, which is seldom meant

private:
    struct Value {
        StsParameter parameter{};
        std::string text{};
        Secret secret{};
        std::vector<std::string> items{};
        Pairs pairs{};
    };

    Value& place(StsParameter parameter);
    const Value* find(StsParameter parameter) const;

    const StsActionRow* action_;
    std::vector<Value> values_;
    std::optional<std::chrono::seconds> duration_;
    Secret body_; // empty: it is made for each call

    friend Result<void> check_sts_request(const StsRequest& request);
    friend Result<Secret> sts_body(const StsRequest& request);
};

// Pairs as a person writes them: a JSON object of texts. setting_invalid with the place.
Result<StsRequest::Pairs> read_pairs(std::string_view json);

// A form body of the query protocol. A blank is %20, since not every STS reads '+' as one.
class StsForm {
public:
    explicit StsForm(std::string_view action, std::string_view version = "2011-06-15");
    void add(std::string_view name, std::string_view value);
    Secret take() && { return std::move(body_); }

private:
    Secret body_;
};

// Refuses what STS would refuse for certain, and names the setting: a parameter that is missing, too long or made of
// other characters, a policy that is no JSON object, a duration out of bounds. Everything else is the server's to
// judge. Parameters that the action does not take are left out.
Result<void> check_sts_request(const StsRequest& request);
Result<Secret> sts_body(const StsRequest& request);

} // namespace awsfed
