// What a session policy is good for, beside the policies of its role: bench-policy-report [SECONDS]. A usual pair, and
// the most that AWS takes: a role with ten managed policies of 6,144 characters.
#include "policy/read.h"
#include "policy/session_report.h"
#include "policy/write.h"
#include "used.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace awsfed::policy;

constexpr std::size_t managed_policies = 10, managed_policy_chars = 6144;

std::string with(const std::string& statements) {
    return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}

// As people write them for one application each.
std::string statement(std::size_t i) {
    constexpr const char* verbs[] = {"Get", "Put", "List", "Delete", "Describe", "Create"};
    constexpr const char* services[] = {"s3:{0}Object*", "dynamodb:{0}*", "sqs:{0}Queue*", "cloudformation:{0}Stack*",
                                        "ecr:{0}*"};
    constexpr const char* resources[] = {"arn:aws:s3:::app-{0}/*", "arn:aws:dynamodb:*:123456789012:table/app-{0}-*",
                                         "arn:aws:sqs:*:123456789012:app-{0}",
                                         "arn:aws:cloudformation:*:123456789012:stack/app-{0}/*",
                                         "arn:aws:ecr:*:123456789012:repository/app-{0}"};
    const std::size_t kind = i % std::size(services);
    const std::string action = fmt::format(fmt::runtime(services[kind]), verbs[i / 5 % std::size(verbs)]);
    const std::string resource = fmt::format(fmt::runtime(resources[kind]), i / 7);
    const std::string condition =
        i % 4 == 0 ? R"(,"Condition":{"StringEquals":{"aws:RequestedRegion":["eu-central-1","eu-west-1"]}})" : "";
    return fmt::format(R"({{"Effect":"{}","Action":["{}","{}Tags"],"Resource":"{}"{}}})",
                       i % 11 == 5 ? "Deny" : "Allow", action, action.substr(0, action.find(':') + 1) + "List",
                       resource, condition);
}

std::vector<Document> large_role() {
    std::vector<Document> role;
    std::size_t next = 0;
    while (role.size() < managed_policies) {
        std::string statements = statement(next++);
        while (with(statements).size() < managed_policy_chars - 300)
            statements += "," + statement(next++);
        role.push_back(*read_policy(with(statements), PolicyType::identity).document);
    }
    return role;
}

Document usual_role() {
    return *read_policy(with(statement(0) + "," + statement(1) + "," + statement(5) + "," + statement(13)),
                        PolicyType::identity)
                .document;
}

Document session() {
    return *read_policy(
                with(
                    R"({"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","dynamodb:Get*"],"Resource":["arn:aws:s3:::app-0/*",)"
                    R"("arn:aws:dynamodb:eu-central-1:123456789012:table/app-0-x"]},{"Effect":"Deny","Action":"s3:Put*","Resource":"*"})"),
                PolicyType::session)
                .document;
}

// CPU milliseconds of a report, the median of many.
double time_of(const std::vector<Document>& role, const Document& session, double seconds) {
    Layered layered;
    for (const Document& document : role)
        layered.push_back(&document);
    std::vector<double> times;
    const double begin = cpu_s();
    do {
        const double start = cpu_s();
        const SessionReport report = session_report(layered, {&session}, {});
        times.push_back((cpu_s() - start) * 1e3);
        if (report.parts.empty())
            std::abort();
    } while (cpu_s() - begin < seconds);
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    return times[times.size() / 2];
}

} // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::strtod(argv[1], nullptr) : 0.5;
    const Document asked = session();
    const double usual = time_of({usual_role()}, asked, seconds);
    const std::vector<Document> role = large_role();
    std::size_t chars = 0;
    for (const Document& document : role)
        chars += policy_text(document).size();
    fmt::print(
        "{{\"engine\":\"awsfed\",\"pair_ms\":{:.3f},\"most_ms\":{:.2f},\"most_documents\":{},\"most_chars\":{}}}\n",
        usual, time_of(role, asked, seconds), role.size(), chars);
    return 0;
}
