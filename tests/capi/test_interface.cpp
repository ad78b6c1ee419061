// The C interface as a C++ program sees it: what each rule at the top of awsfed.h promises.
#include "awsfed.hpp"

#include "fakes/identity_provider.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace {

const std::string reading_policy =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}})";

struct Failed {
    awsfed_status status = AWSFED_OK;
    std::string code, setting, message, advice;
};

// Runs what must fail, and keeps what it said.
template <class Call>
Failed failure_of(Call&& call) {
    try {
        call();
    } catch (const awsfed::Error& error) {
        return {error.status(), std::string(error.code()), std::string(error.setting()), std::string(error.message()),
                std::string(error.advice())};
    }
    return {};
}

std::size_t count_of(const char* folder) {
    const std::filesystem::directory_iterator entries(folder);
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

} // namespace

TEST_CASE("a password and a role become credentials") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings = host.settings();
    settings.set("role_arn", host.role);
    awsfed::Credentials keys = awsfed::Context().obtain(settings);
    CHECK(keys.access_key_id() == host.access_key_id);
    CHECK(keys.secret_access_key() == host.secret_access_key);
    CHECK(keys.session_token() == host.session_token);
    CHECK(keys.text(AWSFED_CREDENTIALS_ROLE_ARN) == host.role);
    CHECK(keys.expires().has_value());
    CHECK(keys.format("process").find("\"Version\":1") != std::string_view::npos);
    CHECK(host.password_posts == 1);
}

TEST_CASE("the sign-in conversation asks what no setting answers, and goes on from there") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings = host.settings();
    settings.set("user", "").set_secret("password", "");
    settings.set("password", "");
    awsfed::Context context;
    CHECK(failure_of([&] { context.obtain(settings); }).code == "question-left");

    awsfed::SignIn talk(context, settings);
    REQUIRE(talk.step() == AWSFED_SIGNIN_ASKS);
    REQUIRE(talk.questions().size() == 1);
    CHECK(talk.questions()[0].name == "user");
    CHECK_FALSE(talk.questions()[0].secret);
    CHECK(failure_of([&] { talk.step(); }).code == "usage"); // not answered yet
    talk.answer(0, host.user);
    REQUIRE(talk.step() == AWSFED_SIGNIN_ASKS);
    CHECK(talk.questions()[0].name == "password");
    CHECK(talk.questions()[0].secret);
    CHECK(failure_of([&] { talk.result(); }).code == "usage");
    talk.answer(0, host.password);
    REQUIRE(talk.step() == AWSFED_SIGNIN_DONE);
    const awsfed::Assertion assertion = talk.result();
    REQUIRE(assertion.roles().size() == 1);
    CHECK(assertion.roles()[0].role_arn == host.role);
    CHECK(context.assume_role_with_saml(settings, assertion).access_key_id() == host.access_key_id);
    CHECK(host.password_posts == 1);
}

TEST_CASE("a refused password is final: a further step sends nothing") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings = host.settings();
    settings.set_secret("password", "wrong");
    const awsfed::Context context;
    awsfed::SignIn talk(context, settings);
    for (int i = 0; i < 3; ++i) {
        const Failed failed = failure_of([&] { talk.step(); });
        CHECK(failed.status == AWSFED_E_REFUSED);
        CHECK(failed.code == "credentials-refused");
    }
    CHECK(host.password_posts == 1);
}

TEST_CASE("what STS would refuse for certain is refused before a password is sent") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings = host.settings();
    settings.set("policy", "{" + std::string(2047, ' ') + "}");
    const Failed failed = failure_of([&] { awsfed::Context().obtain(settings); });
    CHECK(failed.code == "policy-too-long");
    CHECK(failed.setting == "policy");
    CHECK(host.password_posts == 0);
}

