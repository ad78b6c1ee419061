// The C interface by messages. A call is the function's number in calls.inc, then its arguments from left to right:
//
//   object, number         a number
//   pointer and length     a text; NULL is none
//   what is given back     nothing
//
// The answer is 0, then what the function gave back from left to right and what it returned, where that is no status;
// or a status, and then the error: HTTP status, retry_after_ms, and its texts in the order of awsfed_error_field.
// Objects are known by their addresses, which only who made them may send: the other side is trusted as a caller of C
// is.
#pragma once

#include "message.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace awsfed::wire {

// Who called, while he waits for the answer: awsfed's callbacks go back to him.
class Caller {
public:
    virtual ~Caller() = default;
    // Puts a question (callbacks.h) and waits for what is answered. False where no answer is to be had.
    virtual bool ask(std::string_view question, Bytes& answer) = 0;
};

// Runs one call. Whatever the message is, there is an answer; one that is no call at all is answered with
// AWSFED_E_USAGE.
void answer_call(std::string_view message, Writer& answer, Caller& caller);

// What calls there are, as one short text: two sides that say the same one understand each other.
std::string_view calls_version();

} // namespace awsfed::wire
