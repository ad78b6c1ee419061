// What the steps of the doctor share. Inside of flow/doctor*.cpp only.
#pragma once

#include "aws/sts_action.h"
#include "flow/doctor.h"
#include "flow/talk_record.h"
#include "http/url.h"
#include "saml/assertion.h"
#include "saml/aws_rules.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace awsfed::doctor {

using Outcome = DoctorStep::Outcome;

// One examination.
struct Visitor {
    const Context& context;
    const Settings* call;
    Settings settings; // with their secrets fetched; those that cannot be had are taken away
    DoctorWishes wishes;
    const Cancel& cancel;
    Log log;
    DoctorReport report{};
    TalkRecord pages{};   // of the entry
    TalkRecord sign_in{}; // of the sign-in with the password
    bool leads_on = false; // the entry does, or nobody knows that it does not
    std::string came_to{}; // the sign-in: "response", or an error's code
    std::shared_ptr<const Assertion> assertion{};

    void ok(std::string_view step, std::string found) { add(step, Outcome::ok, std::move(found), ""); }
    void skip(std::string_view step, std::string why) { add(step, Outcome::skipped, std::move(why), ""); }
    void warn(std::string_view step, std::string found, std::string advice) {
        add(step, Outcome::warning, std::move(found), std::move(advice));
    }
    void fail(std::string_view step, std::string found, std::string advice) {
        add(step, Outcome::failed, std::move(found), std::move(advice));
    }
    void fail(std::string_view step, const Error& error) { tell(step, Outcome::failed, error); }
    void tell(std::string_view step, Outcome outcome, const Error& error);
    void add(std::string_view step, Outcome outcome, std::string found, std::string advice);
};

// ---- doctor_settings.cpp ----
bool look_at_access(Visitor& v);
void look_at_secrets(Visitor& v);
void look_at_settings(Visitor& v);
void look_at_ledger(Visitor& v);

// ---- doctor_servers.cpp ----
void look_at_idp(Visitor& v);
void look_at_sts(Visitor& v);
// By the Date of an answer; `local` is the clock here when it came.
void compare_clocks(Visitor& v, std::string_view step, std::string_view whose, std::string_view date, Time local);
// "until 2027-01-01T00:00:00Z, 32 days"; warned of when that is soon.
struct Validity {
    std::string text;
    Outcome outcome = Outcome::ok;
};
Validity validity_until(Time end);

// ---- doctor_pages.cpp ----
void look_at_entry(Visitor& v);

// ---- doctor_saml.cpp ----
void look_at_metadata(Visitor& v);
void look_at_assertion(Visitor& v);
void look_at_roles(Visitor& v);

// ---- doctor_sign_in.cpp ----
void sign_in_once(Visitor& v);
void trade_once(Visitor& v);
void write_record(Visitor& v);

} // namespace awsfed::doctor
