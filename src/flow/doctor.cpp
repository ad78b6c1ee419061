#include "flow/doctor.h"

#include "flow/access.h"
#include "flow/doctor_steps.h"
#include "flow/plan.h"

#include <algorithm>

namespace awsfed {

namespace doctor {

void Visitor::add(std::string_view step, Outcome outcome, std::string found, std::string advice) {
    report.steps.push_back(
        {.name = std::string(step), .outcome = outcome, .found = log.redact(found), .advice = log.redact(advice)});
}

void Visitor::tell(std::string_view step, Outcome outcome, const Error& error) {
    add(step, outcome, error.message, error.advice);
    report.steps.back().code = row_of(error.code).text;
    report.steps.back().setting = error.setting;
}

namespace {

void walk(Visitor& v) {
    look_at_secrets(v);
    look_at_settings(v);
    const bool has_server = idp_of(v.settings) == Idp::form || idp_of(v.settings) == Idp::adfs;
    if (has_server) {
        look_at_ledger(v);
        look_at_idp(v);
        look_at_entry(v);
    }
    look_at_metadata(v);
    look_at_sts(v);
    if (v.wishes.with_password || idp_of(v.settings) == Idp::assertion) {
        sign_in_once(v);
        look_at_assertion(v);
        look_at_roles(v);
    }
    if (v.wishes.trade)
        trade_once(v);
    if (v.wishes.record && has_server)
        write_record(v);
}

} // namespace

} // namespace doctor

bool DoctorReport::is_healthy() const {
    return std::ranges::none_of(steps, [](const DoctorStep& s) { return s.outcome == DoctorStep::Outcome::failed; });
}

Result<DoctorReport> examine(const Context& context, const Settings* call, const DoctorWishes& wishes,
                             const Cancel& cancel) {
    AWSFED_TRY(Settings settings, context.settings_of_anybody(call));
    doctor::Visitor visitor{.context = context,
                            .call = call,
                            .settings = std::move(settings),
                            .wishes = wishes,
                            .cancel = cancel,
                            .log = context.new_log()};
    // For whom the connector is not, nothing is resolved and nothing sent (security rule 10).
    if (doctor::look_at_access(visitor))
        doctor::walk(visitor);
    if (cancel.cancelled())
        return fail(Code::cancelled, "The call was cancelled.");
    return std::move(visitor.report);
}

} // namespace awsfed
