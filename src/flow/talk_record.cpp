#include "flow/talk_record.h"

#include "base/text.h"
#include "flow/connectors.h"
#include "flow/plan.h"
#include "idp/stand_ins.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace awsfed {

namespace {

const SystemClock system_clock;

// ---- as the player of talks has them ----------------------------------------------------------

class TalkClock : public Clock {
public:
    Time now() const override { return now_; }
    void pass(std::chrono::milliseconds time) { now_ += time; }

private:
    Time now_ = *read_time("2026-11-24T16:00:00Z", ZoneRule::utc_only);
};

class TalkRandom : public Random {
public:
    void fill(std::span<unsigned char> bytes) const override {
        std::iota(bytes.begin(), bytes.end(), static_cast<unsigned char>(0));
    }
};

const TalkRandom talk_random;

constexpr std::string_view stand_in_password = "P0-of-nobody";
constexpr std::string_view stand_in_passcode = "000000";

// ---- stand-ins of the settings ------------------------------------------------------------

std::string user_stand_in(std::string_view user) {
    if (user.find('@') != user.npos)
        return "user@corp.example.test";
    return user.find('\\') != user.npos ? "CORP\\user" : "user";
}

std::string domain_stand_in(std::string_view domain) {
    return domain.find('.') != domain.npos ? "corp.example.test" : "CORP";
}

void replace_name(StandIns& masks, std::string_view user) {
    const std::size_t back = user.find('\\');
    const std::size_t at = user.find('@');
    if (back != user.npos)
        masks.replace(user.substr(0, back), "CORP");
    if (at != user.npos)
        masks.replace(user.substr(at + 1), "corp.example.test");
    const std::size_t begin = back == user.npos ? 0 : back + 1;
    masks.replace(user.substr(begin, at == user.npos ? user.npos : at - begin), "user");
    masks.replace(user, user_stand_in(user));
}

// Settings that may stand in a log, and still are nobody's business.
void replace_settings(StandIns& masks, const Settings& settings) {
    if (settings.has("user"))
        replace_name(masks, settings.text("user"));
    if (settings.has("default_domain"))
        masks.replace(settings.text("default_domain"), domain_stand_in(settings.text("default_domain")));
    for (const std::string_view name : {"role_arn", "principal_arn"}) {
        const std::optional<Arn> arn = settings.arn(name);
        if (!arn)
            continue;
        masks.replace(arn->account(), "123456789012");
        const std::string_view resource = arn->resource();
        masks.replace(resource.substr(resource.rfind('/') + 1), "build-role");
    }
}

// The settings that steer the connector.
std::vector<std::pair<std::string, std::string>> steering(const Settings& settings, StandIns& masks) {
    std::vector<std::pair<std::string, std::string>> lines{{"idp", settings.text("idp")}};
    for (const char* name : {"adfs_method", "adfs_entry", "keep_signed_in"}) {
        if (settings.has(name))
            lines.emplace_back(name, settings.text(name));
    }
    for (const char* name : {"relying_party", "relying_party_guid", "home_realm", "factor_method"}) {
        if (settings.has(name))
            lines.emplace_back(name, masks.value(name == std::string_view("factor_method") ? "AuthMethod" : name,
                                                 settings.text(name)));
    }
    if (settings.has("default_domain"))
        lines.emplace_back("default_domain", domain_stand_in(settings.text("default_domain")));
    const auto terms = adfs_terms(settings); // the relying party of another partition is told by the region
    if (settings.text("idp") == "adfs" && terms && !settings.has("relying_party") &&
        terms->relying_party != AdfsTerms().relying_party)
        lines.emplace_back("relying_party", terms->relying_party);
    return lines;
}

// ---- masked answers -----------------------------------------------------------------------

bool is_html(std::string_view content_type) {
    const std::string type = lower_ascii(content_type);
    return type.empty() || type.find("html") != type.npos;
}

// Against the page's own <base>, as a browser reads addresses.
Url base_of(const Url& url, const Response& answer) {
    const auto page = read_page(answer.body.reveal(), answer.header("content-type"));
    if (!page || page->base_href.empty())
        return url;
    auto base = url.resolve(page->base_href);
    return base ? *std::move(base) : url;
}

Response masked(const TalkRecord::Exchange& exchange, StandIns& masks) {
    const Response& answer = *exchange.answer;
    Response out{.status = answer.status};
    masks.set_base(exchange.url);
    if (const std::string_view location = answer.header("location"); !location.empty())
        out.headers.emplace_back("location", masks.address(location));
    const std::string_view type = answer.header("content-type");
    if (!type.empty())
        out.headers.emplace_back("content-type", is_html(type) ? "text/html; charset=utf-8"
                                                               : masks.name(type.substr(0, type.find(';'))));
    if (trimmed(answer.body.reveal()).empty())
        return out;
    masks.set_base(base_of(exchange.url, answer));
    const auto page = masked_page(answer.body.reveal(), type, masks);
    out.body = Secret(page ? *page : "x"); // what is no page is told by its headers
    return out;
}

// ---- the second run -----------------------------------------------------------------------

// Answers what was recorded, and writes down what is said to it.
class RecordingTransport : public Transport {
public:
    RecordingTransport(std::vector<TalkRecord::Exchange> exchanges, std::string& lines)
        : exchanges_(std::move(exchanges)), lines_(lines) {}

