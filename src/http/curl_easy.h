// An easy handle of libcurl under our rules, and the way it is run: what every use of libcurl here has in common.
#pragma once

#include "base/cancel.h"
#include "base/result.h"

#include <curl/curl.h>

#include <string>

namespace awsfed {

struct NetworkTerms;

// Verified TLS of 1.2 at least, by these authorities; a proxy where one is set; nothing of the environment. All that it
// is told here must be part of CurlTerms, since a handle is kept with them. CURLOPT_OPENSOCKETDATA: an int, where the
// last port goes that a connection was opened to; or null.
CURL* new_easy(const NetworkTerms& network, const std::string& authorities);

// Runs what is in the multi handle to its end, with an eye on the host's wish to stop.
Result<CURLcode> run_all(CURLM* multi, const Cancel& cancel);
// The same, with this one in it meanwhile.
Result<CURLcode> run_transfer(CURLM* multi, CURL* easy, const Cancel& cancel);

inline constexpr int look_around_ms = 50; // so often somebody who waits looks whether he is to stop

} // namespace awsfed
