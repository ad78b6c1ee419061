#include "base/error.h"

#include <array>
#include <cstddef>

namespace awsfed {

namespace {

constexpr std::array error_rows{
#define AWSFED_ERROR(name, text, status, meaning, advice) ErrorRow{Code::name, text, Status::status, meaning, advice},
#include "base/errors.def"
#undef AWSFED_ERROR
};

} // namespace

const ErrorRow& row_of(Code code) {
    const auto index = static_cast<std::size_t>(code);
    return index < error_rows.size() ? error_rows[index] : error_rows[0];
}

std::string_view status_name(Status status) {
    switch (status) {
    case Status::ok: return "ok";
    case Status::internal: return "internal";
    case Status::memory: return "memory";
    case Status::usage: return "usage";
    case Status::setting: return "setting";
    case Status::cancelled: return "cancelled";
    case Status::timeout: return "timeout";
    case Status::network: return "network";
    case Status::trust: return "trust";
    case Status::protocol: return "protocol";
    case Status::refused: return "refused";
    case Status::role: return "role";
    case Status::denied: return "denied";
    case Status::expired: return "expired";
    case Status::throttled: return "throttled";
    case Status::store: return "store";
    case Status::unsupported: return "unsupported";
    }
    return "internal";
}

Failure fail_with(Code code, std::string message) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.advice = row_of(code).advice;
    return Failure(std::move(error));
}

} // namespace awsfed
