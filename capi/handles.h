// The objects behind the opaque types of awsfed.h. Each holds what it needs by a shared pointer, so
// that objects can be freed in any order.
#pragma once

#include "aws/sts_answer.h"
#include "awsfed.h"
#include "base/cancel.h"
#include "base/error.h"
#include "credentials/credentials.h"
#include "flow/context.h"
#include "flow/doctor.h"
#include "flow/kept.h"
#include "flow/signin.h"
#include "flow/signing.h"
#include "policy/evaluate.h"
#include "policy/finding.h"
#include "saml/assertion.h"
#include "saml/verifier.h"
#include "settings/settings.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct awsfed_context {
    std::shared_ptr<awsfed::Context> context;
};

struct awsfed_settings {
    awsfed::Settings settings;
};

struct awsfed_cancel {
    std::shared_ptr<awsfed::Cancel> cancel;
};

struct awsfed_signin {
    std::shared_ptr<awsfed::Context> context;
    std::unique_ptr<awsfed::SignIn> sign_in;
};

struct awsfed_assertion {
    std::shared_ptr<const awsfed::Assertion> assertion;
};

struct awsfed_verdict {
    awsfed::Verdict verdict;
};

struct awsfed_verified {
    awsfed::Verified<awsfed::Assertion> assertion;
    std::vector<std::string> name_qualifiers; // of each role
};

struct awsfed_credentials {
    awsfed::Credentials credentials;
    std::map<std::string, awsfed::Secret, std::less<>> formatted; // texts that were handed out
};

struct awsfed_answer {
    awsfed::StsAction action;
    awsfed::StsResult result;
};

struct awsfed_request {
    awsfed::HostRequest request;
};

struct awsfed_signed {
    awsfed::SignedRequest request;
};

struct awsfed_kept {
    struct Item {
        std::string id, kind;
        awsfed::KeptFacts facts;
    };
    std::vector<Item> items;
};

struct awsfed_report {
    awsfed::DoctorReport report;
};

namespace awsfed::capi {

// Shared by the handles of one policy.
struct PolicyObject {
    std::string source; // as given
    policy::PolicyType type = policy::PolicyType::identity;
    std::vector<policy::Finding> findings;
    std::vector<policy::FindingPlace> places;       // of each finding
    std::optional<policy::CompiledPolicy> compiled; // of one whose form AWS accepts; so, too, the rest
    policy::Document document;
    std::string text;
};

} // namespace awsfed::capi

struct awsfed_policy {
    std::shared_ptr<const awsfed::capi::PolicyObject> object;
};

struct awsfed_policies {
    awsfed::policy::Policies policies;
    std::vector<awsfed::policy::Document> identity, session; // the same again, for questions about all requests
};

struct awsfed_access {
    awsfed::policy::Request request;
};

struct awsfed_analysis {
    std::string answer, json;
    std::vector<std::string> documents;
};

struct awsfed_names {
    std::vector<std::string> items;
};

struct awsfed_error {
    awsfed::Error error;
};
