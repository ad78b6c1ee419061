#include "talk.h"

#include "base/text.h"
#include "flow/connectors.h"
#include "idp/conversation.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>

namespace awsfed {

namespace {

struct Expected {
    std::string request; // "GET https://..."
    std::string body;
    std::string proof;
    std::string agent; // empty: any
    Response answer;
    std::string failure; // the code of a network failure instead of an answer
};

struct Outcome {
    std::string kind; // asks, response, error
    std::string text;
    std::string reply;
};

struct Talk {
    std::string start;
    std::vector<std::string> origins;
    std::vector<std::pair<std::string, std::string>> answers, settings;
    std::deque<Expected> exchanges;
    std::deque<Outcome> outcomes;
};

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

std::string answer_file(const std::string& path) {
    std::ifstream file(path);
    if (!file)
        throw std::runtime_error("there is no " + path);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

// "*" at the end stands for anything.
bool fits(std::string_view pattern, std::string_view text) {
    return pattern.ends_with('*') ? text.starts_with(pattern.substr(0, pattern.size() - 1)) : pattern == text;
}

std::string take_word(std::string& line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    std::string word = line.substr(0, end);
    line = std::string(trimmed(std::string_view(line).substr(end)));
    return word;
}

Talk read_talk(const std::string& path) {
    std::ifstream file(path);
    if (!file)
        throw std::runtime_error("cannot read " + path);
    Talk talk;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#')
            continue;
        const std::string first = take_word(line);
        if (first == "start") {
            talk.start = line;
        } else if (first == "set") {
            const std::string name = take_word(line);
            talk.settings.emplace_back(name, line);
        } else if (first == "origin") {
            talk.origins.push_back(line);
        } else if (first == "answer") {
            const std::string name = take_word(line);
            talk.answers.emplace_back(name, line);
        } else if (first == ">" && line.starts_with("body ")) {
            talk.exchanges.back().body = line.substr(5);
        } else if (first == ">" && line.starts_with("proof ")) {
            talk.exchanges.back().proof = line.substr(6);
        } else if (first == ">" && line.starts_with("agent ")) {
            talk.exchanges.back().agent = line.substr(6);
        } else if (first == ">") {
            talk.exchanges.push_back(
                {.request = line, .body = {}, .proof = {}, .agent = {}, .answer = {}, .failure = {}});
        } else if (first == "<" && line == "body") {
            std::string page;
            while (std::getline(file, line) && line != ".")
                page += line + "\n";
            talk.exchanges.back().answer.body = Secret(page);
        } else if (first == "<" && line.starts_with("page ")) {
            talk.exchanges.back().answer.body =
                Secret(answer_file(AWSFED_TESTS "/vectors/data/pages/synthetic/" + line.substr(5)));
        } else if (first == "<" && line.starts_with("document ")) {
            talk.exchanges.back().answer.body = Secret(answer_file(AWSFED_TESTS "/idp/data/" + line.substr(9)));
        } else if (first == "<" && line.starts_with("fails ")) {
            talk.exchanges.back().failure = line.substr(6);
        } else if (first == "<" && line.find(':') != std::string::npos) {
            const std::size_t colon = line.find(':');
            talk.exchanges.back().answer.headers.emplace_back(line.substr(0, colon),
                                                              trimmed(std::string_view(line).substr(colon + 1)));
        } else if (first == "<") {
            talk.exchanges.back().answer.status = std::stoi(line);
        } else if (first == "=") {
            const std::string kind = take_word(line);
            talk.outcomes.push_back({kind, line, ""});
        } else if (first == "reply") {
            talk.outcomes.back().reply = line;
        } else {
            throw std::runtime_error(path + ": what is \"" + first + "\"?");
        }
    }
    return talk;
}

std::string proof_of(const Request& request) {
    if (std::holds_alternative<KerberosTerms>(request.proof))
        return "kerberos";
    const auto* account = std::get_if<NtlmAccount>(&request.proof);
    return account == nullptr ? "" : "ntlm " + account->user + " " + std::string(account->password.reveal());
}

Code code_named(std::string_view name) {
    for (int code = 0; code < static_cast<int>(Code::asked); ++code) {
        if (row_of(static_cast<Code>(code)).text == name)
            return static_cast<Code>(code);
    }
    throw std::runtime_error("there is no error " + std::string(name));
}

// Says what the talk says, once, and notes what was asked that the talk does not have.
class ScriptedTransport : public Transport {
public:
    ScriptedTransport(std::deque<Expected>& exchanges, std::string& wrong) : exchanges_(exchanges), wrong_(wrong) {}

