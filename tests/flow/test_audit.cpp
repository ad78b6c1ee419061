// Security rule 15: refusals and cache hits are audited as well as issues; audit=required fails closed.
#include "flow/audit.h"

#include "flow/audit_file.h"
#include "flow/signin.h"
#include "flow/sts_scene.h"
#include "markup/json.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

using namespace awsfed;

namespace {

const Cancel never;
using Line = std::map<std::string, std::string, std::less<>>;

std::vector<Line> lines_of(const std::string& path) {
    std::vector<Line> lines;
    std::ifstream file(path);
    for (std::string text; std::getline(file, text);) {
        Line line = json_strings(text);
        CHECK_FALSE(line.empty());
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string member(const Line& line, std::string_view name) {
    const auto found = line.find(name);
    return found == line.end() ? "" : found->second;
}

template <class T>
std::string code_of(const Result<T>& outcome) {
    return outcome ? "" : std::string(row_of(outcome.error().code).text);
}

// A connector with an audit, and an STS that gives a session for everything.
struct Audited {
    StsScene scene{};
    std::string file = scene.folder.path("audit");
    std::string warnings{};

    Settings settings(std::string_view mode, const StsScene::Values& more = {}) const {
        std::string text = fmt::format("[connector deploy]\nid = 6f1c\naudit_file = {}\nsts_endpoint = {}\n"
                                       "ca_file = {}\nregion = eu-central-1\nattempts = 1\nrole_arn = {}\n"
                                       "role_session_name = build-1\naccess_key_id = AKIDEXAMPLE\n",
                                       file, scene.host.url("/"), scene.ca_file, StsScene::role("build"));
        if (!mode.empty())
            text += fmt::format("audit = {}\n", mode);
        for (const auto& [name, value] : more)
            text += fmt::format("{} = {}\n", name, value);
        Settings settings;
        REQUIRE(settings.load_connector(scene.folder.write("config", text, 0600), "deploy"));
        REQUIRE(settings.set_secret("secret_access_key", "wJalrXUtnFEMI"));
        REQUIRE(settings.vouch_for("alice"));
        return settings;
    }
    void listen(Context& context) {
        context.set_log(LogLevel::warning, std::make_shared<const Log::Sink>(
                                               [this](LogLevel, std::string_view event, std::string_view text) {
                                                   warnings += fmt::format("{}: {}\n", event, text);
                                               }));
    }
};

} // namespace

TEST_CASE("security rule 15: what is given out, found again and refused has a line each") {
    Audited one;
    const Context context(one.settings("required"));
    REQUIRE(obtain(context, nullptr, never));
    REQUIRE(obtain(context, nullptr, never));
    one.scene.status = 403;
    Settings other;
    REQUIRE(other.set("duration", "900"));
    REQUIRE_FALSE(obtain(context, &other, never));

    const auto lines = lines_of(one.file);
    REQUIRE(lines.size() == 3);
    CHECK(member(lines[0], "event") == "issued");
    CHECK(member(lines[1], "event") == "hit");
    CHECK(member(lines[2], "event") == "refused");
    for (const Line& line : lines) {
        CHECK(read_time(member(line, "time"), ZoneRule::utc_only));
        CHECK(member(line, "connector") == "deploy");
        CHECK(member(line, "connector_id") == "6f1c");
        CHECK(member(line, "principal") == "alice");
        CHECK(member(line, "action") == "assume-role");
        CHECK(member(line, "role_arn") == StsScene::role("build"));
    }
    for (const Line& line : {lines[0], lines[1]}) {
        CHECK(member(line, "access_key_id") == StsScene::key_id_of("build"));
        CHECK(read_time(member(line, "expiration"), ZoneRule::utc_only));
        CHECK(member(line, "code").empty());
        CHECK(member(line, "verification").empty());
    }
    CHECK_FALSE(member(lines[2], "code").empty());
    CHECK(member(lines[2], "stage") == "sts/assume-role");
    CHECK(member(lines[2], "access_key_id").empty());
}

TEST_CASE("security rule 15: every way to credentials has its line, and only one") {
    Audited one;
    const Context context(one.settings(
        "", {{"policy",
              R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}})"}}));
    const Credentials& source = one.scene.source;
    REQUIRE(session_by(StsAction::assume_role, context, nullptr, &source, never));
    REQUIRE(ask_sts(StsAction::assume_role, context, nullptr, &source, never));
    Settings by_role;
    REQUIRE(by_role.set("narrow_by", "assume-role"));
    REQUIRE(narrow(context, &by_role, source, never));
    (void)assume_role_with_saml(context, nullptr, std::make_shared<const Assertion>(), never);
    (void)SignIn::start_audited(context, nullptr, never);
    (void)ask_sts(StsAction::get_caller_identity, context, nullptr, &source, never); // gives none

    const auto lines = lines_of(one.file);
    REQUIRE(lines.size() == 5);
    const std::vector<std::pair<std::string, std::string>> expected{{"issued", "assume-role"},
                                                                    {"issued", "assume-role"},
                                                                    {"issued", "narrow"},
                                                                    {"refused", "assume-role-with-saml"},
                                                                    {"refused", "sign-in"}};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        CHECK(member(lines[i], "event") == expected[i].first);
        CHECK(member(lines[i], "action") == expected[i].second);
    }
    CHECK(member(lines[1], "access_key_id") == StsScene::key_id_of("build"));
    CHECK(member(lines[3], "verification") == "unchecked");
}

TEST_CASE("security rule 15: who may not use the connector is told of, and so is who wants to loosen it") {
    Audited one;
    const Context context(one.settings("", {{"allowed_principals", "alice"}}));
    Settings mallory;
    REQUIRE(mallory.vouch_for("mallory"));
    CHECK(code_of(obtain(context, &mallory, never)) == "connector-refused");
    Settings job;
    REQUIRE(job.override_by_job("allowed_principals", "mallory"));
    REQUIRE(job.override_by_job("audit", "off"));
    REQUIRE(job.vouch_for("mallory"));
    CHECK(code_of(obtain(context, &job, never)) == "setting-locked");

    const auto lines = lines_of(one.file);
    REQUIRE(lines.size() == 2);
    CHECK(member(lines[0], "code") == "connector-refused");
    CHECK(member(lines[1], "code") == "setting-locked");
    for (const Line& line : lines)
        CHECK(member(line, "principal") == "mallory");
    CHECK(one.scene.calls() == 0);
}

TEST_CASE("security rule 15: no secret is in the audit, and a stranger's text cannot forge a line") {
    Audited one;
    const Context context(one.settings("on"));
    Settings call;
    REQUIRE(call.set("user", "eve\",\"event\":\"issued\n{\"event\":\"issued\"}\x1B[2J"));
    REQUIRE(call.vouch_for("CORP\\al\"ice"));
    REQUIRE(obtain(context, &call, never));
    std::ifstream file(one.file);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (const std::string secret : {"wJalrXUtnFEMI", "fake", "AKIDEXAMPLE"})
        CHECK(text.find(secret) == std::string::npos);
    const auto lines = lines_of(one.file);
    REQUIRE(lines.size() == 1);
    CHECK(member(lines[0], "user") == "eve\",\"event\":\"issued?{\"event\":\"issued\"}?[2J");
    CHECK(member(lines[0], "principal") == "CORP\\al\"ice");
}

TEST_CASE("security rule 15: a place that cannot be written keeps the call from being made, or is warned of") {
    const TemporaryFolder folder;
    const std::string real = folder.write("real", "", 0600);
    ::symlink(real.c_str(), folder.path("link").c_str());
    ::symlink(folder.path("nowhere").c_str(), folder.path("dangling").c_str());
    ::mkfifo(folder.path("pipe").c_str(), 0600);
    folder.write("wide", "", 0600);
    ::chmod(folder.path("wide").c_str(), 0666);
    folder.write("twice", "", 0600);
    ::link(folder.path("twice").c_str(), folder.path("second-name").c_str());
    std::vector<std::string> places{folder.path("link"),
                                    folder.path("dangling"),
                                    folder.path("pipe"),
                                    folder.path("wide"),
                                    folder.path("second-name"),
                                    folder.path(""),
                                    "/dev/full",
                                    "/dev/null",
                                    folder.path("no/such"),
                                    "relative/audit.log",
                                    "real"};
    if (::geteuid() == 0) {
        folder.write("foreign", "", 0600);
        REQUIRE(::chown(folder.path("foreign").c_str(), 65534, 65534) == 0);
        places.push_back(folder.path("foreign"));
    }
    for (const std::string& place : places) {
        CAPTURE(place);
        Audited one;
        one.file = place;
        const Context required(one.settings("required"));
        const auto refused = obtain(required, nullptr, never);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Code::audit_failed);
        CHECK(refused.error().status() == Status::store);
        CHECK(refused.error().setting == "audit_file");
        CHECK(one.scene.calls() == 0); // before anything was sent

        Context on(one.settings("on"));
        one.listen(on);
        CHECK(obtain(on, nullptr, never));
        CHECK(one.warnings.starts_with("audit: The audit file"));
    }
    CHECK(std::filesystem::file_size(real) == 0);
    CHECK_FALSE(std::filesystem::exists(folder.path("nowhere")));
}

TEST_CASE("security rule 15: a disk that is full keeps credentials back that were got") {
    Audited one;
    {
        std::ofstream(one.file) << std::string(4000, '\n');
    }
    ::chmod(one.file.c_str(), 0600);
    const Context required(one.settings("required"));
    Context on(one.settings("on"));
    one.listen(on);
    const auto old = std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit narrow_limit{4100, before.rlim_max}; // room for half a line
    ::setrlimit(RLIMIT_FSIZE, &narrow_limit);
    const auto refused = obtain(required, nullptr, never);
    const auto full = obtain(required, nullptr, never);
    const auto given = obtain(on, nullptr, never);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old);

