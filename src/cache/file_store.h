// Records in a folder, for all processes of one user.
#pragma once

#include "base/descriptor.h"
#include "cache/store.h"

#include <string>

namespace awsfed {

class FileStore : public Store {
public:
    // Makes the folder where there is none. Refuses one that others could look into.
    static Result<std::shared_ptr<const FileStore>> open(std::string folder);

    Result<std::optional<std::string>> get(const std::string& name, const Cancel& cancel) const override;
    Result<void> put(const std::string& name, std::string_view bytes, std::chrono::milliseconds life,
                     const Cancel& cancel) const override;
    Result<void> erase(const std::string& name, const Cancel& cancel) const override;
    Result<std::vector<std::string>> names(const Cancel& cancel) const override;
    Result<std::unique_ptr<Lock>> try_lock(const std::string& name, const Cancel& cancel) const override;

private:
    FileStore(std::string folder, Descriptor directory);
    Failure failed(std::string_view what, int error) const;
    void remove_outdated() const;

    std::string folder_; // for messages
    Descriptor directory_;
};

} // namespace awsfed
