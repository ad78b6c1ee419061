// Names made from build data: "{plan}-{build}".
#pragma once

#include "base/result.h"

#include <map>
#include <string>
#include <string_view>

namespace awsfed {

using BuildData = std::map<std::string, std::string, std::less<>>;

// What a name may be made of, beside ASCII letters and digits, and how long it may be.
struct NameRule {
    std::string_view marks;
    std::size_t chars_max;
};
inline constexpr NameRule session_name_rule{"_+=,.@-", 64}; // RoleSessionName, SourceIdentity

// A text without braces is taken as it is. In others each {NAME} becomes what the data has, made legal: a run of
// characters that are not allowed is one hyphen. A name that gets too long loses the ends of its longest values. Where
// a value was changed or cut, the name bears eight digits of a hash behind it, so that two names that differed still
// do; so does a value that ends like that by itself. What is short, as the number of a build, stays whole. The same
// template and data make the same name, always.
//
// setting_invalid: a brace without its partner, a name that the data does not have, or more than build_data_places_max.
Result<std::string> made_name(std::string_view text, const BuildData& data, NameRule rule);

// The same for the value of a session tag: nothing is cut, and what AWS does not take there becomes a blank.
Result<std::string> made_tag_value(std::string_view text, const BuildData& data);

} // namespace awsfed
