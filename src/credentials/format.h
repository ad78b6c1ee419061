// Credentials in the form that the next tool reads.
#pragma once

#include "base/result.h"
#include "credentials/credentials.h"

#include <string_view>

namespace awsfed {

//   sh, fish, powershell   commands that set the AWS_* variables of that shell, and unset the ones that
//                          would be preferred to them or would no longer fit
//   process                the JSON that a credential_process prints
//                          (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html)
//   bamboo                 a Java properties file for Bamboo's "inject variables" task. Bamboo masks a value
//                          in its log only if its variable's name has "secret" (or "password") in it.
//
// A value is quoted for its shell whatever is in it; a NUL, which no shell can hold, is refused.
Result<Secret> format_credentials(const Credentials& credentials, std::string_view format);

} // namespace awsfed
