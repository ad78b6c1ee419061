#include "calls.h"

#include "callbacks.h"
#include "marshal.h"

#include <array>
#include <span>

namespace awsfed::wire {
namespace {

using Call = void (*)(Reader&, Writer&);

constexpr Call all_calls[] = {
#define AWSFED_CALL(function) Marshal<function>::run,
#define AWSFED_CALL_WITH_CALLBACKS(name) name,
#include "calls.inc"
#undef AWSFED_CALL
#undef AWSFED_CALL_WITH_CALLBACKS
};

constexpr awsfed_error_field last_field = AWSFED_ERROR_TRACE;

} // namespace

void write_failure(Writer& answer, awsfed_status status, awsfed_error* error) {
    answer.clear();
    answer.number(status);
    answer.number(awsfed_error_http(error));
    answer.number(error == nullptr ? -1 : awsfed_error_retry_after_ms(error));
    for (awsfed_error_field field = 0; field <= last_field; ++field) {
        std::size_t size = 0;
        const char* text = awsfed_error_text(error, field, &size);
        answer.text(text, size);
    }
    awsfed_error_free(error);
}

void answer_call(std::string_view message, Writer& answer, Caller& caller) {
    Reader call(message);
    const std::int64_t number = call.number();
    if (!call.ok() || number < 0 || static_cast<std::size_t>(number) >= std::size(all_calls))
        return write_failure(answer, AWSFED_E_USAGE, nullptr);
    const CallerScope scope(caller);
    all_calls[number](call, answer);
}

std::string_view calls_version() { return AWSFED_CALLS_VERSION; }

} // namespace awsfed::wire