    CHECK(code_of(refused) == "audit-failed");
    CHECK(code_of(full) == "audit-failed");
    CHECK(given);
    CHECK(one.warnings.find("audit: The audit file") != std::string::npos);
    // With room again, the next line is whole: the torn one is ended first.
    REQUIRE(obtain(required, nullptr, never));
    std::ifstream file(one.file);
    std::string last;
    for (std::string line; std::getline(file, line);)
        last = line;
    CHECK(member(json_strings(last), "event") == "hit");
}

TEST_CASE("an audit without a place is an error where it is required, and without a word it is none") {
    const StsScene scene;
    Settings settings = scene.settings({{"access_key_id", "AKIDEXAMPLE"}, {"audit", "required"}});
    REQUIRE(settings.set_secret("secret_access_key", "wJalrXUtnFEMI"));
    const Context context(std::move(settings));
    CHECK(code_of(obtain(context, nullptr, never)) == "audit-failed");
    Settings off;
    REQUIRE(off.set("audit", ""));
    REQUIRE(off.set("audit", "off"));
    CHECK(obtain(context, &off, never));
    CHECK(scene.calls() == 1);
}

TEST_CASE("audit=off writes nothing, and makes no file") {
    const Audited one;
    const Context context(one.settings("off"));
    CHECK(obtain(context, nullptr, never));
    CHECK_FALSE(std::filesystem::exists(one.file));
}

