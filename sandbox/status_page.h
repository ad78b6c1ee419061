// The page for a browser: what came in, what was answered, and why it was refused. Plain HTML; it loads nothing,
// runs no script, and everything in it that came from outside is escaped.
#pragma once

#include "sandbox/journal.h"
#include "sandbox/world.h"

#include <string>

namespace awsfed::sandbox {

struct Places {
    std::string sign_in_url{};
    std::string sts_endpoint{};
    std::string metadata_url{};
    std::string ca_file{};
    std::string page{}; // empty: none is served
};

std::string status_page(const World& world, const Journal& journal, const Places& places);

// May be sent with it: a browser that obeys loads nothing even if the escaping were wrong.
inline constexpr const char* status_page_policy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

} // namespace awsfed::sandbox
