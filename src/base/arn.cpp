#include "base/arn.h"

#include "base/limits.h"
#include "base/text.h"

#include <algorithm>

namespace awsfed {

namespace {

bool is_graphic(char c) { return c > ' ' && c < 0x7f; }

} // namespace

Result<Arn> Arn::parse(std::string_view text) {
    text = trimmed(text);
    if (text.size() > arn_chars_max)
        return fail(Code::setting_invalid, "An ARN has {} characters at most, this one has {}.", arn_chars_max,
                    text.size());
    // Names of roles may hold only ASCII (IAM: [\w+=,.@-] and the path's printable ASCII).
    const bool plain = std::ranges::all_of(text, is_graphic);
    const bool scheme = text.starts_with("arn:") || text.starts_with("urn:");
    if (!plain || !scheme || std::ranges::count(text, ':') < 5)
        return fail(Code::setting_invalid, "\"{}\" is not an ARN.", printable(text));
    Arn arn{std::string(text)};
    if (arn.partition().empty() || arn.service().empty() || arn.name().empty())
        return fail(Code::setting_invalid, "\"{}\" is not an ARN: a part of it is empty.", printable(text));
    return arn;
}

std::string_view Arn::part(int index) const {
    std::string_view rest = text_;
    for (int i = 0; i < index; ++i)
        rest.remove_prefix(rest.find(':') + 1);
    return index == 5 ? rest : rest.substr(0, rest.find(':'));
}

std::string_view Arn::name() const {
    const std::string_view whole = resource();
    return whole.substr(whole.find_last_of("/:") + 1);
}

} // namespace awsfed
