#include "idp/conversation.h"

#include "base/limits.h"
#include "base/text.h"

#include <algorithm>

namespace awsfed {

namespace {

using Exchange = Result<std::shared_ptr<const Visit>>;

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// 307 and 308 ask for the same request again, with its body (RFC 9110, 15.4).
bool keeps_method(int status) { return status == 307 || status == 308; }

// A form whose answer never came may have been counted as an attempt. Who repeats it locks the account.
Failure counted(Error error) {
    error.retry_after_ms = -1;
    error.advice = "The provider may have counted this as an attempt: look there before you try again.";
    return Failure(std::move(error));
}

} // namespace

Result<void> check_status(int status, const Url& url) {
    if (status >= 500)
        return fail(Code::service_failed, "{} answered with HTTP status {}.", url.host_and_port(), status).http(status);
    if (status >= 400 || status < 200)
        return fail(Code::http_status, "{}{} answered with HTTP status {}.", url.origin(), printable(url.path()),
                    status)
            .http(status)
            .setting("idp_url");
    return {};
}

const Sources& system_sources() {
    static const SystemClock clock;
    static const SystemRandom random;
    static const Sources sources{clock, random};
    return sources;
}

Conversation::Conversation(SignInTerms terms, std::unique_ptr<Transport> transport, const Log& log,
                           const Sources& sources)
    : terms_(std::move(terms)), transport_(std::move(transport)), log_(log), sources_(sources) {}

void Conversation::rewind(const Cancel& cancel) {
    cancel_ = &cancel;
    place_ = 0;
    question_.reset();
}

Result<void> Conversation::check_origin(const Url& url) const {
    if (!url.is_https() && !(terms_.http_loopback && url.is_loopback()))
        return fail(Code::setting_insecure, "The sign-in leads to {}, which is not https.", url.origin());
    const std::string origin = url.origin();
    if (std::ranges::find(terms_.origins, origin) == terms_.origins.end())
        return fail(Code::origin_refused, "The sign-in leads to {}, which is not one of the allowed origins.", origin)
            .setting("idp_origins");
    return {};
}

Exchange Conversation::get(const Url& url) {
    Request request{.url = url};
    return exchange(std::move(request));
}

Exchange Conversation::post(const Url& url, const Secret& body) {
    Request request{.method = "POST", .url = url};
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = body.clone();
    request.once = true;
    return exchange(std::move(request));
}

Exchange Conversation::exchange(Request request) {
    if (place_ < past_.size())
        return std::get<Exchange>(*past_[place_++]);
    ++place_;
    // The place is taken before anything is sent: whatever happens, it is not sent again.
    past_.push_back(std::make_unique<Moment>(Exchange(fail(Code::internal, "The exchange was left in the middle."))));
    Exchange& outcome = std::get<Exchange>(*past_.back());
    outcome = walk(std::move(request));
    return outcome;
}

Exchange Conversation::walk(Request request) {
    request.answer_bytes_max = page_bytes_max;
    request.headers.emplace_back("Accept", "text/html,application/xhtml+xml");
    for (int hop = 0; hop <= redirects_max; ++hop) {
        AWSFED_CHECK(check_origin(request.url));
        auto sent = transport_->send(request, *cancel_);
        if (!sent && request.method != "GET")
            return counted(std::move(sent.error()));
        AWSFED_TRY(Response response, std::move(sent));
        if (!is_redirect(response.status)) {
            const auto status = check_status(response.status, request.url);
            if (!status && trimmed(response.body.reveal()).empty())
                return pass(status.error());
            auto page = read_page(response.body.reveal(), response.header("content-type"));
            if (!page)
                return pass(status ? page.error() : status.error());
            return std::make_shared<const Visit>(Visit{request.url, response.status, std::move(*page)});
        }
        if (request.method != "GET" && keeps_method(response.status))
            return fail(Code::page_unknown,
                        "{} asks for the posted form to be sent on (HTTP status {}), which is never done.",
                        request.url.origin(), response.status)
                .http(response.status);
        AWSFED_TRY(Url next, request.url.resolve(response.header("location")));
        log_.write(LogLevel::debug, "redirect", "{} leads to {}{}", request.url.origin(), next.origin(), next.path());
        std::vector<std::pair<std::string, std::string>> headers{{"Accept", "text/html,application/xhtml+xml"}};
        request = Request{.url = std::move(next), .headers = std::move(headers), .answer_bytes_max = page_bytes_max};
    }
    return fail(Code::sign_in_endless, "The sign-in was redirected more than {} times in a row.", redirects_max)
        .setting("idp_url");
}

Result<const Secret*> Conversation::ask(const Question& question) {
    const auto known = std::ranges::find(terms_.answers, question.name, &std::pair<std::string, Secret>::first);
    if (known != terms_.answers.end())
        return &known->second;
    if (place_ < past_.size())
        return &std::get<Secret>(*past_[place_++]);
    question_ = question;
    return fail(Code::asked, "The sign-in asks for {}.", question.name);
}

Time Conversation::now() {
    if (place_ < past_.size())
        return std::get<Time>(*past_[place_++]);
    ++place_;
    past_.push_back(std::make_unique<Moment>(sources_.clock.now()));
    return std::get<Time>(*past_.back());
}

std::string Conversation::random_hex(std::size_t bytes) {
    if (place_ < past_.size())
        return std::get<std::string>(*past_[place_++]);
    ++place_;
    past_.push_back(std::make_unique<Moment>(sources_.random.hex(bytes)));
    return std::get<std::string>(*past_.back());
}

void Conversation::answer(Secret answer) {
    question_.reset();
    past_.push_back(std::make_unique<Moment>(std::move(answer)));
}

} // namespace awsfed
