// The clock-skew tests of the AWS SDKs: calls of STS by a client whose clock is given, against answers with dates.
#include "vectors/json_tree.h"
#include "vectors/report.h"

#include "aws/sts.h"
#include "base/text.h"

#include <fmt/format.h>

#include <ctime>
#include <stdexcept>

namespace vectors {

namespace {

using namespace awsfed;

Time time_at(const Json& text) {
    const auto time = read_time(text.text(), ZoneRule::utc_only);
    if (!time)
        throw std::runtime_error(text.text() + " is no time");
    return *time;
}

class GivenClock : public Clock {
public:
    Time now() const override { return time; }
    Time time{};
};

constexpr std::string_view answer_of_success =
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn><UserId>u</UserId>"
    "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

// Plays the attempts of one operation, and moves the clock along.
class Service : public Transport {
public:
    Service(const Json& attempts, GivenClock& clock, Case& test) : attempts_(attempts), clock_(clock), test_(test) {}

    void before_attempt() {
        if (made_ < attempts_.items().size())
            clock_.time = time_at(attempts_[made_]["clientTimeAtSend"]);
    }

    Result<Response> send(const Request& request, const Cancel&) override {
        if (made_ >= attempts_.items().size())
            return fail(Code::internal, "There was one attempt too many.");
        const Json& attempt = attempts_[made_++];
        for (const auto& [name, value] : request.headers) {
            if (name == "X-Amz-Date")
                test_.equal("the time that was signed", basic_time(time_at(attempt["expectedSigningTime"])), value);
        }
        clock_.time = time_at(attempt["clientTimeAtReceive"]);
        return answer(attempt["response"]);
    }

    std::size_t made() const { return made_; }

private:
    static Response answer(const Json& given) {
        Response response;
        response.status = given["statusCode"].number();
        for (const auto& [name, value] : given["headers"].members())
            response.headers.emplace_back(lower_ascii(name), value.text());
        response.body = given.has("errorCode")
                            ? Secret(fmt::format("<ErrorResponse><Error><Code>{}</Code></Error></ErrorResponse>",
                                                 given["errorCode"].text()))
                            : Secret(answer_of_success);
        return response;
    }

    const Json& attempts_;
    GivenClock& clock_;
    Case& test_;
    std::size_t made_ = 0;
};

// As an earlier call has left it.
void set_skew(ServiceClock& clock, GivenClock& own, std::chrono::seconds skew) {
    Response response;
    const std::time_t date = std::chrono::system_clock::to_time_t(own.time + skew);
    std::tm parts{};
    gmtime_r(&date, &parts);
    char text[64];
    (void)std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    response.headers.emplace_back("date", text);
    clock.learn(response, {own.time, own.time});
}

void run_operation(const Json& operation, StsMemory& memory, GivenClock& clock, Case& test) {
    Service service(operation["attempts"], clock, test);
    service.before_attempt();
    const std::chrono::seconds before(operation["initialClientSkew"].number());
    if (memory.clock.skew() != before)
        set_skew(memory.clock, clock, before);

    // The log tells of each repetition, before it is made.
    const Log log(LogLevel::info, [&](LogLevel, std::string_view, std::string_view) { service.before_attempt(); });
    const SystemRandom random;
    const int attempts = operation.has("maxAttempts") ? operation["maxAttempts"].number() : 3;
    const Sts sts({service, memory, random, log, attempts},
                  {.url = Url::parse("https://sts.eu-central-1.amazonaws.com").value(),
                   .signing_region = "eu-central-1",
                   .is_of_aws = true});
    Credentials caller;
    caller.access_key_id = Secret("AKIDEXAMPLE");
    caller.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    const auto done = sts.call(StsRequest(StsAction::get_caller_identity), &caller, Cancel());
    test.equal("the outcome", operation["expectedOutcome"].text(), done ? "success" : "error");
    test.equal("attempts", std::to_string(operation["attempts"].items().size()), std::to_string(service.made()));
    test.equal("the offset", operation["expectedClientSkew"].text(), std::to_string(memory.clock.skew().count()));
}

void run_file(const std::filesystem::path& file, Report& report) {
    const auto json = Json::read(file);
    if (!json)
        throw std::runtime_error("There is no JSON in " + file.string());
    for (const Json& one : (*json)["tests"].items()) {
        Case test(report, one["description"].text());
        GivenClock clock;
        StsMemory memory(clock);
        for (const Json& operation : one["operations"].items())
            run_operation(operation, memory, clock, test);
    }
}

} // namespace

void run_clock_skew(const std::filesystem::path& path, Report& report) {
    run_file(std::filesystem::is_directory(path) ? path / "clock-skew-test-cases.json" : path, report);
}

} // namespace vectors