TEST_CASE("objects may be freed in any order, and NULL is nothing to free") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed_error* error = nullptr;
    awsfed_context* context = nullptr;
    awsfed_signin* talk = nullptr;
    awsfed_assertion* assertion = nullptr;
    {
        const awsfed::Settings settings = host.settings();
        REQUIRE(awsfed_context_new(AWSFED_ABI, nullptr, &context, &error) == AWSFED_OK);
        REQUIRE(awsfed_signin_new(context, settings.get(), &talk, &error) == AWSFED_OK);
    }
    awsfed_context_free(context);
    awsfed_signin_state state = AWSFED_SIGNIN_ASKS;
    REQUIRE(awsfed_signin_step(talk, nullptr, &state, &error) == AWSFED_OK);
    REQUIRE(awsfed_signin_result(talk, &assertion, &error) == AWSFED_OK);
    awsfed_signin_free(talk);
    CHECK(awsfed_assertion_role_count(assertion) == 1);
    awsfed_assertion_free(assertion);

    awsfed_context_free(nullptr);
    awsfed_settings_free(nullptr);
    awsfed_cancel_free(nullptr);
    awsfed_signin_free(nullptr);
    awsfed_assertion_free(nullptr);
    awsfed_credentials_free(nullptr);
    awsfed_names_free(nullptr);
    awsfed_error_free(nullptr);
}

