// The sign-in connectors by the name that the setting "idp" has for them.
#pragma once

#include "idp/connector.h"
#include "settings/settings.h"

#include <memory>

namespace awsfed {

// For the values of "idp" that sign in at a server: form, adfs.
Result<std::unique_ptr<Connector>> make_connector(const Settings& settings);

} // namespace awsfed
