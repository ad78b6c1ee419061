// Sign-in at an identity provider whose sign-in is one form: a user name and a password, sent once.
#pragma once

#include "idp/connector.h"

namespace awsfed {

class FormConnector : public Connector {
public:
    Result<Secret> sign_in(Conversation& talk) const override;
};

} // namespace awsfed
