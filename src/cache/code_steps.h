// Which codes of an authenticator app were sent: each is sent once, by whoever sends it (security rule 6). A server
// takes a code once, and counts the second time as an attack.
#pragma once

#include "base/cancel.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "cache/sealed_store.h"

#include <chrono>
#include <cstdint>
#include <memory>

namespace awsfed {

// May be used by many threads and processes.
class CodeSteps {
public:
    CodeSteps(std::shared_ptr<const SealedStore> store, const Random& random)
        : store_(std::move(store)), random_(random) {}

    // The step whose code is this caller's alone: that of now, or a later one where it was taken before.
    // `period`: how long a step is. store_failed; store_busy, also where too many wait for theirs; cancelled.
    Result<std::int64_t> take(const Secret& app, std::int64_t now, std::chrono::seconds period,
                              const Cancel& cancel) const;
    // All of them may be sent again: a clock that was ahead, and is right now, would wait for itself.
    Result<void> forget(const Secret& app, const Cancel& cancel) const;

private:
    RequestKey key_of(const Secret& app) const;

    std::shared_ptr<const SealedStore> store_;
    const Random& random_;
};

} // namespace awsfed
