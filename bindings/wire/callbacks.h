// The functions of the C interface that take callbacks. A caller gives a number of his own in place of functions and
// user data, and 0 to end it; every callback then is a question to him:
//
//   kind, his number, arguments  ->  what the callback returns, and texts where it gives some
#pragma once

#include "calls.h"

namespace awsfed::wire {

enum class Question : std::int64_t {
    done = 0,   // nobody asks him by that number any more
    log = 1,    // level, event, text
    replay = 2, // id, expires_ms
    audit = 3,  // line
    get = 4,    // name                  -> texts
    put = 5,    // name, bytes, life_ms
    erase = 6,  // name
    names = 7,  //                       -> texts
    lock = 8,   // name
    unlock = 9, // name
};

// Who asks of awsfed on this thread: awsfed calls back on the thread of the call alone.
class CallerScope {
public:
    explicit CallerScope(Caller& caller);
    ~CallerScope();
    CallerScope(const CallerScope&) = delete;
    CallerScope& operator=(const CallerScope&) = delete;

private:
    Caller* before_;
};

void context_log(Reader& call, Writer& answer);
void context_replay(Reader& call, Writer& answer);
void context_audit(Reader& call, Writer& answer);
// The context, his number, and whether he has locks.
void context_store(Reader& call, Writer& answer);

} // namespace awsfed::wire
