// Evaluations and readings of policies, for a table beside other engines: bench-policy CASES.ndjson [SECONDS].
// Without SECONDS it prints the decision of each case, so that the engines can be compared in what they say, too.
#include "policy/evaluate.h"
#include "policy/read.h"
#include "used.h"
#include "vectors/json_tree.h"
#include "vectors/policy_case.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace awsfed::policy;
using vectors::Json;

struct Case {
    std::string id;
    Policies policies;
    Request request;
};

// Runs `once` over and over for so long; CPU seconds per call.
template <class Once>
double time_of(double seconds, std::size_t calls, Once once) {
    const double begin = cpu_s();
    std::size_t rounds = 0;
    double passed = 0;
    do {
        once();
        ++rounds;
        passed = cpu_s() - begin;
    } while (passed < seconds);
    return passed / static_cast<double>(rounds * calls);
}

std::size_t judge(const std::vector<Case>& cases) {
    std::size_t allowed = 0;
    for (const Case& one : cases) {
        const Decision decision = evaluate(one.policies, one.request);
        allowed += decision.verdict == Verdict::allow ? decision.statement + 1 : 0;
    }
    return allowed;
}

void measure(const std::vector<Case>& cases, const std::vector<std::string>& texts, double seconds) {
    std::size_t sink = 0;
    const double reading = time_of(seconds, texts.size(), [&] {
        for (const std::string& text : texts)
            sink += read_policy(text, PolicyType::identity).document->statements.size();
    });
    const double preparing = time_of(seconds, texts.size(), [&] {
        for (const std::string& text : texts)
            sink += CompiledPolicy(*read_policy(text, PolicyType::identity).document).size();
    });
    const double evaluating = time_of(seconds, cases.size(), [&] { sink += judge(cases); });
    std::size_t bytes = 0;
    for (const std::string& text : texts)
        bytes += text.size();
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    fmt::print(
        "{{\"engine\":\"awsfed\",\"cases\":{},\"policies\":{},\"bytes_per_policy\":{},\"read_us_per_policy\":{:.2f},"
        "\"parse_us_per_policy\":{:.2f},\"evals_per_s\":{:.0f},\"rss_mib\":{}}}\n",
        cases.size(), texts.size(), bytes / texts.size(), reading * 1e6, preparing * 1e6, 1 / evaluating,
        used.ru_maxrss / 1024);
    if (sink == 0)
        std::abort(); // and so it was not optimised away
}

} // namespace

int main(int argc, char** argv) {
    std::ifstream file(argc > 1 ? argv[1] : "");
    std::vector<Case> cases;
    std::vector<std::string> texts;
    for (std::string line; std::getline(file, line);) {
        const std::optional<Json> entry = Json::parse(line);
        if (!entry)
            continue;
        const Json& policies = (*entry)["policies"];
        cases.push_back(
            {(*entry)["id"].text(), vectors::policies_of(policies), vectors::request_of((*entry)["request"])});
        for (const char* layer : {"identity", "session"})
            for (const Json& policy : policies[layer].items())
                texts.push_back(policy.json());
    }
    if (cases.empty()) {
        fmt::print(stderr, "usage: bench-policy CASES.ndjson [SECONDS]\n");
        return 2;
    }
    if (argc > 2) {
        measure(cases, texts, std::strtod(argv[2], nullptr));
        return 0;
    }
    for (const Case& one : cases)
        fmt::print("{{\"id\":\"{}\",\"decision\":\"{}\"}}\n", one.id,
                   name_of(evaluate(one.policies, one.request).verdict));
    return 0;
}