TEST_CASE("a broken rule of the header is an error, not a crash") {
    awsfed_error* error = nullptr;
    CHECK(awsfed_settings_new(nullptr, &error) == AWSFED_E_USAGE);
    CHECK(std::string(awsfed_error_text(error, AWSFED_ERROR_CODE, nullptr)) == "usage");
    awsfed_error_free(error);
    CHECK(awsfed_settings_new(nullptr, nullptr) == AWSFED_E_USAGE); // nobody listens
    CHECK(awsfed_settings_set(nullptr, "user", AWSFED_NUL, "x", AWSFED_NUL, nullptr) == AWSFED_E_USAGE);

    awsfed::Settings settings;
    CHECK(awsfed_settings_set(settings.get(), nullptr, 3, "x", 1, nullptr) == AWSFED_E_USAGE);
    CHECK(failure_of([&] { settings.set("user", std::string_view("a\0b", 3)); }).code == "usage");
    CHECK(failure_of([&] { awsfed::Context().parse_assertion(""); }).status == AWSFED_E_PROTOCOL);

    awsfed_context* context = nullptr;
    CHECK(awsfed_context_new(AWSFED_ABI + 1, nullptr, &context, &error) == AWSFED_E_USAGE);
    CHECK(context == nullptr);
    CHECK(std::string(awsfed_error_text(error, AWSFED_ERROR_CODE, nullptr)) == "abi-mismatch");
    awsfed_error_free(error);

    CHECK(awsfed_error_status(nullptr) == AWSFED_OK);
    CHECK(awsfed_setting_text(100'000, AWSFED_SETTING_NAME, nullptr) == nullptr);
    CHECK(awsfed_credentials_text(nullptr, 0, nullptr) == nullptr);
    CHECK(std::string(awsfed_status_name(12345)) == "internal");
    CHECK(awsfed_has("idp:form", AWSFED_NUL) == 1);
    CHECK(awsfed_has("idp:magic", AWSFED_NUL) == 0);
}

TEST_CASE("a context refuses to work in a forked child") {
    const awsfed::Context context;
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(failure_of([&] { context.obtain(); }).code == "forked-context" ? 0 : 1);
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a call is cancelled from another thread") {
    awsfed::FakeIdentityProvider host;
    host.hang = true;
    host.start();
    awsfed::Cancel cancel;
    std::thread other([&] {
        while (host.hanging == 0)
            std::this_thread::yield();
        cancel.now();
    });
    const auto begin = std::chrono::steady_clock::now();
    CHECK(failure_of([&] { awsfed::Context().obtain(host.settings(), &cancel); }).status == AWSFED_E_CANCELLED);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
    other.join();
    host.hang = false;
}

TEST_CASE("a log is told of events, and its owner when it is over") {
    struct Seen {
        std::string lines;
        int done = 0;
    } seen;
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed_error* error = nullptr;
    awsfed_context* context = nullptr;
    REQUIRE(awsfed_context_new(AWSFED_ABI, nullptr, &context, &error) == AWSFED_OK);
    const auto log = [](void* user, awsfed_log_level, const char* event, const char* text, size_t) {
        static_cast<Seen*>(user)->lines += std::string(event) + ": " + text + "\n";
    };
    const auto done = [](void* user) { ++static_cast<Seen*>(user)->done; };
    REQUIRE(awsfed_context_log(context, AWSFED_LOG_TRACE, log, &seen, done, &error) == AWSFED_OK);
    awsfed_credentials* keys = nullptr;
    const awsfed::Settings settings = host.settings();
    REQUIRE(awsfed_obtain(context, settings.get(), nullptr, &keys, &error) == AWSFED_OK);
    awsfed_credentials_free(keys);
    CHECK(seen.lines.find("sign-in:") != std::string::npos);
    CHECK(seen.done == 0);
    awsfed_context_free(context);
    CHECK(seen.done == 1);
    for (const std::string& secret : {host.password, host.access_key_id, host.secret_access_key, host.session_token})
        CHECK(seen.lines.find(secret) == std::string::npos);
}

TEST_CASE("a session that is shorter than asked for is told of, or refused, as set") {
    awsfed::FakeIdentityProvider host; // its sessions last an hour
    host.start();
    std::string lines;
    awsfed::Context context;
    context.log_to(AWSFED_LOG_WARNING,
                   [&](awsfed_log_level, std::string_view, std::string_view text) { lines += text; });
    awsfed::Settings settings = host.settings();
    settings.set("duration", "1h");
    CHECK(context.obtain(settings).access_key_id() == host.access_key_id);
    CHECK(lines.empty());

    settings.set("duration", "2h");
    CHECK(context.obtain(settings).access_key_id() == host.access_key_id);
    CHECK(lines.find("STS gives 3") != std::string::npos);
    CHECK(lines.find(" seconds, not 7200") != std::string::npos);

    settings.set("strict_duration", "true");
    const auto refused = failure_of([&] { context.obtain(settings); });
    CHECK(refused.code == "duration-refused");
    CHECK(refused.setting == "duration");
    CHECK(host.sts_calls == 3);
}

TEST_CASE("one context serves many threads at once") {
    awsfed::FakeIdentityProvider host;
    host.start();
    const awsfed::Context context;
    const awsfed::Settings settings = host.settings();
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 5; ++k)
                good += context.obtain(settings).access_key_id() == host.access_key_id ? 1 : 0;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(good == 40);
}

TEST_CASE("security rule 3: the library leaves no thread and no descriptor behind") {
    awsfed::FakeIdentityProvider host;
    host.start();
    const awsfed::Settings settings = host.settings();
    {
        awsfed::Context().obtain(settings);
    } // what libraries keep for good is there now
    host.settle();
    const std::size_t threads = count_of("/proc/self/task");
    const std::size_t descriptors = count_of("/proc/self/fd");
    for (int i = 0; i < 20; ++i)
        awsfed::Context().obtain(settings);
    host.settle();
    CHECK(count_of("/proc/self/task") <= threads);
    CHECK(count_of("/proc/self/fd") <= descriptors);
}

TEST_CASE("keys of the caller are taken as an object or from the settings") {
    awsfed::FakeIdentityProvider host;
    host.start();
    awsfed::Settings settings;
    settings.set("http_loopback", "true").set("sts_endpoint", host.sts_url()).set("region", "eu-central-1");
    settings.set("role_arn", host.role).set("role_session_name", "build-1");
    const awsfed::Context context;
    CHECK(failure_of([&] { context.assume_role(settings); }).setting == "access_key_id");
    const awsfed::Credentials source("AKIDEXAMPLE", "wJalrXUtnFEMI");
    CHECK(context.assume_role(settings, &source).session_token() == host.session_token);
    CHECK(context.assume_role(settings, &source).text(AWSFED_CREDENTIALS_REGION) == "eu-central-1");
    settings.set("access_key_id", "AKIDEXAMPLE").set_secret("secret_access_key", "wJalrXUtnFEMI");
    CHECK(context.obtain(settings).session_token() == host.session_token);

    settings.set("sts_action", "get-federation-token").set("federated_name", "alice");
    CHECK(failure_of([&] { context.obtain(settings); }).code == "policy-absent");
    settings.set("allow_no_policy", "true");
    CHECK(context.obtain(settings).session_token() == host.session_token);
}

TEST_CASE("a policy that an action does not take is refused: the session would be wider than was meant") {
    awsfed::FakeIdentityProvider host;
    host.start();
    const std::string file = std::filesystem::temp_directory_path() / "awsfed-policy.json";
    std::ofstream(file) << R"({"Statement": []})";
    const awsfed::Context context;
    const awsfed::Credentials keys("AKIDEXAMPLE", "wJalrXUtnFEMI");
    const auto settings_with = [&](std::string_view name, std::string_view value) {
        awsfed::Settings settings;
        settings.set("http_loopback", "true").set("sts_endpoint", host.sts_url()).set("region", "eu-central-1");
        settings.set(name, value);
        return settings;
    };
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"policy", "{}"}, {"policy_file", file}, {"policy_arns", "arn:aws:iam::aws:policy/ReadOnlyAccess"}}) {
        const Failed failed =
            failure_of([&] { context.session("get-session-token", settings_with(name, value), &keys); });
        CHECK(failed.code == "setting-conflict");
        CHECK(failed.setting == name);
    }
    std::filesystem::remove(file);
    // By get-scoped-credentials a policy narrows, an ARN alone does not.
    awsfed::Settings scoped = settings_with("policy_arns", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    scoped.set("duration", "900");
    CHECK(failure_of([&] { context.session("get-scoped-credentials", scoped, &keys); }).setting == "policy_arns");
    CHECK(host.sts_calls == 0);
    scoped.set("policy", reading_policy);
    CHECK(context.session("get-scoped-credentials", scoped, &keys).session_token() == host.session_token);
    CHECK(context.session("get-session-token", settings_with("duration", "900"), &keys).session_token() ==
          host.session_token);
}

