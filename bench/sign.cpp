// Signs one AssumeRole request over and over: sign COUNT. Prints as JSON the CPU time of one signature, and the
// signature itself, which every signer must make alike (peer/sign.py has the same request, keys and time).
#include "aws/sigv4.h"

#include <fmt/core.h>

#include <sys/resource.h>

#include <array>
#include <cstdlib>
#include <string>

namespace awsfed {

namespace {

constexpr std::string_view body = "Action=AssumeRole&Version=2011-06-15"
                                  "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy"
                                  "&RoleSessionName=bench&DurationSeconds=3600";

Result<HeaderSignature> sign_once() {
    const std::array<HeaderView, 2> headers{
        HeaderView{"Host", "sts.eu-central-1.amazonaws.com"},
        HeaderView{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    const RequestToSign request{.method = "POST", .query = {}, .headers = headers, .body = body};
    // The example keys of AWS's documentation.
    const SigningKeys keys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", {}};
    const Time noon = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) + std::chrono::hours(12);
    return sign_headers(request, keys, {"eu-central-1", "sts", noon});
}

double cpu_us() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

int run(int count) {
    const auto first = sign_once();
    if (!first || count < 1)
        return 1;
    const double started = cpu_us();
    for (int i = 0; i < count; ++i)
        if (!sign_once())
            return 1;
    fmt::print("{{\"us\": {:.3f}, \"signature\": \"{}\"}}\n", (cpu_us() - started) / count, first->signature.hex);
    return 0;
}

} // namespace

} // namespace awsfed

int main(int argc, char** argv) { return argc == 2 ? awsfed::run(std::atoi(argv[1])) : 2; }
