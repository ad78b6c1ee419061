// Of the self-contained build alone, whose OpenSSL is nobody else's: it is not torn down when the process ends, since
// other threads may be in the middle of a call then. A JVM ends while its threads are still in native code.
#include <openssl/crypto.h>

namespace awsfed {

namespace {

[[gnu::constructor]] void keep_openssl() {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
}

} // namespace

} // namespace awsfed
