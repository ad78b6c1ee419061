// MIT Kerberos by the names of its two files, where it is not linked.
#pragma once

#include "base/result.h"

namespace awsfed::kerberos {

struct KerberosFiles {
    const char* krb5 = "libkrb5.so.3";
    const char* gssapi = "libgssapi_krb5.so.2";
};

// From now on the functions of kerberos_functions.def can be called. An error leaves all as it was.
Result<void> open_kerberos(const KerberosFiles& files);

} // namespace awsfed::kerberos
