// What a sign-in connector may do: get a page, post a form, ask for an answer.
//
// A connector is a plain function that reads like its protocol. It is run again from the top after
// each answer: the conversation remembers every exchange and every answer by its place, so nothing is
// sent or asked twice. A failed exchange is remembered too, so that a password whose post broke is not
// posted again behind the user's back. Time and randomness come from it too, and are remembered the same
// way, so that each run is equal to the one before as far as that went.
#pragma once

#include "base/cancel.h"
#include "base/log.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "http/transport.h"
#include "http/url.h"
#include "markup/form.h"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace awsfed {

struct Question {
    std::string name; // that of the setting which would have answered it: "user", "password"
    std::string text; // for a person
    bool secret = true;
    std::vector<std::string> choices{}; // empty: any text will do
};

// A page and where it was found, after redirects.
struct Visit {
    Url url;
    int status = 0;
    Page page;
};

// The failure that the HTTP status is by itself, if it is one.
Result<void> check_status(int status, const Url& url);

// What the administrator allows, and what the settings answer beforehand.
struct SignInTerms {
    Url start;
    std::vector<std::string> origins{}; // allowed ones, that of `start` among them
    bool http_loopback = false;
    std::vector<std::pair<std::string, Secret>> answers{}; // by the name of the question
};

// Where a conversation takes time and randomness from. They outlive it.
struct Sources {
    const Clock& clock;
    const Random& random;
};
const Sources& system_sources();

class Conversation {
public:
    Conversation(SignInTerms terms, std::unique_ptr<Transport> transport, const Log& log,
                 const Sources& sources = system_sources());

    const SignInTerms& terms() const { return terms_; }

    // ---- for connectors ------------------------------------------------------------------------
    // The page at the end of the redirects. Only allowed origins are visited. An answer of 4xx or 5xx is a failure
    // unless it has a page, since error pages come with any status; read_visit judges it.
    Result<std::shared_ptr<const Visit>> get(const Url& url);
    // Posts a filled form once and follows to the page behind it by GET. Refuses an origin that is not
    // allowed, and a redirect that would carry the body on (security rule 5).
    Result<std::shared_ptr<const Visit>> post(const Url& url, const Secret& body);
    // The answer, or Code::asked when there is none yet. Valid as long as the conversation.
    Result<const Secret*> ask(const Question& question);
    Time now();
    std::string random_hex(std::size_t bytes);
    const Log& log() const { return log_; }

    // ---- for the one who drives it ---------------------------------------------------------------
    // Before each run of the connector.
    void rewind(const Cancel& cancel);
    // The question that the last run stopped at.
    const std::optional<Question>& open_question() const { return question_; }
    void answer(Secret answer);

private:
    // An answer, an exchange, a time or something random.
    using Moment = std::variant<Secret, Result<std::shared_ptr<const Visit>>, Time, std::string>;

    Result<std::shared_ptr<const Visit>> exchange(Request request);
    Result<std::shared_ptr<const Visit>> walk(Request request);
    Result<void> check_origin(const Url& url) const;

    SignInTerms terms_;
    std::unique_ptr<Transport> transport_;
    const Log& log_;
    const Sources& sources_;
    const Cancel* cancel_ = nullptr;
    std::vector<std::unique_ptr<Moment>> past_;
    std::size_t place_ = 0;
    std::optional<Question> question_;
};

} // namespace awsfed
