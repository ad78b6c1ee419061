#include "markup/tag_scan.h"

#include "base/limits.h"
#include "base/text.h"

#include <algorithm>
#include <string>

namespace awsfed {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The end of a script or style that has begun: what stands in it is not markup.
std::size_t raw_text_end(std::string_view html, std::size_t at, std::string_view name) {
    for (; (at = html.find("</", at)) != html.npos; at += 2) {
        if (equal_ignoring_case(html.substr(at + 2, name.size()), name))
            return at;
    }
    return html.size();
}

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
    for (std::size_t at = 0; (at = html.find('<', at)) != html.npos;) {
        ++at;
        if (at == html.size() || !is_letter(html[at]))
            continue;
        const std::size_t name_end = std::min(html.find_first_of(" \t\r\n\f/>", at), html.size());
        const std::string name = lower_ascii(html.substr(at, std::min<std::size_t>(name_end - at, 16)));
        const Tag tag = scan_tag(html, name_end);
        if (tag.attributes > html_attributes_max)
            return true;
        at = tag.end;
        if ((name == "script" || name == "style") && at != 0 && html[at - 1] != '/')
            at = raw_text_end(html, at, name);
    }
    return false;
}

} // namespace awsfed
