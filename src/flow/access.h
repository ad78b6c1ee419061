// Who may use a connector (security rule 10).
#pragma once

#include "base/result.h"
#include "settings/settings.h"

namespace awsfed {

// Whether these settings are for the principal that the host vouches for, or for no user where it vouches for none;
// else connector_refused. It looks at nothing but the settings.
//
// Without a list they are for everybody. Names are compared to the letter; those of Windows, which have a backslash in
// them, without regard to the case of ASCII letters, as Windows has it.
Result<void> check_use(const Settings& settings);

} // namespace awsfed
