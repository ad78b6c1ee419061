// The sandbox on its loopback ports: the identity provider and the STS over TLS, the status page without it.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "sandbox/status_page.h"
#include "sandbox/world.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace awsfed::sandbox {

struct ServerOptions {
    int idp_port = 0; // 0: any that is free
    int sts_port = 0;
    std::optional<int> page_port{}; // empty: no page
    std::string ca_file;            // where the authority's certificate is written
    std::FILE* log = nullptr;
};

class Server {
public:
    // Makes the keys, binds the ports, writes the CA file. Borrows world and clock.
    static Result<std::unique_ptr<Server>> make(const World& world, const Clock& clock, const ServerOptions& options);
    ~Server(); // stops it
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void start(); // returns when all of it answers
    const Places& places() const;

private:
    struct Parts;
    explicit Server(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace awsfed::sandbox
