#include "base/arn.h"

#include "base/limits.h"
#include "base/text.h"

namespace awsfed {

Result<Arn> Arn::parse(std::string_view text) {
    text = trimmed(text);
    if (text.size() > arn_chars_max)
        return fail(Code::setting_invalid, "An ARN has {} characters at most, this one has {}.", arn_chars_max,
                    text.size());
    Colons colons{};
    std::size_t found = 0;
    for (std::size_t at = text.find(':'); at != text.npos && found < colons.size(); at = text.find(':', at + 1))
        colons[found++] = static_cast<std::uint16_t>(at);
    // Names of roles may hold only ASCII (IAM: [\w+=,.@-] and the path's printable ASCII).
    const bool scheme = text.starts_with("arn:") || text.starts_with("urn:");
    if (!scheme || found < colons.size() || !is_visible_ascii(text))
        return fail(Code::setting_invalid, "\"{}\" is not an ARN.", printable(text));
    Arn arn(text, colons);
    if (arn.partition().empty() || arn.service().empty() || arn.name().empty())
        return fail(Code::setting_invalid, "\"{}\" is not an ARN: a part of it is empty.", printable(text));
    return arn;
}

std::string_view Arn::name() const {
    const std::string_view whole = resource();
    return whole.substr(whole.find_last_of("/:") + 1);
}

} // namespace awsfed