namespace {

// An STS that knows AssumeRole alone, and says so as `refusal` does.
class OldSts {
public:
    OldSts(int status, const std::string& refusal) {
        host_.server.Post("/", [=, this](const httplib::Request& request, httplib::Response& response) {
            asked.push_back(request.get_param_value("Action") + " " + request.get_param_value("RoleArn"));
            if (request.get_param_value("Action") != "AssumeRole") {
                response.status = status;
                response.set_content("<Error><Code>" + refusal + "</Code></Error>", "text/xml");
                return;
            }
            response.set_content(
                "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>"
                "<SecretAccessKey>s</SecretAccessKey><SessionToken>narrow</SessionToken><Expiration>"
                "2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
                "text/xml");
        });
        host_.start();
    }
    awsfed::Settings settings() const {
        awsfed::Settings made;
        made.set("http_loopback", "true").set("sts_endpoint", host_.url("/")).set("region", "eu-central-1");
        made.set("role_arn", role).set("role_session_name", "build-1");
        return made;
    }
    const std::string role = "arn:aws:iam::123456789012:role/build";
    std::vector<std::string> asked;

private:
    awsfed::LoopbackServer host_;
};

} // namespace

TEST_CASE("a session is narrowed by its own role where the endpoint has no other way") {
    for (const auto& [status, refusal] :
         std::vector<std::pair<int, std::string>>{{400, "InvalidAction"}, {405, "MethodNotAllowed"}}) {
        OldSts host(status, refusal);
        const awsfed::Context context;
        awsfed::Settings settings = host.settings();
        const awsfed::Credentials keys("AKID", "s");
        const awsfed::Credentials session = context.assume_role(settings, &keys);
        settings.set("policy", reading_policy).set("role_arn", "arn:aws:iam::123456789012:role/other");
        CHECK(context.narrow(settings, session).session_token() == "narrow");
        REQUIRE(host.asked.size() == 3);
        CHECK(host.asked[1].starts_with("GetScopedCredentials"));
        CHECK(host.asked[2] == "AssumeRole " + host.role);
    }
}

