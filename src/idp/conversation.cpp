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

// Whether what was sent may have been an attempt: a form, or a password by NTLM.
bool may_count(const Request& request) {
    return request.method != "GET" || std::holds_alternative<NtlmAccount>(request.proof);
}

// Then one whose answer never came may have been counted. Who repeats it locks the account.
Failure counted(Error error) {
    error.retry_after_ms = -1;
    error.advice = "The provider may have counted this as an attempt: look there before you try again.";
    return Failure(std::move(error));
}

} // namespace

bool Visit::takes(std::string_view scheme) const { return std::ranges::find(schemes, scheme) != schemes.end(); }

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

Conversation::Conversation(SignInTerms terms, std::unique_ptr<Transport> transport, const Log& log, AttemptGate* gate,
                           const Sources& sources)
    : terms_(std::move(terms)), transport_(std::move(transport)), log_(log), gate_(gate), sources_(sources) {}

void Conversation::rewind(const Cancel& cancel) {
    cancel_ = &cancel;
    place_ = 0;
    question_.reset();
    waiting_.reset();
}

Result<void> Conversation::check_origin(const Url& url) const {
    if (!url.is_https() && !(terms_.http_loopback && url.is_loopback()))
        return fail(Code::setting_insecure, "The sign-in leads to {}, which is not https.", url.origin());
    const std::string& origin = url.origin();
    if (std::ranges::find(terms_.origins, origin) == terms_.origins.end())
        return fail(Code::origin_refused, "The sign-in leads to {}, which is not one of the allowed origins.", origin)
            .setting("idp_origins");
    return {};
}

Exchange Conversation::get(const Url& url) {
    Request request{.url = url};
    return exchange(std::move(request));
}

namespace {

Request form_post(const Url& url, const Secret& body) {
    Request request{.method = "POST", .url = url};
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = body.clone();
    request.once = true;
    return request;
}

} // namespace

Exchange Conversation::post(const Url& url, const Secret& body) { return exchange(form_post(url, body)); }

Exchange Conversation::post_password(const Url& url, const Secret& body, const Attempt& attempt) {
    return exchange(form_post(url, body), &attempt);
}

void Conversation::password_was_right() {
    if (gate_ != nullptr)
        gate_->accepted();
}

Exchange Conversation::post_code(const Url& url, const Secret& body, const Attempt& attempt) {
    const Attempt code{attempt.user, attempt.password, true};
    return exchange(form_post(url, body), &code);
}

void Conversation::code_was_right() {
    if (code_gate_ != nullptr)
        code_gate_->accepted();
}

Exchange Conversation::post_open(const Url& url, const Secret& body) {
    return exchange(form_post(url, body), nullptr, Wanted::page_sent_on);
}

Exchange Conversation::get_proved(const Url& url, UserProof proof, const Attempt* attempt) {
    Request request{.url = url, .proof = std::move(proof), .once = true};
    return exchange(std::move(request), attempt);
}

Exchange Conversation::exchange(Request request, const Attempt* attempt, Wanted wanted) {
    if (place_ < past_.size())
        return std::get<Exchange>(*past_[place_++]);
    ++place_;
    // The place is taken before anything is sent: whatever happens, it is not sent again.
    past_.push_back(std::make_unique<Moment>(Exchange(fail(Code::internal, "The exchange was left in the middle."))));
    Exchange& outcome = std::get<Exchange>(*past_.back());
    Result<void> let;
    AttemptGate* const gate = attempt == nullptr ? nullptr : attempt->is_code ? code_gate_ : gate_;
    if (gate != nullptr) {
        let = check_origin(request.url); // what is not sent is no attempt
        if (let)
            let = gate->begin(attempt->user, attempt->password, *cancel_);
    }
    if (!let)
        outcome = pass(let.error());
    else
        outcome = wanted == Wanted::document ? fetch(std::move(request))
                                             : walk(std::move(request), wanted == Wanted::page_sent_on);
    return outcome;
}

