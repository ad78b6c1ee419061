// awsfed doctor: what is wrong with a sign-in, step by step.
#pragma once

#include "options.h"

#include <optional>
#include <string>

namespace cli {

struct DoctorWishes {
    bool with_password = false, trade = false, json = false;
    std::optional<std::string> record; // the file for the talk

    void add_to(CLI::App& command, Options& options);
};

// 0 when no step failed, else 1. As lines, or as one JSON object.
int doctor(const Options& options, const DoctorWishes& wishes);

} // namespace cli
