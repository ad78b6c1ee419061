// Credentials for one child program, in the form of ECS's container credentials, which AWS's SDKs ask for again by
// themselves (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
#pragma once

#include "awsfed.hpp"

#include <functional>
#include <memory>
#include <string>

namespace cli {

// On a port of 127.0.0.1, for who has its token. What browsers send on behalf of a page is refused.
class CredentialEndpoint {
public:
    // Gives credentials that are good now; throws what went wrong. One call at a time.
    using Source = std::function<std::shared_ptr<const awsfed::Credentials>()>;

    // The port is bound, and not inherited by children: there is no thread yet. Throws where none is to be had.
    explicit CredentialEndpoint(Source source);
    ~CredentialEndpoint(); // as stop()
    CredentialEndpoint(const CredentialEndpoint&) = delete;
    CredentialEndpoint& operator=(const CredentialEndpoint&) = delete;

    void start();
    void stop(); // nothing listens any more

    const std::string& url() const;
    const std::string& token() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace cli
