// Log lines on their way to the host, and the veil over secrets in them.
#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

// The numbers are those of awsfed.h; a sink gets the lines up to its level.
enum class LogLevel { warning = 1, info = 2, debug = 3, trace = 4 };

// Replaces every secret that it was told about by "[secret]", in its plain, percent, JSON and base64
// forms, whichever characters are escaped there. A second line of defence: the first is that nothing secret is ever
// formatted. It is needed where a peer's own words are passed on, since a peer may echo what it was sent. For one
// thread at a time.
class Redactor {
public:
    void add(std::string_view secret); // shorter than four bytes: not hidden, it would hit by chance
    std::string redact(std::string_view text) const;

private:
    void make_forms() const;

    // The forms are made when there is something to hide them in: most calls write nothing.
    mutable std::vector<Secret> secrets_; // whose forms are not made yet
    mutable std::vector<Secret> forms_;
};

// What the library tells while it works. Lines are events with a stable name; no line is a secret.
class Log {
public:
    using Sink = std::function<void(LogLevel level, std::string_view event, std::string_view text)>;

    Log() = default;
    Log(LogLevel level, Sink sink) : level_(level), sink_(std::move(sink)) {}

    void hide(std::string_view secret) { redactor_.add(secret); }
    std::string redact(std::string_view text) const { return redactor_.redact(text); }
    // Every text of it: a server chooses its codes and request ids too.
    Error redact(Error error) const;

    // Whether a line of that level goes anywhere: for texts that are dear to make.
    bool listens(LogLevel level) const { return sink_ && level <= level_; }

    template <class... Args>
    void write(LogLevel level, std::string_view event, fmt::format_string<Args...> text, Args&&... args) const {
        if (listens(level))
            sink_(level, event, redactor_.redact(fmt::format(text, std::forward<Args>(args)...)));
    }

private:
    LogLevel level_ = LogLevel::warning;
    Sink sink_;
    Redactor redactor_;
};

} // namespace awsfed
