// Where sealed records lie, each under a name: a folder, a place of the host program's own, a Redis. A store is told
// neither what they are nor whose, and what it gives back is not believed (security rule 12): see SealedStore.
#pragma once

#include "base/cancel.h"
#include "base/result.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

// A name is at most 80 letters, digits and dots. Every failure is store_failed, and tells what to mend; a call that is
// cancelled may fail so, too. May be used by many threads and processes.
class Store {
public:
    static constexpr std::size_t record_bytes_max = 256 * 1024;

    // Whoever holds it is the one who goes. It ends with its owner, however he ends; where the store is on another
    // machine, a while after him, and after a longer while even where he lives.
    class Lock {
    public:
        Lock() = default;
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;
        virtual ~Lock() = default;
    };

    virtual ~Store() = default;

    // Empty where there is none.
    virtual Result<std::optional<std::string>> get(const std::string& name, const Cancel& cancel) const = 0;
    // At one stroke: a reader finds the old bytes or the new ones, also when the writer is killed. Nobody misses them
    // after `life`.
    virtual Result<void> put(const std::string& name, std::string_view bytes, std::chrono::milliseconds life,
                             const Cancel& cancel) const = 0;
    virtual Result<void> erase(const std::string& name, const Cancel& cancel) const = 0;
    virtual Result<std::vector<std::string>> names(const Cancel& cancel) const = 0; // of all records, in any order
    // Null where somebody else has it. Its name has nothing to do with that of a record.
    virtual Result<std::unique_ptr<Lock>> try_lock(const std::string& name, const Cancel& cancel) const = 0;
};

} // namespace awsfed
