// Texts written into other notations. They write into a Secret, since a password or an assertion may
// be among them; libcurl's and RapidJSON's own writers leave copies behind in plain memory.
#pragma once

#include "base/secret.h"

#include <string_view>

namespace awsfed {

enum class Percent {
    strict, // RFC 3986: all but unreserved characters, a blank is %20; what SigV4 asks for
    form,   // WHATWG application/x-www-form-urlencoded: a blank is '+', "*-._" stay
};

void append_percent_encoded(Secret& out, std::string_view bytes, Percent rule);
Secret percent_encoded(std::string_view bytes, Percent rule);

// The inside of a JSON string (RFC 8259, 7), without the quotes.
Secret json_escaped(std::string_view utf8);

// A form body: name=value pairs joined by '&'.
class FormBody {
public:
    void add(std::string_view name, std::string_view value);
    Secret take() && { return std::move(body_); }

private:
    Secret body_;
};

} // namespace awsfed
