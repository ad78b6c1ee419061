// The sign-in itself, once, and the call of STS: only where they are wished for.
#include "base/text.h"
#include "flow/audit.h"
#include "flow/doctor_steps.h"
#include "flow/obtain.h"
#include "flow/plan.h"
#include "flow/signin.h"
#include "idp/visits.h"

namespace awsfed::doctor {

namespace {

constexpr std::string_view step = "sign-in";

// Nobody is asked. What somebody approves elsewhere is waited for.
Result<std::shared_ptr<const Assertion>> run(SignIn& sign_in, const Cancel& cancel) {
    while (true) {
        AWSFED_TRY(const SignIn::State state, sign_in.step(cancel));
        if (state == SignIn::State::done)
            return sign_in.result();
        if (state == SignIn::State::waits)
            continue;
        const Question& question = sign_in.questions().front();
        if (!question.adapter.empty())
            return awsfed::fail(Code::second_factor_demanded, "The identity provider demands a second factor: \"{}\".",
                                question.adapter)
                .peer(question.adapter)
                .setting(question.name);
        return awsfed::fail(Code::question_left, "The sign-in asks for {}, which no setting answers.", question.name)
            .setting(question.name);
    }
}

Result<std::shared_ptr<const Assertion>> sign_in(Visitor& v) {
    Settings settings = v.settings.clone();
    settings.derive("keep_session", "false"); // a session that is kept would prove nothing about the password
    AWSFED_TRY(const Audit audit, Audit::open(v.context, v.call, step));
    auto assertion = [&]() -> Result<std::shared_ptr<const Assertion>> {
        AWSFED_TRY(const std::unique_ptr<SignIn> one,
                   SignIn::start(v.context, std::move(settings), v.cancel, &v.sign_in));
        return run(*one, v.cancel);
    }();
    if (!assertion)
        audit.refused(assertion.error(), {});
    return assertion;
}

bool is_of_question(const Error& error) {
    return error.code == Code::question_left || (error.code == Code::second_factor_demanded && !error.setting.empty());
}

// What the provider gave, whatever was made of it then.
bool has_response(const TalkRecord& record) {
    if (record.exchanges().empty() || !record.exchanges().back().answer)
        return false;
    const Response& last = *record.exchanges().back().answer;
    const auto page = read_page(last.body.reveal(), last.header("content-type"));
    return page && saml_response_in(*page);
}

} // namespace

void sign_in_once(Visitor& v) {
    const bool is_given = idp_of(v.settings) == Idp::assertion;
    if (!is_given && !v.leads_on)
        return v.skip(step, "The entry does not lead to a form, so no password was sent.");
    auto assertion = sign_in(v);
    if (!assertion) {
        const Error& error = assertion.error();
        const bool is_behind = error.code != Code::idp_refused && has_response(v.sign_in);
        v.came_to = is_behind ? "response" : is_of_question(error) ? "question" : std::string(row_of(error.code).text);
        return v.fail(step, error);
    }
    v.came_to = "response";
    v.assertion = *std::move(assertion);
    v.log.hide(v.assertion->response.reveal());
    v.ok(step, is_given ? "The response that is given can be read." : "The identity provider gave its response.");
}

void trade_once(Visitor& v) {
    if (!v.assertion)
        return v.skip("trade", "There is no response to trade.");
    const auto keys = assume_role_with_saml(v.context, v.call, v.assertion, v.cancel);
    if (!keys)
        return v.fail("trade", keys.error());
    v.ok("trade", fmt::format("STS gave credentials for {}{}; they were thrown away.", printable(keys->session_arn),
                              keys->expiration ? " until " + iso_time(*keys->expiration) : ""));
}

void write_record(Visitor& v) {
    const TalkRecord& record = v.came_to.empty() ? v.pages : v.sign_in;
    if (record.exchanges().empty())
        return v.skip("record", "Nothing was said that could be recorded.");
    auto talk = record.talk(v.settings, v.log, v.came_to);
    if (!talk)
        return v.fail("record", talk.error());
    if (talk->text.empty())
        return v.fail("record", "Nothing is written down. " + talk->why_not,
                      "The log (-vv) has a line for each page, without its words.");
    v.report.talk = std::move(talk->text);
    v.ok("record", fmt::format("{} exchange(s), with stand-ins for names and secrets.", record.exchanges().size()));
}

} // namespace awsfed::doctor
