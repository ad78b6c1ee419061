#include "flow/process_ledger.h"

#include "base/process.h"
#include "base/random.h"
#include "cache/process_store.h"

#include <atomic>
#include <memory>

namespace awsfed {

std::shared_ptr<const SealedStore> store_of_process() {
    constexpr std::size_t key_bytes = 32;
    Secret key;
    char* place = key.grow(key_bytes);
    SystemRandom().fill({reinterpret_cast<unsigned char*>(place), key_bytes});
    return std::make_shared<const SealedStore>(std::make_shared<const ProcessStore>(), key.reveal());
}

namespace {

struct Own {
    std::shared_ptr<const SealedStore> store;
    pid_t process = 0;
};

} // namespace

// Without a lock, which a fork could find taken.
std::shared_ptr<const SealedStore> process_ledger() {
    static std::atomic<const Own*> own = nullptr; // never freed: it is as old as the process
    const Own* there = own.load();
    if (there == nullptr || there->process != process_id()) { // the parent's key is gone in a child
        auto made = std::make_unique<const Own>(Own{store_of_process(), process_id()});
        if (own.compare_exchange_strong(there, made.get()))
            there = made.release();
    }
    return there->store;
}

} // namespace awsfed
