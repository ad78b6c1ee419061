#include "sandbox/play.h"
#include "sandbox/status_page.h"

#include <algorithm>
#include <cstdlib>

using namespace awsfed;
using namespace awsfed::sandbox;

namespace {

// The log as a file in memory.
class Written {
public:
    std::FILE* file() { return file_; }
    std::string text() {
        std::fflush(file_);
        return {bytes_, size_};
    }
    Written() : file_(open_memstream(&bytes_, &size_)) {}
    Written(const Written&) = delete;
    Written& operator=(const Written&) = delete;
    ~Written() {
        std::fclose(file_);
        std::free(bytes_); // NOLINT(cppcoreguidelines-no-malloc): open_memstream's
    }

private:
    char* bytes_ = nullptr;
    std::size_t size_ = 0;
    std::FILE* file_;
};

Received post(std::string body) {
    return {.method = "POST",
            .path = "/adfs/ls/",
            .query = {},
            .headers = {{"Cookie", "MSISAuth=cookie-secret"}},
            .body = std::move(body)};
}

} // namespace

TEST_CASE("the journal shows what came in, and no secret of it") {
    const World world = world_or_fail(default_world());
    Written log;
    Journal journal(world, log.file());
    journal.add("idp", SetClock().now(),
                post("UserName=alice&Password=Correct-Horse-7&AuthMethod=FormsAuthentication&Correct-Horse-7&"
                     "SAMLResponse=cmVzcG9uc2U"),
                {.status = 302, .outcome = "signed in"});
    CHECK(log.text() ==
          "2026-11-25T18:00:00Z 1 idp POST /adfs/ls/ UserName=alice Password=[secret] AuthMethod=FormsAuthentication "
          "[other]=[secret] SAMLResponse=[secret] -> 302 signed in\n");
}

TEST_CASE("a trade-in token and an encoded message are not shown, not even in another place") {
    const World world = world_or_fail(default_world());
    Written log;
    Journal journal(world, log.file());
    journal.add("sts", SetClock().now(),
                post("Action=GetDelegatedAccessToken&TradeInToken=trade-in-token-of-no-worth&EncodedMessage=abc&"
                     "TargetPrincipal=trade-in-token-of-no-worth"),
                {.status = 200, .outcome = "trade-in-token-of-no-worth"});
    CHECK(log.text().find("trade-in-token") == std::string::npos);
    CHECK(log.text().find("TradeInToken=[secret] EncodedMessage=[secret]") != std::string::npos);
}

TEST_CASE("a password that was typed for a user name, or into an open field, is not shown") {
    const World world = world_or_fail(default_world());
    Written log;
    Journal journal(world, log.file());
    journal.add("idp", SetClock().now(), post("UserName=hunter2&Password=alice"),
                {.outcome = "sign-in form again", .why = "no such user"});
    journal.add("sts", SetClock().now(),
                post("Action=AssumeRole&RoleSessionName=Correct-Horse-7&Policy=Correct-Horse-7"), {});
    journal.add("sts", SetClock().now(), post("%ZZCorrect-Horse-7"), {});
    const std::string text = log.text();
    CHECK(text.find("hunter2") == std::string::npos);
    CHECK(text.find("Horse") == std::string::npos);
    CHECK(text.find("UserName=[unknown]") != std::string::npos);
    CHECK(text.find("RoleSessionName=[secret]") != std::string::npos);
    CHECK(text.find("[unreadable]=[secret]") != std::string::npos);
}

TEST_CASE("a line end in a request does not make a second line of the log") {
    const World world = world_or_fail(default_world());
    Written log;
    Journal journal(world, log.file());
    journal.add("sts", SetClock().now(), post("Action=A%0a2026-11-25T18:00:00Z+9+forged%1b%5b31m"), {});
    const std::string text = log.text();
    CHECK(std::ranges::count(text, '\n') == 1);
    CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("the journal keeps the latest two hundred") {
    const World world = world_or_fail(default_world());
    Journal journal(world, nullptr);
    for (int i = 0; i < 250; ++i)
        journal.add("sts", SetClock().now(), post(""), {});
    CHECK(journal.count() == 250);
    REQUIRE(journal.entries().size() == 200);
    CHECK(journal.entries().front().number == 51);
}

TEST_CASE("the status page escapes whatever came in, and shows no password") {
    const World world = world_or_fail(default_world());
    Journal journal(world, nullptr);
    journal.add("sts", SetClock().now(), post("Action=%3Cscript%3Ealert(1)%3C/script%3E&Policy=%22%3E%3Cimg+src=x%3E"),
                {.status = 400, .outcome = "<b>", .why = "'\"><svg onload=x>"});
    const std::string page = status_page(world, journal, {.sign_in_url = "https://127.0.0.1/?a=<i>"});
    for (const std::string_view bad : {"<script", "<img", "<svg", "<b>", "<i>", "Horse", "worth"})
        CHECK(page.find(bad) == std::string::npos);
    CHECK(page.find("Action=&lt;script&gt;alert(1)&lt;/script&gt;") != std::string::npos);
    CHECK(page.find("<td class=\"no\">400") != std::string::npos);
}
