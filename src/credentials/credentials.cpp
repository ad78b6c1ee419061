#include "credentials/credentials.h"

#include <algorithm>

namespace awsfed {

Credentials Credentials::clone() const {
    return {access_key_id.clone(),
            secret_access_key.clone(),
            session_token.clone(),
            expiration,
            issued,
            role_arn,
            account,
            region,
            session_arn,
            source_identity,
            answer};
}

std::string_view Credentials::answered(std::string_view path) const {
    const auto found = std::ranges::find(answer, path, &std::pair<std::string, std::string>::first);
    return found == answer.end() ? std::string_view() : std::string_view(found->second);
}

} // namespace awsfed
