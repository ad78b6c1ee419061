// A way to a SAML response: one class each, chosen by the setting "idp".
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "idp/conversation.h"

#include <memory>
#include <string_view>

namespace awsfed {

class Connector {
public:
    virtual ~Connector() = default;
    // The SAML response in base64. A plain function of the conversation, run again from the top after
    // each answer; it keeps nothing between runs.
    virtual Result<Secret> sign_in(Conversation& talk) const = 0;
};

} // namespace awsfed
