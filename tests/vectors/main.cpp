// awsfed-vectors FAMILY PATH: runs the cases of one family at PATH through the library. Exit status 0:
// all passed; 1: some failed; 2: no such family, or no case at PATH.
#include "vectors/report.h"

#include "base/text.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>

namespace vectors {

namespace {

struct NamedFamily {
    std::string_view name;
    Family run;
};
constexpr std::array families{NamedFamily{"clock-skew", run_clock_skew},
                              NamedFamily{"endpoints", run_endpoints},
                              NamedFamily{"pages", run_pages},
                              NamedFamily{"policy-eval", run_policy_eval},
                              NamedFamily{"policy-intersect", run_policy_intersect},
                              NamedFamily{"policy-invalid", run_policy_invalid},
                              NamedFamily{"policy-shrink", run_policy_shrink},
                              NamedFamily{"query-protocol", run_query_protocol},
                              NamedFamily{"saml", run_saml},
                              NamedFamily{"sigv4", run_sigv4},
                              NamedFamily{"sigv4a", run_sigv4a},
                              NamedFamily{"sts", run_sts}};

int usage() {
    fmt::print(stderr, "usage: awsfed-vectors FAMILY PATH\nfamilies:");
    for (const NamedFamily& family : families)
        fmt::print(stderr, " {}", family.name);
    fmt::print(stderr, "\n");
    return 2;
}

} // namespace

void Report::fail(std::string_view name, std::string_view expected, std::string_view got) {
    constexpr std::size_t chars_max = 400; // of a value
    ++failed_;
    fmt::print("FAIL {}: expected {}, got {}\n", name, awsfed::printable(expected, chars_max),
               awsfed::printable(got, chars_max));
}

void Report::leave_out(std::string_view name, std::string_view why) {
    ++left_out_;
    fmt::print("left out {}: {}\n", name, why);
}

void Report::judge_in_part(std::string_view name, std::string_view without) {
    fmt::print("in part {}: {}\n", name, without);
}

int Report::close() const {
    if (left_out_ != 0)
        fmt::print("{} left out\n", left_out_);
    fmt::print("{} passed, {} failed\n", passed_, failed_);
    if (passed_ + failed_ == 0)
        return 2;
    return failed_ == 0 ? 0 : 1;
}

Case::~Case() {
    if (failed_)
        report_.fail(name_, expected_, got_);
    else if (!set_aside_)
        report_.pass();
}

void Case::equal(std::string_view what, std::string_view expected, std::string_view got) {
    if (expected != got)
        fail(fmt::format("{} \"{}\"", what, expected), fmt::format("\"{}\"", got));
}

void Case::equal_secret(std::string_view what, std::string_view expected, std::string_view got) {
    if (expected != got)
        fail(fmt::format("{} of {} bytes", what, expected.size()), fmt::format("another of {} bytes", got.size()));
}

void Case::fail(std::string_view expected, std::string_view got) {
    if (failed_)
        return;
    failed_ = true;
    expected_ = expected;
    got_ = got;
}

} // namespace vectors

int main(int argc, char** argv) {
    if (argc != 3)
        return vectors::usage();
    const std::string_view name = argv[1];
    for (const vectors::NamedFamily& family : vectors::families) {
        if (family.name != name)
            continue;
        try {
            vectors::Report report;
            family.run(argv[2], report);
            return report.close();
        } catch (const std::exception& error) {
            fmt::print(stderr, "awsfed-vectors: {}\n", error.what());
            return 1;
        }
    }
    return vectors::usage();
}
