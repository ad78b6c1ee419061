// The parts of ./dev soak policy. Each prints a line for each kind of policies and returns the exit status.
#pragma once

#include <cstdint>

namespace awsfed::policy {

int run_shrinks(std::uint64_t seed, long documents);
int run_texts(std::uint64_t seed, long texts);

} // namespace awsfed::policy