    Result<Response> send(const Request& request, const Cancel&) override {
        const std::string sent = request.method + " " + request.url.text();
        if (exchanges_.empty() || !fits(exchanges_.front().request, sent)) {
            wrong_ +=
                "sent: " + sent + "; expected: " + (exchanges_.empty() ? "nothing" : exchanges_.front().request) + "\n";
            return fail(Code::network_failed, "The talk does not go on here.");
        }
        Expected now = std::move(exchanges_.front());
        exchanges_.pop_front();
        if (!fits(now.body, request.body.reveal()))
            wrong_ += "body: " + std::string(request.body.reveal()) + "; expected: " + now.body + "\n";
        if (proof_of(request) != now.proof)
            wrong_ += "proof: " + proof_of(request) + "; expected: " + now.proof + "\n";
        if (!now.agent.empty() && !fits(now.agent, request.user_agent))
            wrong_ += "agent: " + request.user_agent + "; expected: " + now.agent + "\n";
        if (!now.failure.empty())
            return fail(code_named(now.failure), "The talk says that this fails.");
        return std::move(now.answer);
    }

private:
    std::deque<Expected>& exchanges_;
    std::string& wrong_;
};

std::unique_ptr<Connector> connector_of(const Talk& talk) {
    Settings settings;
    if (!settings.set("idp", "form"))
        throw std::runtime_error("idp=form is no setting");
    for (const auto& [name, value] : talk.settings) {
        if (const auto set = settings.set(name, value); !set)
            throw std::runtime_error(set.error().message);
    }
    return *make_connector(settings);
}

// The first word, and the second one where it is there and wanted.
std::string words(std::string_view first, std::string_view second, bool wants_second) {
    return fmt::format("{}{}{}", first, wants_second ? " " : "", wants_second ? second : "");
}

std::string happening(const Result<Secret>& result, const Conversation& conversation, const Outcome& expected) {
    const bool wants_second = expected.text.find(' ') != std::string::npos;
    if (result)
        return "response " + std::string(result->reveal());
    if (result.error().code == Code::asked) {
        const Question& question = *conversation.open_question();
        return "asks " + words(question.name, question.adapter, wants_second);
    }
    if (result.error().code == Code::pending)
        return "waits " + conversation.waits_for()->show;
    return "error " + words(row_of(result.error().code).text, result.error().peer, wants_second);
}

std::string value_of(const Talk& talk, std::string_view setting) {
    const auto found = std::ranges::find(talk.settings, setting, &std::pair<std::string, std::string>::first);
    return found == talk.settings.end() ? "" : found->second;
}

std::string run(Talk& talk, const Connector& connector, Witness* witness) {
    std::string wrong;
    const Log silent;
    const Cancel never;
    SignInTerms terms{.start = *Url::parse(talk.start)};
    terms.origins.push_back(terms.start.origin());
    terms.origins.insert(terms.origins.end(), talk.origins.begin(), talk.origins.end());
    for (const auto& [name, value] : talk.answers)
        terms.answers.emplace_back(name, Secret(value));
    terms.wishes = {value_of(talk, "home_realm"), value_of(talk, "relying_party_guid")};
    TalkClock clock;
    const Sources sources{clock, talk_random};
    Conversation conversation(std::move(terms), std::make_unique<ScriptedTransport>(talk.exchanges, wrong), silent,
                              nullptr, sources);
    conversation.set_witness(witness);

    for (const Outcome& outcome : talk.outcomes) {
        conversation.rewind(never);
        const auto result = connector.sign_in(conversation);
        const std::string happened = happening(result, conversation, outcome);
        if (!fits(outcome.kind + " " + outcome.text, happened))
            wrong += "came to: " + happened + (result ? "" : " (" + result.error().message + ")") +
                     "; expected: " + outcome.kind + " " + outcome.text + "\n";
        if (outcome.kind == "asks")
            conversation.answer(Secret(outcome.reply));
        if (outcome.kind == "waits" && conversation.waits_for()) {
            clock.pass(conversation.waits_for()->pause);
            conversation.waited();
        }
    }
    if (!talk.exchanges.empty())
        wrong += "never sent: " + talk.exchanges.front().request + "\n";
    return wrong;
}

} // namespace

std::string play_talk(const std::string& path, Witness* witness) {
    Talk talk = read_talk(path);
    return run(talk, *connector_of(talk), witness);
}

Settings settings_of_talk(const std::string& path) {
    const Talk talk = read_talk(path);
    Settings settings;
    const auto set = [&](const std::string& name, const std::string& value) {
        if (const auto done = settings.set(name, value); !done)
            throw std::runtime_error(done.error().message);
    };
    set("idp", "form");
    for (const auto& [name, value] : talk.settings)
        set(name, value);
    set("idp_url", talk.start);
    set("idp_origins", fmt::format("{}", fmt::join(talk.origins, ",")));
    for (const auto& [name, value] : talk.answers) {
        if (name == "user")
            set(name, value);
    }
    return settings;
}

std::string end_of_talk(const std::string& path) {
    const Talk talk = read_talk(path);
    const Outcome& last = talk.outcomes.back();
    return last.kind == "error"  ? last.text.substr(0, last.text.find(' '))
           : last.kind == "asks" ? "question"
                                 : last.kind;
}

} // namespace awsfed