TEST_CASE("a session is not narrowed by taking its role without a policy") {
    OldSts host(400, "InvalidAction");
    const awsfed::Context context;
    awsfed::Settings settings = host.settings();
    settings.set("duration", "900");
    const awsfed::Credentials session("ASIA", "s", "token");
    const Failed failed = failure_of([&] { context.narrow(settings, session); });
    CHECK(failed.code == "policy-absent");
    CHECK(failed.setting == "policy");
    settings.set("narrow_by", "assume-role");
    CHECK(failure_of([&] { context.narrow(settings, session); }).code == "policy-absent");
    for (const std::string& action : host.asked)
        CHECK_FALSE(action.starts_with("AssumeRole"));
    // ARNs are heeded by AssumeRole alone.
    settings.set("narrow_by", "auto").set("policy_arns", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    host.asked.clear();
    CHECK(context.narrow(settings, session).session_token() == "narrow");
    CHECK(host.asked == std::vector<std::string>{"AssumeRole " + host.role});
}

TEST_CASE("a session that is over when it comes is refused") {
    awsfed::LoopbackServer host;
    host.server.Post("/", [&](const httplib::Request&, httplib::Response& response) {
        response.set_content("<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>"
                             "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>"
                             "2026-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
                             "text/xml");
    });
    host.start();
    awsfed::Settings settings;
    settings.set("http_loopback", "true").set("sts_endpoint", host.url("/")).set("region", "eu-central-1");
    settings.set("role_arn", "arn:aws:iam::123456789012:role/build").set("role_session_name", "build-1");
    const awsfed::Credentials keys("AKIDEXAMPLE", "wJalrXUtnFEMI");
    const Failed failed = failure_of([&] { awsfed::Context().assume_role(settings, &keys); });
    CHECK(failed.code == "sts-answer-malformed");
    CHECK(failed.message.find("2026-01-01T00:00:00Z") != std::string::npos);
}

TEST_CASE("a proxy's password with a NUL in it is refused, not cut") {
    awsfed::Settings settings;
    settings.set("region", "eu-central-1").set("role_arn", "arn:aws:iam::123456789012:role/build");
    settings.set("role_session_name", "build-1").set("proxy", "http://127.0.0.1:1").set("proxy_user", "build");
    settings.set_secret("proxy_password", std::string_view("a\0b", 3));
    const awsfed::Credentials keys("AKIDEXAMPLE", "wJalrXUtnFEMI");
    const Failed failed = failure_of([&] { awsfed::Context().assume_role(settings, &keys); });
    CHECK(failed.code == "setting-invalid");
    CHECK(failed.setting == "proxy_password");
}

TEST_CASE("a limit that STS names and no session can have is not asked for") {
    awsfed::LoopbackServer host;
    std::atomic<int> calls = 0;
    host.server.Post("/", [&](const httplib::Request&, httplib::Response& response) {
        ++calls;
        response.status = 400;
        response.set_content("<Error><Code>ValidationError</Code><Message>DurationSeconds must have value less than or "
                             "equal to 1</Message></Error>",
                             "text/xml");
    });
    host.start();
    awsfed::Settings settings;
    settings.set("http_loopback", "true").set("sts_endpoint", host.url("/")).set("region", "eu-central-1");
    settings.set("role_arn", "arn:aws:iam::123456789012:role/build").set("role_session_name", "build-1");
    settings.set("duration", "7200");
    const awsfed::Credentials keys("AKIDEXAMPLE", "wJalrXUtnFEMI");
    const Failed failed = failure_of([&] { awsfed::Context().assume_role(settings, &keys); });
    CHECK(failed.code == "duration-refused");
    CHECK(calls == 1);
}

namespace {

// The signature of a small request, which three independent signers agree on (tests/vectors/data/sigv4, gci-min).
constexpr std::string_view form = "Action=GetCallerIdentity&Version=2011-06-15";
constexpr std::string_view form_type = "application/x-www-form-urlencoded; charset=utf-8";
constexpr auto summer_2015 =
    std::chrono::sys_days(std::chrono::year(2015) / 8 / 30) + std::chrono::hours(12) + std::chrono::minutes(36);

awsfed::Credentials example_keys() { return {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}; }

awsfed::Request identity_request() {
    awsfed::Request request("POST", "https://sts.us-east-1.amazonaws.com/");
    request.header("Content-Type", form_type).body(form).time(summer_2015);
    return request;
}

} // namespace

TEST_CASE("a request of the host's own is signed as AWS has it") {
    const awsfed::Credentials keys = example_keys();
    awsfed::Settings settings;
    settings.set("region", "us-east-1");
    const awsfed::Context context;
    for (int i = 0; i < 2; ++i) { // the second time by the key that was kept
        const awsfed::Signed made = context.sign(settings, identity_request(), "sts", &keys);
        std::map<std::string, std::string> headers;
        for (const auto& [name, value] : made.headers())
            headers.emplace(name, value);
        CHECK(headers["X-Amz-Date"] == "20150830T123600Z");
        CHECK(headers["Authorization"] ==
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request, "
              "SignedHeaders=content-type;host;x-amz-date, "
              "Signature=52a8540fea00e731072179f763577cbe2a45eac2c5d32fb4d785f3eefac88165");
        CHECK(headers.size() == 2);
        CHECK(made.url() == "https://sts.us-east-1.amazonaws.com/");
    }
}

TEST_CASE("a URL for others bears its signature, and S3's path as it is") {
    const awsfed::Credentials keys = example_keys();
    awsfed::Settings settings;
    settings.set("region", "eu-central-1");
    const awsfed::Context context;
    awsfed::Request request("GET", "https://builds.s3.eu-central-1.amazonaws.com/a/../b%2Fc?x-id=GetObject");
    request.time(summer_2015);
    const awsfed::Signed made = context.presign(settings, request, "s3", std::chrono::minutes(15), &keys);
    CHECK(made.headers().empty());
    CHECK(made.url().starts_with("https://builds.s3.eu-central-1.amazonaws.com/a/../b%2Fc?x-id=GetObject&"
                                 "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2F"
                                 "eu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=900&"
                                 "X-Amz-SignedHeaders=host&X-Amz-Signature="));
    CHECK(failure_of([&] { context.presign(settings, request, "s3", std::chrono::hours(200), &keys); }).code ==
          "usage");
}

TEST_CASE("a signature for several regions names them") {
    const awsfed::Credentials keys = example_keys();
    awsfed::Settings settings;
    settings.set("region", "eu-central-1");
    settings.set("signature_version", "sigv4a");
    settings.set("region_set", "*");
    const awsfed::Signed made = awsfed::Context().sign(settings, identity_request(), "sts", &keys);
    std::map<std::string, std::string> headers;
    for (const auto& [name, value] : made.headers())
        headers.emplace(name, value);
    CHECK(headers["X-Amz-Region-Set"] == "*");
    CHECK(headers["Authorization"].starts_with(
        "AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20150830/sts/aws4_request, "));
}

TEST_CASE("what cannot be signed says why") {
    const awsfed::Context context;
    awsfed::Settings settings;
    const awsfed::Request request("GET", "https://sts.eu-central-1.amazonaws.com/");
    const awsfed::Credentials keys = example_keys();
    CHECK(failure_of([&] { context.sign(settings, request, "sts", &keys); }).code == "setting-invalid");
    settings.set("region", "eu-central-1");
    CHECK(failure_of([&] { context.sign(settings, request, "sts"); }).code == "setting-missing");
    CHECK(failure_of([&] { context.sign(settings, request, "", &keys); }).code == "usage");
    CHECK(failure_of([&] { context.sign(settings, awsfed::Request("GET", "ftp://x/"), "sts", &keys); }).code ==
          "setting-invalid");
    settings.set("signature_version", "sigv4a").set("region_set", "eu-*,,us-*");
    CHECK(failure_of([&] { context.sign(settings, request, "sts", &keys); }).setting == "region_set");
    for (const int64_t time : {INT64_MAX, int64_t{253402300800000}}) {
        awsfed_error* error = nullptr;
        CHECK(awsfed_request_time(request.get(), time, &error) == AWSFED_E_USAGE);
        awsfed_error_free(error);
    }
    CHECK(awsfed_request_time(request.get(), 253402300799999, nullptr) == AWSFED_OK);
}