    std::size_t left() const { return exchanges_.size() - next_; }

    Result<Response> send(const Request& request, const Cancel&) override {
        if (left() == 0) {
            went_beyond_ = true;
            return fail(Code::network_failed, "What was recorded does not go on here.");
        }
        TalkRecord::Exchange& now = exchanges_[next_++];
        lines_ += fmt::format("> {} {}\n", request.method, request.url.text());
        if (!request.body.empty())
            lines_ += fmt::format("> body {}\n", request.body.reveal());
        if (!now.answer) {
            lines_ += fmt::format("< fails {}\n", now.failure);
            return fail(Code::timeout, "The exchange failed.");
        }
        lines_ += fmt::format("< {}\n", now.answer->status);
        for (const auto& [name, value] : now.answer->headers)
            lines_ += fmt::format("< {}: {}\n", name, value);
        if (const std::string_view body = now.answer->body.reveal(); !body.empty())
            lines_ += fmt::format("< body\n{}{}.\n", body, body.ends_with('\n') ? "" : "\n");
        return std::move(*now.answer);
    }

    bool went_beyond() const { return went_beyond_; }

private:
    std::vector<TalkRecord::Exchange> exchanges_;
    std::string& lines_;
    std::size_t next_ = 0;
    bool went_beyond_ = false;
};

std::string code_of(const Error& error) { return std::string(row_of(error.code).text); }

std::string reply_to(const Question& question) {
    return question.choices.empty() ? std::string(stand_in_passcode) : question.choices.front();
}

// What it came to: "response", "question" where one was left, or the code of an error.
std::string run(const Connector& connector, Conversation& talk, const RecordingTransport& transport, TalkClock& clock,
                std::string& lines) {
    const Cancel never;
    while (true) {
        talk.rewind(never);
        const auto result = connector.sign_in(talk);
        if (result) {
            lines += fmt::format("= response {}\n", result->reveal());
            return "response";
        }
        const Error& error = result.error();
        if (error.code == Code::pending) {
            lines += fmt::format("= waits {}\n", talk.waits_for()->show);
            clock.pass(talk.waits_for()->pause);
            talk.waited();
            continue;
        }
        if (error.code != Code::asked) {
            lines += fmt::format("= error {}{}{}\n", code_of(error), error.peer.empty() ? "" : " ", error.peer);
            return code_of(error);
        }
        const Question question = *talk.open_question();
        lines += fmt::format("= asks {}{}{}\n", question.name, question.adapter.empty() ? "" : " ", question.adapter);
        if (transport.left() == 0)
            return "question";
        lines += fmt::format("reply {}\n", reply_to(question));
        talk.answer(Secret(reply_to(question)));
    }
}

// Outcomes are words of ours, and may be those of a user's name ("expired").
std::string without_outcomes(std::string_view lines) {
    std::string rest;
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size() - 1) + 1;
        if (!lines.starts_with("= "))
            rest += lines.substr(0, end);
        lines.remove_prefix(end);
    }
    return rest;
}

