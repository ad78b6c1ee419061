#include "markup/page_marks.h"

#include "base/limits.h"
#include "base/text.h"

#include <libxml/tree.h>

#include <algorithm>
#include <array>
#include <memory>

namespace awsfed {

namespace {

struct FreeText {
    void operator()(xmlChar* text) const { xmlFree(text); }
};
using Text = std::unique_ptr<xmlChar, FreeText>;

std::string_view view(const xmlChar* text) { return text ? reinterpret_cast<const char*>(text) : std::string_view(); }

std::string attribute(const xmlNode* node, const char* name) {
    return std::string(view(Text(xmlGetNoNsProp(node, reinterpret_cast<const xmlChar*>(name))).get()));
}

bool has(const xmlNode* node, const char* name) {
    return xmlHasProp(node, reinterpret_cast<const xmlChar*>(name)) != nullptr;
}

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& list) {
    return std::ranges::find(list, text) != list.end();
}

// Controls and forms are read elsewhere.
bool can_be_mark(std::string_view tag) {
    constexpr std::array<std::string_view, 14> never{"html",     "head",   "body",  "meta",   "link",
                                                     "script",   "style",  "input", "select", "button",
                                                     "textarea", "option", "form",  "base"};
    return !is_one_of(tag, never);
}

// What stands in these is not shown as text.
bool is_opaque(std::string_view tag) {
    constexpr std::array<std::string_view, 8> names{"script", "style",  "template", "textarea",
                                                    "title",  "iframe", "head",     "select"};
    return is_one_of(tag, names);
}

// These do not part words.
bool is_inline(std::string_view tag) {
    constexpr std::array<std::string_view, 8> names{"a", "b", "i", "em", "strong", "span", "u", "font"};
    return is_one_of(tag, names);
}

bool is_hidden(const xmlNode* node) {
    if (has(node, "hidden"))
        return true;
    std::string style = lower_ascii(attribute(node, "style"));
    std::erase_if(style, [](char c) { return c == ' ' || c == '\t'; });
    return style.find("display:none") != std::string::npos;
}

// "5; url=/next"
std::string refresh_url(std::string_view content) {
    const std::size_t at = lower_ascii(content).find("url=");
    if (at == std::string_view::npos)
        return {};
    std::string_view url = trimmed(content.substr(at + 4));
    if (!url.empty() && (url.front() == '"' || url.front() == '\''))
        url = url.substr(1, url.substr(1).find(url.front()));
    return std::string(trimmed(url));
}

class Collector {
public:
    explicit Collector(Page& page) : page_(page) {}

    // In document order; the depth is limited by the parser.
    void walk(const xmlNode* node) {
        while (node != nullptr) {
            enter(node);
            if (node->type == XML_ELEMENT_NODE && node->children != nullptr && !is_text_only(node)) {
                node = node->children;
                continue;
            }
            leave(node);
            while (node != nullptr && node->next == nullptr) {
                node = node->parent;
                if (node == nullptr || node->type != XML_ELEMENT_NODE)
                    return;
                leave(node);
            }
            node = node->next;
        }
    }

private:
    struct Open {
        const xmlNode* node = nullptr;
        std::size_t mark = Mark::no_mark; // the nearest, itself included
        bool own = false;                 // the mark is its own
        bool hidden = false;
        bool opaque = false;
        bool noscript = false;
    };

    static bool is_text_only(const xmlNode* node) {
        return view(node->name) == "script" || view(node->name) == "style";
    }

    void enter(const xmlNode* node) {
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
            return add_text(view(node->content));
        if (node->type != XML_ELEMENT_NODE)
            return;
        const std::string_view tag = view(node->name);
        Open open = open_.empty() ? Open{} : open_.back();
        open.node = node;
        open.own = false;
        open.hidden = open.hidden || is_hidden(node);
        open.opaque = open.opaque || is_opaque(tag);
        open.noscript = open.noscript || tag == "noscript";
        if (!is_inline(tag))
            blank_due_ = true;
        read_special(node, tag, open);
        add_mark(node, tag, open);
        open_.push_back(open);
    }

    void leave(const xmlNode* node) {
        if (open_.empty() || open_.back().node != node)
            return;
        if (open_.back().own)
            page_.marks[open_.back().mark].text_end = page_.text.size();
        if (!is_inline(view(node->name)))
            blank_due_ = true;
        open_.pop_back();
    }

    void read_special(const xmlNode* node, std::string_view tag, const Open& open) {
        if (tag == "script") {
            page_.scripts.any = true;
            read_script(view(Text(xmlNodeGetContent(node)).get()), page_.scripts);
        } else if (tag == "body" && has(node, "onload")) {
            page_.scripts.any = true;
            read_script(attribute(node, "onload"), page_.scripts);
        } else if (tag == "meta" && !open.noscript && equal_ignoring_case(attribute(node, "http-equiv"), "refresh")) {
            page_.refresh = refresh_url(attribute(node, "content"));
        }
    }

    void add_mark(const xmlNode* node, std::string_view tag, Open& open) {
        constexpr std::array<const char*, 5> telling{"id", "class", "role", "href", "onclick"};
        const bool tells = std::ranges::any_of(telling, [&](const char* name) { return has(node, name); });
        if (!tells || !can_be_mark(tag) || page_.marks.size() >= page_marks_max)
            return;
        Mark mark;
        mark.tag = tag;
        mark.id = attribute(node, "id");
        mark.classes = items_of(attribute(node, "class"));
        mark.role = lower_ascii(trimmed(attribute(node, "role")));
        mark.href = std::string(trimmed(attribute(node, "href")));
        mark.on_click = attribute(node, "onclick");
        mark.parent = open.mark;
        mark.hidden = open.hidden;
        mark.text_begin = mark.text_end = page_.text.size();
        open.mark = page_.marks.size();
        open.own = true;
        page_.marks.push_back(std::move(mark));
    }

    void add_text(std::string_view text) {
        if (open_.empty() || open_.back().opaque)
            return;
        constexpr std::string_view white = " \t\r\n\f";
        while (!text.empty()) {
            const std::size_t begin = text.find_first_not_of(white);
            blank_due_ = blank_due_ || begin != 0;
            if (begin == std::string_view::npos)
                return;
            const std::size_t end = std::min(text.find_first_of(white, begin), text.size());
            const std::string_view word = text.substr(begin, end - begin);
            if (page_.text.size() + word.size() + 1 > page_text_bytes_max)
                return;
            if (blank_due_ && !page_.text.empty())
                page_.text += ' ';
            blank_due_ = false;
            page_.text += word;
            text.remove_prefix(end);
        }
    }

    Page& page_;
    std::vector<Open> open_;
    bool blank_due_ = false;
};

} // namespace

void read_marks(const _xmlDoc* document, Page& page) {
    if (document != nullptr)
        Collector(page).walk(document->children);
}

} // namespace awsfed
