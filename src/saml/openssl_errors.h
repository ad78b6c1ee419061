// OpenSSL's queue of errors belongs to the thread, so to the host program too. What our calls leave there goes with the
// scope; what the host had in it stays.
#pragma once

#include <openssl/err.h>

namespace awsfed::saml {

class OpensslErrors {
public:
    OpensslErrors() { ERR_set_mark(); }
    ~OpensslErrors() { ERR_pop_to_mark(); }
    OpensslErrors(const OpensslErrors&) = delete;
    OpensslErrors& operator=(const OpensslErrors&) = delete;
};

} // namespace awsfed::saml
