#include "sandbox/adfs.h"

#include "base/base64.h"
#include "base/encode.h"
#include "base/text.h"
#include "sandbox/adfs_pages.h"
#include "sandbox/authn_request.h"

#include <chrono>

namespace awsfed::sandbox {

namespace {

constexpr std::size_t sessions_max = 1000;
constexpr std::chrono::minutes session_life{480}; // AD FS's default of a session
constexpr std::string_view cookie_terms = "; path=/adfs; HttpOnly; Secure; SameSite=None";
constexpr std::string_view started_cookie = "MSISSamlRequest";
constexpr std::string_view session_cookie = "MSISAuth";
constexpr std::string_view metadata_path = "/federationmetadata/2007-06/federationmetadata.xml";

std::string random_guid() {
    const std::string hex = random_hex(16);
    const std::string_view all = hex;
    return fmt::format("{}-{}-{}-{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(12, 4), all.substr(16, 4),
                       all.substr(20));
}

// AD FS takes "CORP\alice" and "alice@corp.example" alike.
std::string_view account_name(std::string_view given) {
    if (const std::size_t at = given.rfind('\\'); at != given.npos)
        given.remove_prefix(at + 1);
    return given.substr(0, given.find('@'));
}

// AD FS 2016 joins the values of a field that is sent twice, so that neither of them is right.
std::string joined(const Pairs& fields, std::string_view name) {
    std::string value;
    bool first = true;
    for (const auto& [key, one] : fields) {
        if (key != name)
            continue;
        value += first ? one : "," + one;
        first = false;
    }
    return value;
}

bool is_page(std::string_view lower_path, std::string_view page) {
    return lower_path == page || lower_path == fmt::format("{}.aspx", page);
}

void set_cookie(Answer& answer, std::string_view name, std::string_view value) {
    answer.headers.emplace_back("Set-Cookie", fmt::format("{}={}{}", name, value, cookie_terms));
}

Answer page(std::string body, std::string outcome, std::string why = {}) {
    Answer answer;
    answer.body = std::move(body);
    answer.outcome = std::move(outcome);
    answer.why = std::move(why);
    return answer;
}

} // namespace

Adfs::Adfs(const World& world, const TokenService& tokens, FaultBook& faults, const Clock& clock, std::string origin)
    : world_(world), tokens_(tokens), faults_(faults), clock_(clock), origin_(std::move(origin)) {}

std::string Adfs::sign_in_url() const {
    return fmt::format("{}/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp={}", origin_, world_.provider.audience);
}

Answer Adfs::answer(const Received& request) {
    const std::string path = lower_ascii(request.path);
    Answer answer;
    if (path == metadata_path) {
        answer = page(tokens_.metadata(world_.provider, origin_ + "/adfs/ls/"), "metadata");
        answer.type = "application/samlmetadata+xml";
    } else if (!path.starts_with("/adfs/")) {
        answer = page("<html><title>Not Found</title></html>", "not found");
        answer.status = 404;
    } else if (const auto wish = wish_of(request); wish) {
        answer = sign_in(request, *wish);
    } else {
        answer = refuse(wish.error());
    }
    answer.headers.emplace_back("Cache-Control", "no-cache,no-store");
    answer.headers.emplace_back("Pragma", "no-cache");
    answer.headers.emplace_back("Expires", "-1");
    answer.headers.emplace_back("X-Frame-Options", "DENY");
    return answer;
}

std::expected<Adfs::Wish, Adfs::Refusal> Adfs::wish_of(const Received& request) const {
    const std::string path = lower_ascii(request.path);
    const auto query = read_fields(request.query);
    if (!query)
        return std::unexpected(Refusal{"MSIS7000", "The request cannot be read."});
    if (is_page(path, "/adfs/ls/idpinitiatedsignon"))
        return provider_first(request, *query);
    if (path == "/adfs/ls/" || path == "/adfs/ls")
        return requested(request, *query);
    return std::unexpected(Refusal{"MSIS7065", fmt::format("Nothing handles the path {}.", printable(request.path))});
}

std::expected<Adfs::Wish, Adfs::Refusal> Adfs::provider_first(const Received& request, const Pairs& query) const {
    if (!world_.provider.idp_initiated)
        return std::unexpected(Refusal{"MSIS7065", "The page for sign-ins that the provider starts is switched off."});
    const std::string* party = field(query, "loginToRp");
    if (party == nullptr || *party != world_.provider.audience)
        return std::unexpected(
            Refusal{"MSIS7007", fmt::format("The relying party \"{}\" is not known.", printable(party ? *party : ""))});
    return Wish{.url = fmt::format("{}?loginToRp={}", lower_ascii(request.path), world_.provider.audience)};
}

std::expected<Adfs::Wish, Adfs::Refusal> Adfs::requested(const Received& request, const Pairs& query) const {
    const std::string* text = field(query, "SAMLRequest");
    if (text == nullptr)
        return std::unexpected(Refusal{"MSIS7065", "There is no sign-in request on this path."});
    const auto asked = read_authn_request(*text);
    if (!asked) {
        const std::string& code = asked.error().peer;
        return std::unexpected(Refusal{code.starts_with("MSIS") ? code : "MSIS7015", asked.error().message});
    }
    if (asked->issuer != world_.provider.audience)
        return std::unexpected(
            Refusal{"MSIS7007", fmt::format("The relying party \"{}\" is not known.", printable(asked->issuer))});
    if (!asked->consumer_url.empty() && asked->consumer_url != world_.provider.recipient)
        return std::unexpected(Refusal{"MSIS3200", fmt::format("\"{}\" is no assertion consumer of the relying party.",
                                                               printable(asked->consumer_url))});
    const std::string* relay = field(query, "RelayState");
    Secret url(request.path);
    url.append("?SAMLRequest=");
    append_percent_encoded(url, *text, Percent::strict);
    if (relay != nullptr) {
        url.append("&RelayState=");
        append_percent_encoded(url, *relay, Percent::strict);
    }
    return Wish{.request_id = asked->id, .relay_state = relay ? *relay : "", .url = std::string(url.reveal())};
}

Answer Adfs::sign_in(const Received& request, const Wish& wish) {
    if (request.method == "POST")
        return take_password(request, wish);
    if (const User* user = signed_in(request))
        return hand_over(wish, *user);
    return show_form(wish);
}

Answer Adfs::show_form(const Wish& wish) {
    if (faults_.strike(FaultKind::idp_503)) {
        Answer answer = page("<html><title>Service Unavailable</title></html>", "503", "fault idp_503");
        answer.status = 503;
        return answer;
    }
    if (const Fault* fault = faults_.strike(FaultKind::idp_error))
        return refuse({.code = fault->text, .text = "A fault of the sandbox's configuration."});
    const std::string action = fmt::format("{}{}&client-request-id={}", origin_, wish.url, random_guid());
    Answer answer = page(login_page({.action = action}), "sign-in form");
    set_cookie(answer, started_cookie, base64_encode(random_hex(24)).reveal());
    return answer;
}

Answer Adfs::take_password(const Received& request, const Wish& wish) {
    if (request.cookie(started_cookie).empty())
        return refuse({.code = "MSIS7001", .text = "The cookie of the sign-in that was begun is missing."});
    const auto fields = read_fields(request.body);
    if (fields && field(*fields, "Context") != nullptr)
        return take_factor(*fields, wish);
    if (!fields || joined(*fields, "AuthMethod") != "FormsAuthentication")
        return refuse({.code = "MSIS7102", .text = "That way to sign in is not available."});
    if (faults_.strike(FaultKind::password_503)) {
        Answer answer = page("<html><title>Service Unavailable</title></html>", "503", "fault password_503");
        answer.status = 503;
        return answer;
    }

    const std::string name = joined(*fields, "UserName");
    const User* user = world_.user(account_name(name));
    const std::string action = fmt::format("{}{}&client-request-id={}", origin_, wish.url, random_guid());
    const bool right = user != nullptr && user->password.equals(joined(*fields, "Password"));
    if (!right || user->state == UserState::disabled) {
        const std::string why = user == nullptr ? "no such user" : right ? "the user is disabled" : "wrong password";
        return page(login_page({.action = action, .user = name, .error = "Wrong user name or password."}),
                    "sign-in form again", why);
    }
    if (user->state == UserState::must_change)
        return page(update_password_page(origin_ + "/adfs/portal/updatepassword/", name), "update password",
                    "the user must change the password");
    if (user->factor.kind != SecondFactor::Kind::none)
        return ask_factor(wish, *user, "");
    return let_in(wish, *user);
}

Answer Adfs::let_in(const Wish& wish, const User& user) {
    Answer answer = page("", "signed in");
    answer.status = 302;
    answer.headers.emplace_back("Location", origin_ + wish.url + "&client-request-id=" + random_guid());
    set_cookie(answer, session_cookie, remember(user));
    return answer;
}

namespace {

bool takes_code(const SecondFactor& factor) {
    return factor.kind == SecondFactor::Kind::code || factor.kind == SecondFactor::Kind::app;
}

bool is_right(const SecondFactor& factor, std::string_view code, Time now) {
    if (factor.kind != SecondFactor::Kind::app)
        return code == factor.code;
    const std::int64_t step = factor.app->step_at(now);
    return factor.app->code_of(step).equals(code) || factor.app->code_of(step - 1).equals(code);
}

} // namespace

Answer Adfs::ask_factor(const Wish& wish, const User& user, std::string_view error) {
    if (factors_.size() >= sessions_max)
        factors_.clear();
    const std::string context = random_hex(32);
    factors_.emplace(context, Asked{.user = &user});
    const std::string action = fmt::format("{}{}&client-request-id={}", origin_, wish.url, random_guid());
    return page(factor_page({.action = action,
                             .method = "AzureMfaAuthentication",
                             .context = context,
                             .takes_code = takes_code(user.factor),
                             .number = takes_code(user.factor) ? "" : user.factor.code,
                             .error = error}),
                "second factor", std::string(error));
}

// On the telephone somebody decides at the second look.
Answer Adfs::take_factor(const Pairs& fields, const Wish& wish) {
    const auto found = factors_.find(joined(fields, "Context"));
    if (found == factors_.end() || joined(fields, "AuthMethod") != "AzureMfaAuthentication")
        return refuse({.code = "MSIS7000", .text = "The context of the second factor is not known."});
    const User& user = *found->second.user;
    if (takes_code(user.factor)) {
        factors_.erase(found);
        if (!is_right(user.factor, joined(fields, "VerificationCode"), clock_.now()))
            return ask_factor(wish, user, "The code is wrong.");
        return let_in(wish, user);
    }
    if (++found->second.looks < 2)
        return page(factor_page({.action = origin_ + wish.url,
                                 .method = "AzureMfaAuthentication",
                                 .context = found->first,
                                 .number = user.factor.code}),
                    "second factor", "not approved yet");
    factors_.erase(found);
    if (user.factor.kind == SecondFactor::Kind::telephone_denied)
        return ask_factor(wish, user, "The sign-in was denied on the telephone.");
    return let_in(wish, user);
}

Answer Adfs::hand_over(const Wish& wish, const User& user) {
    const Provider& provider = world_.provider;
    std::string faulty;
    const auto strikes = [&](FaultKind kind) {
        const Fault* fault = faults_.strike(kind);
        if (fault != nullptr)
            faulty += fmt::format("{}fault {}", faulty.empty() ? "" : ", ", fault->name);
        return fault;
    };
    const Fault* late = strikes(FaultKind::expired);
    const bool by_stranger = strikes(FaultKind::wrong_signature) != nullptr;
    const bool other_audience = strikes(FaultKind::wrong_audience) != nullptr;
    const bool other_recipient = strikes(FaultKind::wrong_recipient) != nullptr;
    const Time issued = clock_.now() - std::chrono::seconds(late ? late->value : 0);
    const std::string response =
        tokens_.issue({.provider = provider,
                       .user = user,
                       .issued = issued,
                       .audience = other_audience ? "urn:example:another-party" : provider.audience,
                       .recipient = other_recipient ? "https://another.example/saml" : provider.recipient,
                       .request_id = wish.request_id},
                      by_stranger);

    Answer answer = page(token_page(provider.recipient, response, wish.relay_state),
                         fmt::format("response for {}", user.name), faulty);
    const std::string now = iso_time(clock_.now());
    set_cookie(answer, "MSISAuthenticated", base64_encode(now).reveal());
    set_cookie(answer, "MSISLoopDetectionCookie", base64_encode(now + "\\1").reveal());
    set_cookie(answer, "SamlSession", base64_encode(random_hex(24)).reveal());
    return answer;
}

Answer Adfs::refuse(const Refusal& refusal) const {
    return page(
        error_page(
            {.code = refusal.code, .text = refusal.text, .activity_id = random_guid(), .time = iso_time(clock_.now())}),
        refusal.code, refusal.text);
}

const User* Adfs::signed_in(const Received& request) {
    const auto found = sessions_.find(request.cookie(session_cookie));
    if (found == sessions_.end())
        return nullptr;
    if (clock_.now() - found->second.since > session_life) {
        sessions_.erase(found);
        return nullptr;
    }
    return found->second.user;
}

std::string Adfs::remember(const User& user) {
    if (sessions_.size() >= sessions_max)
        sessions_.clear(); // everybody signs in again; nobody's program runs without end
    std::string value = random_hex(32);
    sessions_.emplace(value, Signed{.user = &user, .since = clock_.now()});
    return value;
}

} // namespace awsfed::sandbox
