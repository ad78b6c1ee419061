// What can go wrong, as a value: a code of the closed set and everything a person needs to go on.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace awsfed {

// The coarse class that a calling program branches on. The numbers are those of awsfed.h.
enum class Status : std::int32_t {
    ok = 0,
    internal = 1,
    memory = 2,
    usage = 3,
    setting = 4,
    cancelled = 5,
    timeout = 6,
    network = 7,
    trust = 8,
    protocol = 9,
    refused = 10,
    role = 11,
    denied = 12,
    expired = 13,
    throttled = 14,
    store = 15,
    unsupported = 16,
};

// The exact reason, one row of errors.def each.
enum class Code {
#define AWSFED_ERROR(name, text, status, meaning, advice) name,
#include "base/errors.def"
#undef AWSFED_ERROR
    // Not a failure and not in the table: a conversation needs an answer before it can go on.
    // flow turns it into a question; it never leaves the library.
    asked,
    // Likewise: something is pending elsewhere, and the conversation goes on after a while.
    pending,
};

struct ErrorRow {
    Code code;
    std::string_view text;
    Status status;
    std::string_view meaning;
    std::string_view advice;
};

const ErrorRow& row_of(Code code);
std::string_view status_name(Status status);

// Never holds a secret, a cookie, an assertion or a page body.
struct Error {
    Code code = Code::internal;
    std::string message; // one sentence for a person
    std::string advice;  // what to try next; a list has one item a line
    std::string stage;   // where: "form/submit-password", "sts/assume-role"
    std::string setting; // the setting at fault, if one is
    std::string peer;    // the server's own code: "AccessDenied"
    std::string trace;   // the server's request id
    int http = 0;        // HTTP status, 0: none
    std::int64_t retry_after_ms = -1; // -1: repeating the same call is pointless
    std::string question{};           // Code::asked only: which

    Status status() const { return row_of(code).status; }
};

// A failure on its way up. Made by fail(), completed by the methods, taken by Result.
class [[nodiscard]] Failure {
public:
    explicit Failure(Error error) : error_(std::move(error)) {}

    Failure&& setting(std::string_view name) && {
        error_.setting = name;
        return std::move(*this);
    }
    Failure&& advice(std::string text) && {
        error_.advice = std::move(text);
        return std::move(*this);
    }
    Failure&& stage(std::string_view where) && {
        error_.stage = where;
        return std::move(*this);
    }
    Failure&& peer(std::string code) && {
        error_.peer = std::move(code);
        return std::move(*this);
    }
    Failure&& trace(std::string id) && {
        error_.trace = std::move(id);
        return std::move(*this);
    }
    Failure&& http(int status) && {
        error_.http = status;
        return std::move(*this);
    }
    Failure&& retry_after_ms(std::int64_t wait) && {
        error_.retry_after_ms = wait;
        return std::move(*this);
    }

    Error take() && { return std::move(error_); }

private:
    Error error_;
};

[[gnu::cold]] Failure fail_with(Code code, std::string message);

// Failures are made out of the way of what works ("cold"), so that its code lies close together.
template <class... Args>
[[gnu::cold, gnu::noinline]] Failure fail(Code code, fmt::format_string<Args...> text, Args&&... args) {
    return fail_with(code, fmt::format(text, std::forward<Args>(args)...));
}

} // namespace awsfed
