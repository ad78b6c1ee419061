// How a family of vectors tells its outcome: a line for each failing case, counts at the end.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace vectors {

class Report {
public:
    void pass() { ++passed_; }
    void fail(std::string_view name, std::string_view expected, std::string_view got);
    // A case of a kind that the library does not do (yet); named, so that nobody takes it for passed.
    void leave_out(std::string_view name, std::string_view why);
    // A case that counts, though some of its parts are of such a kind.
    void judge_in_part(std::string_view name, std::string_view without);

    // Prints the counts; the exit status of the program.
    int close() const;

private:
    int passed_ = 0;
    int failed_ = 0;
    int left_out_ = 0;
};

// One case with several things to compare. It fails at the first that differs, and counts once.
class Case {
public:
    Case(Report& report, std::string name) : report_(report), name_(std::move(name)) {}
    Case(const Case&) = delete;
    Case& operator=(const Case&) = delete;
    ~Case();

    void equal(std::string_view what, std::string_view expected, std::string_view got);
    // For secrets: the values are not printed.
    void equal_secret(std::string_view what, std::string_view expected, std::string_view got);
    void is_true(std::string_view what, bool held) { equal(what, "true", held ? "true" : "false"); }
    void fail(std::string_view expected, std::string_view got);
    // It was left out: it cannot pass any more, only fail.
    void set_aside() { set_aside_ = true; }

private:
    Report& report_;
    std::string name_;
    std::string expected_, got_;
    bool failed_ = false;
    bool set_aside_ = false;
};

std::optional<std::string> read_file(const std::filesystem::path& path);
// Empty text when there is no such file.
std::string text_of_file(const std::filesystem::path& path);

using Family = void (*)(const std::filesystem::path& path, Report& report);
void run_clock_skew(const std::filesystem::path& path, Report& report);
void run_endpoints(const std::filesystem::path& path, Report& report);
void run_pages(const std::filesystem::path& path, Report& report);
void run_policy_eval(const std::filesystem::path& path, Report& report);
void run_policy_intersect(const std::filesystem::path& path, Report& report);
void run_policy_invalid(const std::filesystem::path& path, Report& report);
void run_policy_shrink(const std::filesystem::path& path, Report& report);
void run_query_protocol(const std::filesystem::path& path, Report& report);
void run_saml(const std::filesystem::path& path, Report& report);
void run_sts(const std::filesystem::path& path, Report& report);
void run_sigv4(const std::filesystem::path& path, Report& report);
void run_sigv4a(const std::filesystem::path& path, Report& report);

} // namespace vectors
