// One flight for each key: of those who ask for the same at the same time, one goes and the others wait for him.
#pragma once

#include "base/cancel.h"
#include "base/result.h"
#include "cache/request_key.h"
#include "credentials/credentials.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace awsfed {

// May be used by many threads; each waits in its own call.
class Flights {
public:
    // What `go` brings, or what another one brings who is on his way for the same key. A failure is that of all who
    // wait, so that a password that is refused is refused once. One that is cancelled, or thrown, is his alone: then
    // one of the others goes. No lock is held while `go` runs. Waiting ends with `cancel`.
    // `wish`: how long the credentials should be good. What was brought for a smaller one is not for those with a
    // larger one, who go themselves then.
    Result<Credentials> fly(const RequestKey& key, const Cancel& cancel, const std::function<Result<Credentials>()>& go,
                            std::chrono::milliseconds wish = {});
    bool is_up(const RequestKey& key) const; // somebody is on his way for it

private:
    struct Flight {
        std::chrono::milliseconds wish{};
        bool landed = false;
        std::optional<Result<Credentials>> outcome{}; // empty: it brought nothing that others could use
    };
    class Landing;

    // Empty: this caller goes. Else what the other one brought; his flight may have brought nothing.
    std::shared_ptr<const Flight> join(const RequestKey& key, const Cancel& cancel, std::chrono::milliseconds wish);

    mutable std::mutex mutex_;
    std::condition_variable landed_;
    std::map<RequestKey, std::shared_ptr<Flight>> flights_;
};

} // namespace awsfed
