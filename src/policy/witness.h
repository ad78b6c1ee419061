// Requests that show a difference, for people: with an action that AWS has rather than one that only might be.
#pragma once

#include "policy/request.h"

#include <functional>

namespace awsfed::policy {

// Keeps the request where no known action shows the same. `shows` is asked at most some thousand times.
void prefer_known_action(Request& witness, const std::function<bool(const Request&)>& shows);

} // namespace awsfed::policy
