// Where services are: endpoint tests of the AWS SDKs (a *-endpoint-tests-1.json), and the tests of a partitions.json.
#include "vectors/json_tree.h"
#include "vectors/report.h"

#include "aws/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace vectors {

namespace {

using awsfed::Endpoint;
using awsfed::EndpointWish;
using awsfed::Result;
using awsfed::SignInUse;

enum class Service { sts, ecr, sign_in };

// By the file's name, else by what it expects.
Service service_of(const std::filesystem::path& file, const Json& cases) {
    std::string words = file.filename().string();
    if (words.find("-endpoint-tests") == words.npos)
        words = cases[0]["expect"]["endpoint"]["url"].text();
    if (words.find("signin") != words.npos)
        return Service::sign_in;
    return words.find("ecr") == words.npos ? Service::sts : Service::ecr;
}

Result<Endpoint> resolved(Service service, const EndpointWish& wish, const Json& parameters) {
    switch (service) {
    case Service::sts: return awsfed::sts_endpoint(wish);
    case Service::ecr: return awsfed::ecr_endpoint(wish);
    case Service::sign_in: break;
    }
    const SignInUse use = parameters["IsOAuthEndpoint"].is_true()  ? SignInUse::oauth
                          : parameters["IsControlPlane"].is_true() ? SignInUse::management
                                                                   : SignInUse::browser;
    return awsfed::sign_in_endpoint(wish, use);
}

void judge(Case& test, const Result<Endpoint>& got, const Json& expected) {
    if (expected.has("error"))
        return got ? test.fail("a refusal", got->url.origin()) : void();
    if (!got)
        return test.fail(expected["endpoint"]["url"].text(), got.error().message);
    std::string url = got->url.origin();
    if (got->url.path() != "/")
        url += got->url.path();
    test.equal("the URL", expected["endpoint"]["url"].text(), url);
    const Json& region = expected["endpoint"]["properties"]["authSchemes"][0]["signingRegion"];
    if (!region.is_null())
        test.equal("the region to sign for", region.text(), got->signing_region);
}

void run_sdk_tests(const std::filesystem::path& file, const Json& cases, Report& report) {
    const Service service = service_of(file, cases);
    int number = 0;
    for (const Json& one : cases.items()) {
        const Json& parameters = one["params"];
        Case test(report, fmt::format("{} {}: {}", file.filename().string(), number++, one["documentation"].text()));
        EndpointWish wish{.region = parameters["Region"].text(),
                          .fips = parameters["UseFIPS"].is_true(),
                          .dualstack = parameters["UseDualStack"].is_true(),
                          .legacy_global = parameters["UseGlobalEndpoint"].is_true()};
        if (parameters.has("Endpoint"))
            wish.given = awsfed::Url::parse(parameters["Endpoint"].text()).value();
        judge(test, resolved(service, wish, parameters), one["expect"]);
    }
}

void run_partition_tests(const Json& tests, Report& report) {
    for (const Json& one : tests.items()) {
        const EndpointWish wish{.region = one["region"].text(),
                                .fips = one["fips"].is_true(),
                                .dualstack = one["dualstack"].is_true(),
                                .legacy_global = one["global_endpoint"].is_true()};
        Case test(report, fmt::format("{} fips={} dualstack={} global={}", wish.region, wish.fips, wish.dualstack,
                                      wish.legacy_global));
        const Result<Endpoint> got = awsfed::sts_endpoint(wish);
        if (!got) {
            test.fail(one["host"].text(), got.error().message);
            continue;
        }
        test.equal("the host", one["host"].text(), got->url.host_and_port());
        test.equal("the region to sign for", one["signing_region"].text(), got->signing_region);
    }
}

void run_file(const std::filesystem::path& file, Report& report) {
    const auto json = Json::read(file);
    if (!json)
        throw std::runtime_error("There is no JSON in " + file.string());
    if (json->has("testCases"))
        run_sdk_tests(file, (*json)["testCases"], report);
    else
        run_partition_tests((*json)["tests"], report);
}

} // namespace

void run_endpoints(const std::filesystem::path& path, Report& report) {
    if (!std::filesystem::is_directory(path))
        return run_file(path, report);
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".json") && !name.starts_with("partition-fn"))
            files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (const auto& file : files)
        run_file(file, report);
}

} // namespace vectors
