// One HTTP exchange. Nothing is followed, repeated or remembered here; that is for those who know
// what an exchange means.
#pragma once

#include "base/cancel.h"
#include "base/log.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "http/kerberos.h"
#include "http/ntlm_account.h"
#include "http/url.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace awsfed {

// What proves to the server who the user is, where it asks by HTTP's own means (401): a ticket, or NTLM. Only for a
// GET; the connection has that user from then on, so it is closed. Never for a proxy.
using UserProof = std::variant<std::monostate, KerberosTerms, NtlmAccount>;

struct Request {
    std::string method = "GET";
    Url url;
    std::vector<std::pair<std::string, std::string>> headers{}; // without Host and Content-Length
    std::vector<std::pair<std::string, Secret>> secret_headers{}; // Authorization, session tokens
    Secret body{};
    bool body_is_secret = true; // else it is only kept like one
    UserProof proof{};
    std::string user_agent{}; // empty: our own
    std::size_t answer_bytes_max = 0; // a longer answer is refused while it arrives
    // Goes over the wire once at the most. Otherwise it is sent again where a kept connection breaks before an
    // answer comes, as HTTP allows a client to do (RFC 9112, 9.3.1).
    bool once = false;
};

// The body may hold an assertion or keys, so it is kept as a Secret.
struct Response {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers{}; // names in lower case, in order of arrival
    Secret body{};

    // The first header of that name, empty when there is none.
    std::string_view header(std::string_view lower_name) const {
        for (const auto& [name, value] : headers) {
            if (name == lower_name)
                return value;
        }
        return {};
    }
};

class Transport {
public:
    virtual ~Transport() = default;
    virtual Result<Response> send(const Request& request, const Cancel& cancel) = 0;
};

} // namespace awsfed
