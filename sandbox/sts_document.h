// The XML documents that STS answers with, as in its API reference
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html, "Examples").
#pragma once

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

// A member of a result: with a text, or with members of its own.
struct StsMember {
    std::string name;
    std::string text{};
    std::vector<StsMember> members{};
};

Answer sts_result(std::string_view action, const std::vector<StsMember>& members);
Answer sts_refusal(const StsRefusal& refusal);

} // namespace awsfed::sandbox
