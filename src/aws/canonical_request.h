// The canonical form of an HTTP request, which AWS's signatures are made over, SigV4 and SigV4a alike
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
#pragma once

#include "base/secret.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace awsfed {

using HeaderView = std::pair<std::string_view, std::string_view>;

// How a service wants the path. S3 is the only one with false, false.
struct PathRule {
    bool normalise = true;    // dot segments and doubled slashes go (RFC 3986, 5.2.4)
    bool encode_again = true; // the escapes of the wire are escaped once more
};

// The path as it is on the wire, in canonical form.
std::string canonical_path(std::string_view path, PathRule rule);

// The query as it is on the wire, without '?': decoded, encoded strictly, sorted by name, then by
// value. A '+' is a plus sign, never a blank. It may hold a session token.
Secret canonical_query(std::string_view query);

// Headers as they are signed: sorted by their names in lower case; those of one name in order of arrival. Both
// names and values are borrowed.
struct CanonicalHeaders {
    std::vector<HeaderView> sorted{};
    std::string names{}; // "host;x-amz-date"
};
CanonicalHeaders canonical_headers(std::vector<HeaderView> headers);

// Headers that are changed or taken away on the way, or hold what is being made.
bool is_never_signed(std::string_view name);

struct CanonicalParts {
    std::string_view method;
    std::string_view path;  // all of these already canonical
    std::string_view query;
    const CanonicalHeaders& headers;
    std::string_view body_hash;
};
// Values of headers are trimmed, their runs of blanks made one, and those of one name joined by commas.
// The text may hold a session token.
Secret canonical_request(const CanonicalParts& parts);

} // namespace awsfed
