// A value or the Error that stands in its place. What can fail returns one of these.
#pragma once

#include "base/error.h"

#include <expected>
#include <type_traits>
#include <utility>

namespace awsfed {

template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
    using Base = std::expected<T, Error>;

public:
    using Base::Base;
    [[gnu::cold, gnu::noinline]] Result(Failure&& failure) // NOLINT: the point is to convert
        : Base(std::unexpected(std::move(failure).take())) {}
};

// Hands an error up unchanged.
[[gnu::cold, gnu::noinline]] inline Failure pass(Error error) { return Failure(std::move(error)); }

#define AWSFED_JOIN_(a, b) a##b
#define AWSFED_JOIN(a, b) AWSFED_JOIN_(a, b)

// AWSFED_TRY(Arn role, Arn::parse(text)): declares or assigns the value, or returns the error.
#define AWSFED_TRY(target, ...) AWSFED_TRY_(AWSFED_JOIN(awsfed_try_, __COUNTER__), target, __VA_ARGS__)
#define AWSFED_TRY_(result, target, ...)                  \
    auto result = (__VA_ARGS__);                          \
    if (!result)                                          \
        return ::awsfed::pass(std::move(result).error()); \
    target = *std::move(result)

// AWSFED_CHECK(check_policy(text)): for a Result<void>, or one whose value is not needed.
#define AWSFED_CHECK(...) AWSFED_CHECK_(AWSFED_JOIN(awsfed_try_, __COUNTER__), __VA_ARGS__)
#define AWSFED_CHECK_(result, ...)                            \
    do { /* whole, so that no `else` behind it is taken */    \
        if (auto result = (__VA_ARGS__); !result)             \
            return ::awsfed::pass(std::move(result).error()); \
    } while (false)

} // namespace awsfed
