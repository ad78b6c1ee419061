// The XML documents that STS answers with, as in its API reference
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html, "Examples").
#pragma once

#include "base/result.h"
#include "sandbox/exchange.h"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed::sandbox {

// Why STS says no. The message is AWS's where it is known; `why` is for the journal, and may say more.
struct StsRefusal {
    std::string code;
    std::string message;
    std::string why{};
};

template <class T>
using StsResult = std::expected<T, StsRefusal>;
using StsFailure = std::unexpected<StsRefusal>;

StsFailure refuse(std::string code, std::string message, std::string why = {});
StsFailure invalid(std::string message); // a ValidationError

// As AWSFED_TRY and AWSFED_CHECK of base/result.h, for an StsResult.
#define AWSFED_STS_TRY(target, ...) AWSFED_STS_TRY_(AWSFED_JOIN(sts_try_, __COUNTER__), target, __VA_ARGS__)
#define AWSFED_STS_TRY_(result, target, ...)               \
    auto result = (__VA_ARGS__);                           \
    if (!result)                                           \
        return std::unexpected(std::move(result).error()); \
    target = *std::move(result)
#define AWSFED_STS_CHECK(...) AWSFED_STS_CHECK_(AWSFED_JOIN(sts_try_, __COUNTER__), __VA_ARGS__)
#define AWSFED_STS_CHECK_(result, ...)        \
    if (auto result = (__VA_ARGS__); !result) \
    return std::unexpected(std::move(result).error())

// A member of a result: with a text, or with members of its own.
struct StsMember {
    std::string name;
    std::string text{};
    std::vector<StsMember> members{};
};

// `outcome` is for the journal: whose session it is.
Answer sts_result(std::string_view action, const std::vector<StsMember>& members, std::string outcome);
Answer sts_refusal(const StsRefusal& refusal);

} // namespace awsfed::sandbox
