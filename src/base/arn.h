// An Amazon Resource Name: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).
#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace awsfed {

class Arn {
public:
    // Takes what STS-compatible services use too: an empty account (Ceph) and the scheme "urn"
    // (Dell ECS). White space around it is not part of it. 2,048 characters at most.
    static Result<Arn> parse(std::string_view text);

    const std::string& text() const { return text_; }
    std::string_view partition() const { return part(1); }
    std::string_view service() const { return part(2); }
    std::string_view account() const { return part(4); }
    std::string_view resource() const { return std::string_view(text_).substr(colons_[4] + 1U); } // "role/path/build"
    std::string_view name() const;                        // what stands behind the last slash

    bool is_role() const { return service() == "iam" && resource().starts_with("role/"); }
    bool is_saml_provider() const { return service() == "iam" && resource().starts_with("saml-provider/"); }

    friend bool operator==(const Arn& a, const Arn& b) { return a.text_ == b.text_; }

private:
    using Colons = std::array<std::uint16_t, 5>; // where they stand that part it; there may be more in the resource

    Arn(std::string_view text, const Colons& colons) : text_(text), colons_(colons) {}
    // The part behind the index-th colon, and before the next.
    std::string_view part(std::size_t index) const {
        return std::string_view(text_).substr(colons_[index - 1] + 1U, colons_[index] - colons_[index - 1] - 1U);
    }

    std::string text_;
    Colons colons_;
};

} // namespace awsfed