TEST_CASE("the host takes the lines, too; what it does not take is as good as not written") {
    Audited one;
    std::string taken;
    bool takes = true;
    Context context(one.settings("required"));
    context.set_audit_sink(std::make_shared<const AuditSink>([&](std::string_view line) {
        taken = line;
        return takes;
    }));
    REQUIRE(obtain(context, nullptr, never));
    CHECK(member(json_strings(taken), "event") == "issued");
    CHECK(lines_of(one.file).size() == 1);
    takes = false;
    CHECK(code_of(obtain(context, nullptr, never)) == "audit-failed");
    CHECK(lines_of(one.file).size() == 2);
}

TEST_CASE("the file is made for this user alone, and lines of before stay") {
    const TemporaryFolder folder;
    const std::string path = folder.path("audit");
    for (const char* line : {"{\"a\":\"1\"}", "{\"a\":\"2\"}"}) {
        const auto file = AuditFile::open(path);
        REQUIRE(file);
        REQUIRE(file->add(line));
    }
    struct stat facts{};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    CHECK(lines_of(path).size() == 2);
}

TEST_CASE("two processes that write a thousand lines each tear none") {
    const TemporaryFolder folder;
    const std::string path = folder.path("audit");
    const std::string long_text(700, 'x');
    std::vector<pid_t> children;
    for (const char* name : {"one", "two"}) {
        const pid_t child = ::fork();
        if (child == 0) {
            bool good = true;
            for (int i = 0; i < 1000; ++i) {
                const auto file = AuditFile::open(path);
                good = good && file &&
                       file->add(fmt::format(R"({{"who":"{}","number":"{}","text":"{}"}})", name, i, long_text));
            }
            ::_exit(good ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
    std::map<std::string, int> next;
    std::ifstream file(path);
    int bad = 0;
    for (std::string text; std::getline(file, text);) {
        if (text.empty()) // behind a line that another one saw half written
            continue;
        const Line line = json_strings(text);
        bad +=
            member(line, "text") == long_text && member(line, "number") == std::to_string(next[member(line, "who")]++)
                ? 0
                : 1;
    }
    CHECK(bad == 0);
    CHECK(next["one"] == 1000);
    CHECK(next["two"] == 1000);
}
