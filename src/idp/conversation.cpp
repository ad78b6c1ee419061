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

Result<void> check_status(const Response& response, const Url& url) {
    if (response.status >= 500)
        return fail(Code::service_failed, "{} answered with HTTP status {}.", url.host_and_port(), response.status)
            .http(response.status);
    if (response.status >= 400 || response.status < 200)
        return fail(Code::http_status, "{}{} answered with HTTP status {}.", url.origin(), printable(url.path()), response.status)
            .http(response.status)
            .setting("idp_url");
    return {};
}

} // namespace

Conversation::Conversation(SignInTerms terms, std::unique_ptr<Transport> transport, const Log& log)
    : terms_(std::move(terms)), transport_(std::move(transport)), log_(log) {}

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
        AWSFED_TRY(Response response, transport_->send(request, *cancel_));
        if (!is_redirect(response.status)) {
            AWSFED_CHECK(check_status(response, request.url));
            AWSFED_TRY(Page page, read_page(response.body.reveal(), response.header("content-type")));
            return std::make_shared<const Visit>(Visit{request.url, response.status, std::move(page)});
        }
        if (request.method != "GET" && keeps_method(response.status))
            return fail(Code::page_unknown, "{} asks for the posted form to be sent on (HTTP status {}), which is never done.",
                        request.url.origin(), response.status)
                .http(response.status);
        AWSFED_TRY(Url next, request.url.resolve(response.header("location")));
        log_.write(LogLevel::debug, "redirect", "{} leads to {}{}", request.url.origin(), next.origin(), next.path());
        std::vector<std::pair<std::string, std::string>> headers{{"Accept", "text/html,application/xhtml+xml"}};
        request = Request{.url = std::move(next), .headers = std::move(headers), .answer_bytes_max = page_bytes_max};
    }
    return fail(Code::sign_in_endless, "The sign-in was redirected more than {} times in a row.", redirects_max).setting("idp_url");
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

void Conversation::answer(Secret answer) {
    question_.reset();
    past_.push_back(std::make_unique<Moment>(std::move(answer)));
}

} // namespace awsfed
