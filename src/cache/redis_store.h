// Records in a Redis, for all machines that reach it.
//
// A lock there has a lease: a key that ends by itself, with a word in it that only its holder knows. It ends with the
// lease where the holder died, and also where he is at work for longer than that: then the next one goes, too. Nothing
// breaks by it, since records are written whole; it costs a call.
#pragma once

#include "cache/redis_link.h"
#include "cache/store.h"

#include <memory>
#include <string>

namespace awsfed {

// Connects when it is first asked. A connection that is good is kept for the next question, and made once more where it
// broke meanwhile. Where there is none to be had, the store is left alone for a while: a hundred callers do not wait
// for a hundred time-outs.
class RedisStore : public Store {
public:
    static constexpr std::chrono::seconds rest{10};

    explicit RedisStore(RedisTerms terms);

    Result<std::optional<std::string>> get(const std::string& name, const Cancel& cancel) const override;
    Result<void> put(const std::string& name, std::string_view bytes, std::chrono::milliseconds life,
                     const Cancel& cancel) const override;
    Result<void> erase(const std::string& name, const Cancel& cancel) const override;
    Result<std::vector<std::string>> names(const Cancel& cancel) const override;
    Result<std::unique_ptr<Lock>> try_lock(const std::string& name, const Cancel& cancel) const override;

private:
    class Links;
    class HeldLock;

    std::shared_ptr<Links> links_; // a lock may outlive the store
};

} // namespace awsfed
