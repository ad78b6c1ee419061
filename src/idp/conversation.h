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
#include "idp/page_class.h"
#include "markup/form.h"

#include <chrono>
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
    std::string adapter{}; // of a second factor: the provider's name of it
};

// Something that happens elsewhere, as an approval on a telephone.
struct Waiting {
    std::string text; // for a person
    std::string show{}; // what he must see: a number to match
    std::chrono::milliseconds pause{}; // until it is worth looking again
};

// A page and where it was found, after redirects.
struct Visit {
    Url url;
    int status = 0;
    Page page;
    // Of a document that is no page (XML): the page is empty then.
    Secret body{};
    // With 401: the schemes of HTTP that the server takes, in lower case ("negotiate", "ntlm").
    std::vector<std::string> schemes{};

    bool asks_for_proof() const { return status == 401 && !schemes.empty(); }
    bool takes(std::string_view scheme) const;
};

// The failure that the HTTP status is by itself, if it is one.
Result<void> check_status(int status, const Url& url);

// What the administrator allows, and what the settings answer beforehand.
struct SignInTerms {
    Url start;
    std::vector<std::string> origins{}; // allowed ones, that of `start` among them
    bool http_loopback = false;
    std::vector<std::pair<std::string, Secret>> answers{}; // by the name of the question
    PageWishes wishes{};
};

// Where a conversation takes time and randomness from. They outlive it.
struct Sources {
    const Clock& clock;
    const Random& random;
};
const Sources& system_sources();

// Who is asked before a password is sent, and may refuse it (security rule 6). He writes the attempt down.
class AttemptGate {
public:
    virtual ~AttemptGate() = default;
    // `user`: as he was given, before a domain was added.
    virtual Result<void> begin(std::string_view user, const Secret& password, const Cancel& cancel) = 0;
    // The provider took it, though it asks for more before it signs in. May be said again.
    virtual void accepted() = 0;
};

// Who looks on, for a record: told of each request that was sent, and of what came of it. What is remembered from an
// earlier run is not sent. Bodies and headers are as they are, secrets and all.
class Witness {
public:
    virtual ~Witness() = default;
    virtual void exchanged(const Request& request, const Result<Response>& answer) = 0;
};

class Conversation {
public:
    // `gate`: null where nobody is asked. It outlives the conversation.
    Conversation(SignInTerms terms, std::unique_ptr<Transport> transport, const Log& log, AttemptGate* gate = nullptr,
                 const Sources& sources = system_sources());

    const SignInTerms& terms() const { return terms_; }

    // ---- for connectors ------------------------------------------------------------------------
    // The page at the end of the redirects. Only allowed origins are visited. An answer of 4xx or 5xx is a failure
    // unless it has a page, since error pages come with any status; read_visit judges it. So is a 401 that names how
    // the user may prove himself.
    Result<std::shared_ptr<const Visit>> get(const Url& url);
    // Posts a filled form once and follows to the page behind it by GET. Refuses an origin that is not
    // allowed, and a redirect that would carry the body on (security rule 5).
    Result<std::shared_ptr<const Visit>> post(const Url& url, const Secret& body);
    // A form with the user's password in it, which is an attempt: the gate may refuse it.
    struct Attempt {
        std::string_view user;
        const Secret& password;
        bool is_code = false; // of a second factor; asked about at another gate
    };
    Result<std::shared_ptr<const Visit>> post_password(const Url& url, const Secret& body, const Attempt& attempt);
    // The last password that was posted was right, as the page behind it shows.
    void password_was_right();
    // A form with the code of a second factor in it, an attempt as well.
    Result<std::shared_ptr<const Visit>> post_code(const Url& url, const Secret& body, const Attempt& attempt);
    void code_was_right();
    // The page behind one that asks for a proof, and has it by the request for `url` alone: nothing that it leads to
    // does. `attempt`: where a password or a lasting key is the proof.
    Result<std::shared_ptr<const Visit>> get_proved(const Url& url, UserProof proof, const Attempt* attempt = nullptr);
    // A form without anything secret: where a server asks for that (307, 308), it is sent on to another allowed origin.
    Result<std::shared_ptr<const Visit>> post_open(const Url& url, const Secret& body);
    // The User-Agent from here on; empty: awsfed's.
    void introduce_as(std::string user_agent) { user_agent_ = std::move(user_agent); }
    // The answer, or Code::asked when there is none yet. Valid as long as the conversation.
    Result<const Secret*> ask(const Question& question);
    // An XML document from there; with a body: what is answered to that one, which is sent once. Nothing is followed,
    // and every HTTP status is taken. `attempt`: where the body has the user's password in it.
    struct Document {
        std::string content_type;
        const Secret& body;
        const Attempt* attempt = nullptr;
    };
    Result<std::shared_ptr<const Visit>> document(const Url& url, const Document* sent = nullptr);
    // Nothing, or Code::pending until the one who drives it has waited.
    Result<void> wait(const Waiting& waiting);
    Time now();
    std::string random_hex(std::size_t bytes);
    const Log& log() const { return log_; }

    // ---- for the one who drives it ---------------------------------------------------------------
    // Before each run of the connector.
    void rewind(const Cancel& cancel);
    // The question that the last run stopped at.
    const std::optional<Question>& open_question() const { return question_; }
    void answer(Secret answer);
    // What the last run waits for.
    const std::optional<Waiting>& waits_for() const { return waiting_; }
    void waited();
    // Null: nobody looks on. It outlives the conversation.
    void set_witness(Witness* witness) { witness_ = witness; }
    // Who is asked before the code of a second factor is sent. Outlives the conversation.
    void set_code_gate(AttemptGate* gate) { code_gate_ = gate; }

private:
    struct Waited {};
    // An answer, an exchange, a time, something random, or a time that was waited.
    using Moment = std::variant<Secret, Result<std::shared_ptr<const Visit>>, Time, std::string, Waited>;

    enum class Wanted { page, page_sent_on, document };
    Result<std::shared_ptr<const Visit>> exchange(Request request, const Attempt* attempt = nullptr,
                                                  Wanted wanted = Wanted::page);
    Result<std::shared_ptr<const Visit>> walk(Request request, bool sends_on);
    Request page_request(Request request) const;
    Result<std::shared_ptr<const Visit>> fetch(Request request);
    Result<Response> send(const Request& request);
    Result<void> check_origin(const Url& url) const;

    SignInTerms terms_;
    std::unique_ptr<Transport> transport_;
    const Log& log_;
    AttemptGate* gate_;
    const Sources& sources_;
    std::size_t bytes_ = 0; // of all that was answered, as it is kept
    Witness* witness_ = nullptr;
    AttemptGate* code_gate_ = nullptr;
    const Cancel* cancel_ = nullptr;
    std::string user_agent_;
    std::vector<std::unique_ptr<Moment>> past_;
    std::size_t place_ = 0;
    std::optional<Question> question_;
    std::optional<Waiting> waiting_;
};

} // namespace awsfed
