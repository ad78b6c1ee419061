// How the tool speaks: errors for people or programs, and the tables that it prints.
#pragma once

#include "awsfed.hpp"

#include <string>
#include <string_view>

namespace cli {

enum class ErrorFormat { text, json };

// On standard error. As text:
//
//   awsfed: The identity provider does not offer you arn:aws:iam::123456789012:role/admin.
//           setting: role_arn
//           Ask for the role to be added to your account, or use one of these:
//             arn:aws:iam::123456789012:role/build
void show_error(const awsfed::Error& error, ErrorFormat format);

// 10 + awsfed_status, so that it differs from what shells and CLI11 use for themselves.
int exit_status(const awsfed::Error& error);

// A line of the tool's own on standard error.
void say_line(const std::string& text);

// Texts from outside on their way to a terminal: control characters, and those that turn the direction of what is
// read, become '?'.
std::string plain(std::string_view text);

// 2026-11-25T18:00:00Z
std::string utc(std::chrono::system_clock::time_point time);

} // namespace cli