Exchange Conversation::document(const Url& url, const Document* sent) {
    Request request{.url = url, .headers = {{"Accept", "application/soap+xml, text/xml, application/xml"}}};
    if (sent != nullptr) {
        request.method = "POST";
        request.headers.emplace_back("Content-Type", sent->content_type);
        request.body = sent->body.clone();
        request.once = true;
    }
    return exchange(std::move(request), sent != nullptr ? sent->attempt : nullptr, Wanted::document);
}

Result<Response> Conversation::send(const Request& request) {
    auto answer = transport_->send(request, *cancel_);
    bytes_ += answer ? answer->body.size() : 0;
    if (bytes_ > sign_in_bytes_max)
        answer = fail(Code::answer_too_large, "The pages of the sign-in at {} are together longer than {} bytes.",
                      request.url.origin(), sign_in_bytes_max);
    if (witness_ != nullptr)
        witness_->exchanged(request, answer);
    return answer;
}

Exchange Conversation::fetch(Request request) {
    request.answer_bytes_max = page_bytes_max;
    AWSFED_CHECK(check_origin(request.url));
    auto sent = send(request);
    if (!sent)
        return may_count(request) ? counted(std::move(sent.error())) : pass(std::move(sent.error()));
    return std::make_shared<const Visit>(Visit{request.url, sent->status, Page{}, std::move(sent->body)});
}

namespace {

std::vector<std::string> schemes_of(const Response& response) {
    std::vector<std::string> schemes;
    for (const auto& [name, value] : response.headers) {
        if (name == "www-authenticate")
            schemes.push_back(lower_ascii(value.substr(0, value.find(' '))));
    }
    return schemes;
}

Exchange visit_of(const Url& url, const Response& response) {
    Visit visit{.url = url, .status = response.status, .page = {}, .schemes = schemes_of(response)};
    const auto status = check_status(response.status, url);
    const bool has_page = !trimmed(response.body.reveal()).empty();
    if (!status && !has_page && !visit.asks_for_proof())
        return pass(status.error());
    if (status || has_page) {
        auto page = read_page(response.body.reveal(), response.header("content-type"));
        if (!page)
            return pass(status ? page.error() : status.error());
        visit.page = std::move(*page);
    }
    return std::make_shared<const Visit>(std::move(visit));
}

} // namespace

Request Conversation::page_request(Request request) const {
    request.headers.emplace_back("Accept", "text/html,application/xhtml+xml");
    request.user_agent = user_agent_;
    request.answer_bytes_max = page_bytes_max;
    return request;
}

Exchange Conversation::walk(Request request, bool sends_on) {
    request = page_request(std::move(request));
    for (int hop = 0; hop <= redirects_max; ++hop) {
        AWSFED_CHECK(check_origin(request.url));
        auto sent = send(request);
        if (!sent)
            return may_count(request) && !sends_on ? counted(std::move(sent.error())) : pass(std::move(sent.error()));
        const Response response = *std::move(sent);
        if (!is_redirect(response.status))
            return visit_of(request.url, response);
        const bool goes_again = request.method != "GET" && keeps_method(response.status);
        if (goes_again && !sends_on)
            return fail(Code::page_unknown,
                        "{} asks for the posted form to be sent on (HTTP status {}), which is never done.",
                        request.url.origin(), response.status)
                .http(response.status);
        AWSFED_TRY(Url next, request.url.resolve(response.header("location")));
        log_.write(LogLevel::debug, "redirect", "{} leads to {}{}", request.url.origin(), next.origin(), next.path());
        request = page_request(goes_again ? form_post(next, request.body) : Request{.url = std::move(next)});
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

Result<void> Conversation::wait(const Waiting& waiting) {
    if (place_ < past_.size()) {
        (void)std::get<Waited>(*past_[place_++]);
        return {};
    }
    waiting_ = waiting;
    return fail(Code::pending, "The sign-in waits: {}", waiting.text);
}

void Conversation::waited() {
    waiting_.reset();
    past_.push_back(std::make_unique<Moment>(Waited{}));
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
