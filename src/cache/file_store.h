// Credentials in a folder, for all processes of one user. What lies there is nothing to who does not have the key:
// neither what it is, nor for what; and an entry that was moved or changed is none.
#pragma once

#include "base/cancel.h"
#include "base/descriptor.h"
#include "base/random.h"
#include "base/result.h"
#include "cache/entry.h"
#include "cache/request_key.h"
#include "credentials/credentials.h"

#include <chrono>
#include <optional>
#include <string>

namespace awsfed {

// Every failure is store_failed, and tells what to mend. May be used by many threads and processes.
class FileStore {
public:
    // Whoever holds it is the one who goes. It ends with its owner, however he ends.
    class Lock {
    public:
        explicit Lock(Descriptor file) : file_(std::move(file)) {}
        Lock(Lock&&) = default;
        Lock& operator=(Lock&&) = default;
        ~Lock(); // also where a child that was forked meanwhile still has the file open

    private:
        Descriptor file_;
    };

    // Makes the folder where there is none. Refuses one that others could look into.
    static Result<FileStore> open(std::string folder, std::string_view key);

    RequestKey key_of(const RequestText& request) const { return request.key(naming_key_.reveal()); }

    // Empty where there is none. A failure: something lies there that is no entry of ours; it may be written over.
    Result<std::optional<Entry>> find(const RequestKey& key) const;
    // Of credentials that end, by a clock that told when they began, which is now. At one stroke: a reader finds the
    // old entry or the new one, also when this process is killed.
    Result<void> keep(const RequestKey& key, const Credentials& credentials, const Random& random) const;
    Result<void> erase(const RequestKey& key) const;

    // Waits for whoever has it; cancelled. A failure where he has it for too long: he may be stopped.
    Result<Lock> lock(const RequestKey& key, const Cancel& cancel,
                      std::chrono::milliseconds patience = std::chrono::minutes(5)) const;
    // Empty where somebody else has it.
    Result<std::optional<Lock>> try_lock(const RequestKey& key) const;

private:
    FileStore(std::string folder, Descriptor directory, std::string_view key);
    Failure failed(std::string_view what, int error) const;
    void remove_outdated() const;

    std::string folder_; // for messages
    Descriptor directory_;
    Secret naming_key_, sealing_key_;
};

} // namespace awsfed