std::string head_of(const SignInTerms& terms, const std::vector<std::pair<std::string, std::string>>& steering) {
    std::string head = "# Recorded by awsfed doctor " AWSFED_VERSION ". Names, words and secrets are stand-ins.\n";
    for (const auto& [name, value] : steering)
        head += fmt::format("set {} {}\n", name, value);
    head += fmt::format("start {}\n", terms.start.text());
    for (const std::string& origin : terms.origins) {
        if (origin != terms.origins.front())
            head += fmt::format("origin {}\n", origin);
    }
    for (const auto& [name, value] : terms.answers)
        head += fmt::format("answer {} {}\n", name, value.reveal());
    return head;
}

} // namespace

void TalkRecord::exchanged(const Request& request, const Result<Response>& answer) {
    Exchange exchange{.method = request.method, .url = request.url, .answer = {}, .at = system_clock.now()};
    if (answer)
        exchange.answer = Response{answer->status, answer->headers, answer->body.clone()};
    else
        exchange.failure = code_of(answer.error());
    exchanges_.push_back(std::move(exchange));
}

Result<TalkRecord::Talk> TalkRecord::talk(const Settings& settings, const Log& secrets,
                                          std::string_view outcome) const {
    AWSFED_TRY(const SignInTerms terms, sign_in_terms(settings, Cancel()));
    StandIns masks(terms.start);
    replace_settings(masks, settings);
    std::vector<Exchange> answers;
    for (const Exchange& one : exchanges_) {
        masks.set_base(one.url);
        answers.push_back({.method = one.method, .url = one.url, .answer = {}, .failure = one.failure, .at = one.at});
        if (one.answer)
            answers.back().answer = masked(one, masks);
    }

    SignInTerms played{.start = masks.url(terms.start)};
    played.wishes = {masks.value("", terms.wishes.home_realm), masks.value("", terms.wishes.application)};
    for (const std::string& origin : terms.origins)
        played.origins.push_back(masks.origin(*Url::parse(origin)));
    played.answers.emplace_back("user", Secret(user_stand_in(settings.has("user") ? settings.text("user") : "@")));
    const bool with_password = !outcome.empty();
    if (with_password)
        played.answers.emplace_back("password", Secret(stand_in_password));
    const auto steering_lines = steering(settings, masks);
    std::string lines = head_of(played, steering_lines);

    Settings steered;
    for (const auto& [name, value] : steering_lines)
        AWSFED_CHECK(steered.set(name, value));
    AWSFED_TRY(const std::unique_ptr<Connector> connector, make_connector(steered));
    auto transport = std::make_unique<RecordingTransport>(std::move(answers), lines);
    const RecordingTransport& seen = *transport;
    const Log silent;
    TalkClock clock;
    const Sources sources{clock, talk_random};
    Conversation conversation(std::move(played), std::move(transport), silent, nullptr, sources);
    const std::string came_to = run(*connector, conversation, seen, clock, lines);

    if (seen.went_beyond())
        return Talk{"", with_password ? "It goes on behind what was seen of it."
                                      : "It goes on behind what was seen of it: record it with the password."};
    if (with_password && came_to != outcome)
        return Talk{"", fmt::format("Without its names it comes to {}, not to {}.", came_to, outcome)};
    if (secrets.redact(lines) != lines)
        return Talk{"", "A secret would be left in it."};
    if (const std::string left = masks.left_in(without_outcomes(lines)); !left.empty())
        return Talk{"", fmt::format("\"{}\" would be left in it.", printable(left))};
    return Talk{std::move(lines), ""};
}

} // namespace awsfed
