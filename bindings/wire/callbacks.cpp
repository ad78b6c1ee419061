#include "callbacks.h"

#include "marshal.h"

#include "awsfed.h"

#include <memory>
#include <utility>

namespace awsfed::wire {
namespace {

thread_local Caller* asking = nullptr;

// What stands behind the user data of a callback: the number that the caller gave.
struct Listener {
    std::int64_t number;
};

std::int64_t number_of(void* user) { return static_cast<const Listener*>(user)->number; }

void write(Writer& question, std::int64_t number) { question.number(number); }
void write(Writer& question, std::string_view text) { question.text(text); }

// What is answered, or failed where nobody answers.
template <class... Arguments>
std::int64_t ask(Question kind, void* user, Bytes& answer, std::int64_t failed, Arguments... arguments) noexcept {
    try {
        Writer question;
        question.number(static_cast<std::int64_t>(kind));
        question.number(number_of(user));
        (write(question, arguments), ...);
        if (asking == nullptr || !asking->ask(question.message(), answer))
            return failed;
        Reader read({answer.data(), answer.size()});
        const std::int64_t returned = read.number();
        return read.ok() ? returned : failed;
    } catch (...) { // only std::bad_alloc is thrown here
        return failed;
    }
}

template <class... Arguments>
int returned(Question kind, void* user, int failed, Arguments... arguments) noexcept {
    Bytes answer;
    return static_cast<int>(ask(kind, user, answer, failed, arguments...));
}

// As above, and the texts that are answered go to reply.
template <class... Arguments>
int texts(Question kind, void* user, awsfed_store_reply* reply, Arguments... arguments) noexcept {
    Bytes answer;
    const auto status = static_cast<int>(ask(kind, user, answer, -1, arguments...));
    Reader read({answer.data(), answer.size()});
    read.number();
    while (status >= 0 && read.ok() && !read.is_at_end()) {
        const std::string_view text = read.text();
        if (read.ok())
            awsfed_store_reply_add(reply, text.data(), text.size());
    }
    return read.ok() ? status : -1;
}

void done(void* user) {
    returned(Question::done, user, 0);
    delete static_cast<Listener*>(user);
}

void log(void* user, awsfed_log_level level, const char* event, const char* text, std::size_t size) {
    returned(Question::log, user, 0, std::int64_t{level}, std::string_view(event), std::string_view(text, size));
}

int replay(void* user, const char* id, std::size_t size, std::int64_t expires_ms) {
    return returned(Question::replay, user, 0, std::string_view(id, size), expires_ms);
}

int audit(void* user, const char* line, std::size_t size) {
    return returned(Question::audit, user, 0, std::string_view(line, size));
}

int get(void* user, const char* name, std::size_t size, awsfed_store_reply* reply) {
    return texts(Question::get, user, reply, std::string_view(name, size));
}

int put(void* user, const char* name, std::size_t name_size, const void* bytes, std::size_t size,
        std::int64_t life_ms) {
    return returned(Question::put, user, -1, std::string_view(name, name_size),
                    std::string_view(static_cast<const char*>(bytes), size), life_ms);
}

int erase(void* user, const char* name, std::size_t size) {
    return returned(Question::erase, user, -1, std::string_view(name, size));
}

int names(void* user, awsfed_store_reply* reply) { return texts(Question::names, user, reply); }

int lock(void* user, const char* name, std::size_t size) {
    return returned(Question::lock, user, -1, std::string_view(name, size));
}

void unlock(void* user, const char* name, std::size_t size) {
    returned(Question::unlock, user, 0, std::string_view(name, size));
}

// set(listener, &error) gives awsfed the callbacks, or none where listener is null. A listener that is refused is ours
// again, and nobody hears of it.
template <class Set>
void listen(Reader& call, Writer& answer, std::int64_t number, Set&& set) {
    if (!call.ok() || !call.is_at_end())
        return write_failure(answer, AWSFED_E_USAGE, nullptr);
    auto listener = number == 0 ? nullptr : std::make_unique<Listener>(number);
    awsfed_error* error = nullptr;
    if (const awsfed_status status = set(listener.get(), &error); status != AWSFED_OK)
        return write_failure(answer, status, error);
    static_cast<void>(listener.release()); // done() frees it
    answer.number(AWSFED_OK);
}

} // namespace

CallerScope::CallerScope(Caller& caller) : before_(std::exchange(asking, &caller)) {}
CallerScope::~CallerScope() { asking = before_; }

void context_log(Reader& call, Writer& answer) {
    auto* context = object_at<awsfed_context>(call.number());
    const auto level = static_cast<awsfed_log_level>(call.number());
    const std::int64_t number = call.number();
    listen(call, answer, number, [&](Listener* listener, awsfed_error** error) {
        const bool on = listener != nullptr;
        return awsfed_context_log(context, level, on ? log : nullptr, listener, on ? done : nullptr, error);
    });
}

void context_replay(Reader& call, Writer& answer) {
    auto* context = object_at<awsfed_context>(call.number());
    const std::int64_t number = call.number();
    listen(call, answer, number, [&](Listener* listener, awsfed_error** error) {
        const bool on = listener != nullptr;
        return awsfed_context_replay(context, on ? replay : nullptr, listener, on ? done : nullptr, error);
    });
}

void context_audit(Reader& call, Writer& answer) {
    auto* context = object_at<awsfed_context>(call.number());
    const std::int64_t number = call.number();
    listen(call, answer, number, [&](Listener* listener, awsfed_error** error) {
        const bool on = listener != nullptr;
        return awsfed_context_audit(context, on ? audit : nullptr, listener, on ? done : nullptr, error);
    });
}

void context_store(Reader& call, Writer& answer) {
    auto* context = object_at<awsfed_context>(call.number());
    const std::int64_t number = call.number();
    const bool has_locks = call.number() != 0;
    listen(call, answer, number, [&](Listener* listener, awsfed_error** error) {
        const bool on = listener != nullptr;
        return awsfed_context_store(context, on ? get : nullptr, on ? put : nullptr, on ? erase : nullptr,
                                    on ? names : nullptr, on && has_locks ? lock : nullptr,
                                    on && has_locks ? unlock : nullptr, listener, on ? done : nullptr, error);
    });
}

} // namespace awsfed::wire
