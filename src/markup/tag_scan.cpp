#include "markup/tag_scan.h"

#include "base/limits.h"

#include <algorithm>
#include <string>

namespace awsfed {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Tag {
    std::size_t end = 0; // behind it
    std::size_t attributes = 0;
};

// A start tag whose name ends at `at`.
Tag scan_tag(std::string_view html, std::size_t at) {
    constexpr std::string_view space = " \t\r\n\f";
    Tag tag;
    while ((at = html.find_first_not_of(" \t\r\n\f/", at)) != html.npos && html[at] != '>') {
        ++tag.attributes;
        at = html.find_first_of(" \t\r\n\f/=>", at + 1);
        const std::size_t sign = html.find_first_not_of(space, std::min(at, html.size()));
        if (sign == html.npos || html[sign] != '=')
            continue;
        at = html.find_first_not_of(space, sign + 1);
        if (at == html.npos || html[at] == '>')
            continue;
        const bool quoted = html[at] == '"' || html[at] == '\'';
        at = quoted ? html.find(html[at], at + 1) : html.find_first_of(" \t\r\n\f>", at);
        if (quoted && at != html.npos)
            ++at;
    }
    tag.end = std::min(at, html.size());
    return tag;
}

} // namespace

bool has_endless_tag(std::string_view html) {
    // A tag is looked at from every '<', inside a comment or a script too: skipping those would let a page hide a
    // real tag behind what only looks like their beginning. On a right page each byte is looked at about once.
    std::size_t work = 16 * html.size() + 4096;
    for (std::size_t at = 0; (at = html.find('<', at)) != html.npos;) {
        ++at;
        if (at == html.size() || !is_letter(html[at]))
            continue;
        const std::size_t name_end = std::min(html.find_first_of(" \t\r\n\f/<>", at), html.size());
        const Tag tag = scan_tag(html, name_end);
        if (tag.attributes > html_attributes_max || tag.end - at > work)
            return true;
        work -= tag.end - at;
        at = name_end;
    }
    return false;
}

} // namespace awsfed
