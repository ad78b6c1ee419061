// Records of this process alone, for as long as it lives.
#pragma once

#include "cache/store.h"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace awsfed {

class ProcessStore : public Store {
public:
    Result<std::optional<std::string>> get(const std::string& name, const Cancel& cancel) const override;
    Result<void> put(const std::string& name, std::string_view bytes, std::chrono::milliseconds life,
                     const Cancel& cancel) const override;
    Result<void> erase(const std::string& name, const Cancel& cancel) const override;
    Result<std::vector<std::string>> names(const Cancel& cancel) const override;
    Result<std::unique_ptr<Lock>> try_lock(const std::string& name, const Cancel& cancel) const override;

private:
    struct Record {
        std::string bytes;
        std::chrono::nanoseconds end; // since the machine's start
    };
    struct State { // locks may outlive the store
        std::mutex mutex;
        std::map<std::string, Record> records;
        std::set<std::string> locked;
    };
    class HeldLock;

    std::shared_ptr<State> state_ = std::make_shared<State>();
};

} // namespace awsfed
