// How the functions of MIT Kerberos come to us: linked, or opened when they are first wanted (meson -Dkerberos).
#pragma once

#include "base/result.h"

namespace awsfed::kerberos {

// To be asked before any function of libkrb5 or GSSAPI is called. Fails where they are opened and are not there; it is
// tried again at each call, so that Kerberos can be installed beneath a host that runs.
Result<void> have_kerberos();

} // namespace awsfed::kerberos
