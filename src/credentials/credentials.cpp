#include "credentials/credentials.h"

namespace awsfed {

Credentials Credentials::clone() const {
    return {access_key_id.clone(),
            secret_access_key.clone(),
            session_token.clone(),
            expiration,
            role_arn,
            account,
            region,
            session_arn,
            source_identity};
}

} // namespace awsfed
