// What is asked of STS, as the body of its POST
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html and its neighbours).
#pragma once

#include "base/arn.h"
#include "base/result.h"
#include "base/secret.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

// What narrows a session: the same for the three actions.
struct SessionTerms {
    std::optional<std::string> policy{}; // JSON, UTF-8
    std::string_view policy_setting = "policy"; // where it comes from, for errors: a literal
    std::vector<Arn> policy_arns{};
    std::optional<std::chrono::seconds> duration{}; // empty: the server's own default
};

struct AssumeRoleWithSaml {
    Arn role;
    Arn provider;
    const Secret& assertion; // the SAML response in base64, as it was received
    SessionTerms terms{};
};

struct AssumeRole {
    Arn role;
    std::string session_name;
    std::string external_id{}; // empty: none
    SessionTerms terms{};
};

struct GetFederationToken {
    std::string name;
    SessionTerms terms{};
    bool allow_no_policy = false; // without any policy the token grants nothing, which is seldom meant
};

// A form body of the query protocol. A blank is %20, since not every STS reads '+' as one.
class StsForm {
public:
    explicit StsForm(std::string_view action);
    void add(std::string_view name, std::string_view value);
    Secret take() && { return std::move(body_); }

private:
    Secret body_;
};

// Each refuses what STS would refuse for certain, and names the setting: a policy that is no JSON object or
// longer than 2,048 characters, more than ten policy ARNs, a name of the wrong form, a duration out of
// bounds. Everything else is the server's to judge.
Result<void> check_role_terms(const SessionTerms& terms); // of the two that assume a role
Result<Secret> sts_body(const AssumeRoleWithSaml& request);
Result<Secret> sts_body(const AssumeRole& request);
Result<Secret> sts_body(const GetFederationToken& request);

} // namespace awsfed
