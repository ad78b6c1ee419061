#include "http/kerberos_binding.h"

namespace awsfed::kerberos {

Result<void> have_kerberos() { return {}; } // else we would not have been loaded

} // namespace awsfed::kerberos
