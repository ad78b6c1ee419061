// Walks the way of a sign-in step by step, and says of each step what was found and what is wrong.
//
// No password is sent unless that is wished for, and then at most once, past the same ledger as any other. A step that
// fails does not keep later ones from being taken, where they can still tell something.
#pragma once

#include "base/cancel.h"
#include "flow/context.h"

#include <string>
#include <vector>

namespace awsfed {

struct DoctorStep {
    enum class Outcome { ok, warning, failed, skipped };

    std::string name; // "idp-connection"; several may have one
    Outcome outcome = Outcome::ok;
    std::string found;   // a sentence, or a few
    std::string advice{};  // of what is not ok; a list has one item a line
    std::string code{};    // of the error behind it, if one is
    std::string setting{}; // the one at fault, if one is
};

struct DoctorReport {
    std::vector<DoctorStep> steps; // in the order in which they were taken
    std::string talk;              // the record, where one was wished for and could be made

    bool is_healthy() const; // nothing failed
};

struct DoctorWishes {
    bool with_password = false; // the whole sign-in
    bool trade = false;         // the response goes to STS, too
    bool record = false;        // a talk of what was said (flow/talk_record.h)
};

// Fails only where nothing can be looked at: cancelled, or settings that contradict each other.
Result<DoctorReport> examine(const Context& context, const Settings* call, const DoctorWishes& wishes,
                             const Cancel& cancel);

} // namespace awsfed
