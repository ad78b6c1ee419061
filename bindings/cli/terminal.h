// Questions to a person. They go to the terminal itself (/dev/tty), so that standard input and output
// stay free; without a terminal nobody is asked.
#pragma once

#include "awsfed.hpp"

#include <string>
#include <vector>

namespace cli {

bool has_terminal();

// Asks each question of the conversation and answers it. False when the person gave up (end of input).
bool answer_questions(awsfed::SignIn& sign_in);

// What a person must see, or do elsewhere, while the sign-in waits.
void show_waiting(const awsfed::SignIn& sign_in);

// The index of the chosen item, or -1 when the person gave up.
int choose(const std::string& title, const std::vector<std::string>& items);

} // namespace cli
