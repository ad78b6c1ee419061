// The doctor's report.
#include "flow/doctor.h"
#include "guarded.h"

using namespace awsfed;
using namespace awsfed::capi;

namespace {

std::string_view name_of(DoctorStep::Outcome outcome) {
    switch (outcome) {
    case DoctorStep::Outcome::ok: return "ok";
    case DoctorStep::Outcome::warning: return "warning";
    case DoctorStep::Outcome::failed: return "failed";
    case DoctorStep::Outcome::skipped: break;
    }
    return "skipped";
}

Result<DoctorWishes> wishes_in(uint32_t flags) {
    constexpr uint32_t known = AWSFED_DOCTOR_PASSWORD | AWSFED_DOCTOR_TRADE | AWSFED_DOCTOR_RECORD;
    if ((flags & ~known) != 0)
        return fail(Code::usage, "awsfed_doctor does not know the flags {}.", flags & ~known);
    return DoctorWishes{.with_password = (flags & AWSFED_DOCTOR_PASSWORD) != 0,
                        .trade = (flags & AWSFED_DOCTOR_TRADE) != 0,
                        .record = (flags & AWSFED_DOCTOR_RECORD) != 0};
}

} // namespace

awsfed_status awsfed_doctor(const awsfed_context* c, const awsfed_settings* s, uint32_t flags, awsfed_cancel* cancel,
                            awsfed_report** out, awsfed_error** err) {
    return guarded(err, [&]() -> Result<void> {
        AWSFED_NEEDS(out);
        *out = nullptr;
        AWSFED_NEEDS(c);
        AWSFED_TRY(const DoctorWishes wishes, wishes_in(flags));
        AWSFED_TRY(DoctorReport report, examine(*c->context, settings_or_none(s), wishes, cancel_or_never(cancel)));
        *out = new awsfed_report{std::move(report)};
        return {};
    });
}

int awsfed_report_healthy(const awsfed_report* r) { return r != nullptr && r->report.is_healthy() ? 1 : 0; }

size_t awsfed_report_count(const awsfed_report* r) { return r == nullptr ? 0 : r->report.steps.size(); }

const char* awsfed_report_text(const awsfed_report* r, size_t index, awsfed_report_field field, size_t* n) {
    if (index >= awsfed_report_count(r))
        return absent(n);
    const DoctorStep& step = r->report.steps[index];
    switch (field) {
    case AWSFED_REPORT_STEP: return text_out(step.name, n);
    case AWSFED_REPORT_OUTCOME: {
        const std::string_view name = name_of(step.outcome);
        return text_out(name.data(), name.size(), n);
    }
    case AWSFED_REPORT_FOUND: return text_out(step.found, n);
    case AWSFED_REPORT_ADVICE: return text_or_absent(step.advice, n);
    case AWSFED_REPORT_CODE: return text_or_absent(step.code, n);
    case AWSFED_REPORT_SETTING: return text_or_absent(step.setting, n);
    default: return absent(n);
    }
}

const char* awsfed_report_talk(const awsfed_report* r, size_t* n) {
    return r == nullptr ? absent(n) : text_or_absent(r->report.talk, n);
}

void awsfed_report_free(awsfed_report* r) { delete r; }
