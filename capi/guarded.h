// The one place where C++ failures become C failures, and C texts become C++ texts.
#pragma once

#include "awsfed.h"
#include "base/result.h"
#include "handles.h"

#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace awsfed::capi {

// Hands an error over. Where there is no memory left for the error object, the status alone must do.
inline awsfed_status hand_over(awsfed_error** err, Error error) noexcept {
    const auto status = static_cast<awsfed_status>(error.status());
    if (err != nullptr)
        *err = new (std::nothrow) awsfed_error{std::move(error)};
    return status;
}

inline awsfed_status hand_over_code(awsfed_error** err, Code code) noexcept {
    try {
        return hand_over(err, fail_with(code, std::string(row_of(code).meaning)).take());
    } catch (...) {
        return static_cast<awsfed_status>(row_of(code).status);
    }
}

// Runs `body`, which returns a Result<void>. Nothing that it throws gets out.
template <class Body>
awsfed_status guarded(awsfed_error** err, Body&& body) noexcept {
    if (err != nullptr)
        *err = nullptr;
    try {
        Result<void> done = std::forward<Body>(body)();
        return done ? AWSFED_OK : hand_over(err, std::move(done).error());
    } catch (const std::bad_alloc&) {
        return hand_over_code(err, Code::memory);
    } catch (...) {
        return hand_over_code(err, Code::internal);
    }
}

// A pointer argument that must be there.
#define AWSFED_NEEDS(pointer) \
    if ((pointer) == nullptr) \
    return ::awsfed::fail(::awsfed::Code::usage, "The argument {} must not be NULL.", #pointer)

inline Result<std::string_view> bytes_in(const void* bytes, std::size_t size) {
    if (bytes == nullptr && size != 0)
        return fail(Code::usage, "A text argument is NULL.");
    const char* text = bytes == nullptr ? "" : static_cast<const char*>(bytes);
    return std::string_view(text, size == AWSFED_NUL ? std::strlen(text) : size);
}

inline Result<std::string_view> text_in(const char* text, std::size_t size) {
    AWSFED_TRY(std::string_view view, bytes_in(text, size));
    if (view.find('\0') != std::string_view::npos)
        return fail(Code::usage, "A text argument holds a NUL.");
    return view;
}

// Text that its object owns. NULL for what is absent.
inline const char* text_out(const char* text, std::size_t size, std::size_t* n) noexcept {
    if (n != nullptr)
        *n = text == nullptr ? 0 : size;
    return text;
}
inline const char* absent(std::size_t* n) noexcept { return text_out(nullptr, 0, n); }
inline const char* text_out(const std::string& text, std::size_t* n) noexcept {
    return text_out(text.c_str(), text.size(), n);
}
inline const char* text_or_absent(const std::string& text, std::size_t* n) noexcept {
    return text.empty() ? absent(n) : text_out(text, n);
}

inline const Cancel& cancel_or_never(const awsfed_cancel* cancel) {
    static const Cancel never;
    return cancel == nullptr ? never : *cancel->cancel;
}

inline const Settings* settings_or_none(const awsfed_settings* s) { return s == nullptr ? nullptr : &s->settings; }

} // namespace awsfed::capi
