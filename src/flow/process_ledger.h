// The ledger of attempts of those who have no other: one for the whole process, however many contexts it has (security
// rule 6). A forked child begins its own.
#pragma once

#include "cache/sealed_store.h"

#include <memory>

namespace awsfed {

// A store in memory with a random key for itself.
std::shared_ptr<const SealedStore> store_of_process();

std::shared_ptr<const SealedStore> process_ledger();

} // namespace awsfed
