// The family policy-eval: requests, the policies of all layers, and what AWS decides.
#include "vectors/policy_case.h"
#include "vectors/report.h"

#include "policy/evaluate.h"
#include "vectors/json_tree.h"

#include <fmt/format.h>

#include <algorithm>

namespace vectors {

namespace {

using namespace awsfed::policy;

std::string layer_of(const Decision& decision) {
    return decision.layer ? std::string(name_of(*decision.layer)) : std::string();
}

std::string missing_of(const Decision& decision) {
    std::string names;
    for (std::size_t i = 0; i < layers; ++i)
        if (decision.missing[i])
            names += fmt::format("{} ", name_of(static_cast<Layer>(i)));
    return names;
}

// In the order of the layers, as missing_of has them.
std::string missing_of(const Json& names) {
    Decision decision;
    for (const Json& name : names.items())
        for (std::size_t i = 0; i < layers; ++i)
            decision.missing[i] = decision.missing[i] || name_of(static_cast<Layer>(i)) == name.text();
    return missing_of(decision);
}

void judge(Case& one, const Json& entry) {
    const Policies policies = policies_of(entry["policies"]);
    const Decision decision = evaluate(policies, request_of(entry["request"]));
    const Json& expect = entry["expect"];
    one.equal("decision", expect["decision"].text(), name_of(decision.verdict));
    if (!expect["layer"].text().empty())
        one.equal("layer", expect["layer"].text(), layer_of(decision));
    if (expect["policy"].is_number())
        one.equal("policy", expect["policy"].text(), std::to_string(decision.policy));
    if (expect["statement"].is_number())
        one.equal("statement", expect["statement"].text(), std::to_string(decision.statement));
    if (!expect["missing"].items().empty())
        one.equal("missing", missing_of(expect["missing"]), missing_of(decision));
}

} // namespace

void run_policy_eval(const std::filesystem::path& path, Report& report) {
    for (const Json& file : json_files(path))
        for (const Json& entry : file["cases"].items()) {
            Case one(report, entry["id"].text());
            judge(one, entry);
        }
}

} // namespace vectors
