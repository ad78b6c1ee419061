#include "markup/page_mask.h"

#include "markup/html_tree.h"
#include "markup/script_facts.h"

#include <fmt/format.h>
#include <libxml/HTMLtree.h>

#include <cctype>
#include <vector>

namespace awsfed {

using namespace html;

// ---- texts --------------------------------------------------------------------------------

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool goes_on(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; } // a further byte of a letter

// "MSIS7007": those of AD FS, and of Entra, are in Microsoft's documents.
bool is_public_code(std::string_view word) {
    const std::string_view digits = word.starts_with("MSIS")     ? word.substr(4)
                                    : word.starts_with("AADSTS") ? word.substr(6)
                                                                 : "";
    return digits.size() >= 4 && digits.size() <= 7 && std::ranges::all_of(digits, is_digit);
}

bool is_guid(std::string_view word) {
    constexpr std::size_t length = 36;
    const auto fits = [&](std::size_t i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        return dash ? word[i] == '-' : std::isxdigit(static_cast<unsigned char>(word[i])) != 0;
    };
    for (std::size_t i = 0; i < word.size() && word.size() == length; ++i) {
        if (!fits(i))
            return false;
    }
    return word.size() == length;
}

std::string masked_word(std::string_view word, Masker& masker) {
    if (is_public_code(word))
        return std::string(word);
    if (is_guid(word))
        return masker.value("", word);
    std::string out;
    for (const char c : word) {
        if (!goes_on(c))
            out += is_digit(c) ? '0' : c == '-' ? '-' : 'x';
    }
    return out;
}

} // namespace

std::string masked_text(std::string_view text, Masker& masker) {
    constexpr std::string_view application = "Amazon Web Services"; // by this name a list of AD FS is read
    if (std::ranges::all_of(text, is_white) || equal_ignoring_case(trimmed(text), application))
        return std::string(text);
    const auto in_word = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || !is_ascii(c); };
    std::string out;
    while (!text.empty()) {
        const auto end = static_cast<std::size_t>(std::ranges::find_if_not(text, in_word) - text.begin());
        out += masked_word(text.substr(0, end), masker);
        text.remove_prefix(end);
        if (!text.empty()) // no line of its own may come of it
            out += is_white(text.front()) || text.front() < ' ' ? ' ' : text.front();
        text.remove_prefix(std::min<std::size_t>(1, text.size()));
    }
    return out;
}

// ---- scripts ------------------------------------------------------------------------------

namespace {

// A script that tells the same facts as one that was read.
std::string script_of(const ScriptFacts& facts, Masker& masker) {
    std::string script;
    if (facts.submits_form)
        script += "document.forms[0].submit();";
    if (facts.has_config)
        script += fmt::format("$Config={{\"pgid\":\"{}\"}};", masker.name(facts.page_id));
    if (facts.has_state_token)
        script += "var stateToken='x';";
    if (facts.asks_security_key)
        script += "PublicKeyCredential;";
    if (!facts.navigates_to.empty())
        script += fmt::format("location='{}';", masker.address(facts.navigates_to));
    return script;
}

std::string masked_script(std::string_view script, Masker& masker) {
    ScriptFacts facts;
    read_script(script, facts);
    return script_of(facts, masker);
}

// The lists of AD FS choose by a click.
std::string masked_click(std::string_view script, Masker& masker) {
    for (const std::string_view function : {"SelectOption", "selection"}) {
        if (const auto argument = argument_of(script, function))
            return fmt::format("{}('{}')", function, masker.value("AuthMethod", *argument));
    }
    return masked_script(script, masker);
}

// ---- attributes ---------------------------------------------------------------------------

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
    return std::ranges::find(list, word) != list.end();
}

// Their values are names, which the page's maker gave.
bool is_name(std::string_view attribute) {
    constexpr std::array<std::string_view, 6> names{"id", "name", "class", "role", "for", "form"};
    return is_one_of(attribute, names);
}

// Their values are words of HTML.
bool is_word_of_html(std::string_view attribute) {
    constexpr std::array<std::string_view, 15> names{"type",     "method",   "enctype",    "formmethod", "autocomplete",
                                                     "hidden",   "disabled", "readonly",   "required",   "checked",
                                                     "selected", "multiple", "http-equiv", "maxlength",  "size"};
    return is_one_of(attribute, names);
}

bool is_address(std::string_view attribute) {
    constexpr std::array<std::string_view, 3> names{"href", "action", "formaction"};
    return is_one_of(attribute, names);
}

std::string refresh_of(std::string_view content, Masker& masker) {
    const std::size_t at = lower_ascii(content).find("url=");
    if (at == content.npos)
        return "0";
    std::string_view url = trimmed(content.substr(at + 4));
    if (url.starts_with('"') || url.starts_with('\''))
        url = url.substr(1, url.size() - 2);
    return fmt::format("0; url={}", masker.address(url));
}

std::string masked_content(const xmlNode* meta, std::string_view content, Masker& masker) {
    const std::string about = attribute_word(meta, "http-equiv");
    if (about == "refresh")
        return refresh_of(content, masker);
    return about == "content-type" ? "text/html; charset=utf-8" : "";
}

// Empty: the attribute goes.
std::optional<std::string> masked_attribute(const xmlNode* node, std::string_view name, std::string_view value,
                                            Masker& masker) {
    if (is_name(name))
        return masker.name(value);
    if (is_word_of_html(name))
        return lower_ascii(masker.name(value));
    if (is_address(name))
        return masker.address(value);
    if (name == "value") {
        const std::string type = attribute_word(node, "type");
        const bool is_label = type == "submit" || type == "button" || type == "reset";
        return is_label ? masked_text(value, masker) : masker.value(attribute_text(node, "name"), value);
    }
    if (name == "onclick" || name == "onload")
        return name == "onclick" ? masked_click(value, masker) : masked_script(value, masker);
    if (name == "style") {
        std::string style = lower_ascii(value);
        std::erase_if(style, is_white);
        return style.find("display:none") != style.npos ? std::optional<std::string>("display:none") : std::nullopt;
    }
    if (name == "charset")
        return "utf-8";
    if (name == "content" && is(node, "meta"))
        return masked_content(node, value, masker);
    return std::nullopt;
}

void mask_attributes(xmlNode* node, Masker& masker) {
    std::vector<std::pair<std::string, std::optional<std::string>>> masked;
    for (const xmlAttr* one = node->properties; one != nullptr; one = one->next) {
        const std::string name(view(one->name));
        masked.emplace_back(name,
                            masked_attribute(node, lower_ascii(name), attribute_text(node, name.c_str()), masker));
    }
    for (const auto& [name, value] : masked) {
        if (value)
            xmlSetProp(node, chars(name.c_str()), chars(value->c_str()));
        else
            xmlUnsetProp(node, chars(name.c_str()));
    }
}

// ---- nodes --------------------------------------------------------------------------------

void remove(xmlNode* node) {
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

void remove_children(xmlNode* node) {
    while (node->children != nullptr)
        remove(node->children);
}

void put_script(xmlNode* node, const std::string& script) {
    remove_children(node);
    xmlAddChild(node, xmlNewCDataBlock(node->doc, chars(script.c_str()), static_cast<int>(script.size())));
}

void mask_tree(xmlNode* node, Masker& masker);

void mask_element(xmlNode* node, Masker& masker) {
    if (is(node, "script")) {
        const std::string script(content_secret(node).reveal());
        put_script(node, masked_script(script, masker));
    } else if (is(node, "style")) {
        remove_children(node);
    } else if (is(node, "textarea") || is(node, "option")) {
        // The text of an option without a value is its value.
        const std::string text(content_secret(node).reveal());
        remove_children(node);
        xmlAddChild(node, xmlNewText(chars(masked_text(text, masker).c_str())));
    } else {
        mask_tree(node->children, masker);
    }
    mask_attributes(node, masker);
}

// The parser keeps a page from being deep.
void mask_tree(xmlNode* node, Masker& masker) { // NOLINT(misc-no-recursion)
    while (node != nullptr) {
        xmlNode* next = node->next;
        if (node->type == XML_ELEMENT_NODE) {
            mask_element(node, masker);
        } else if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
            const std::string text = masked_text(view(node->content), masker);
            xmlNodeSetContent(node, chars(text.c_str()));
        } else if (node->type != XML_DTD_NODE) {
            remove(node);
        }
        node = next;
    }
}

} // namespace

Result<std::string> masked_page(std::string_view html, std::string_view content_type, Masker& masker) {
    AWSFED_TRY(const Document document, read_tree(html, content_type));
    if (document == nullptr)
        return std::string();
    if (xmlDtd* type = xmlGetIntSubset(document.get()); type != nullptr) {
        xmlUnlinkNode(reinterpret_cast<xmlNode*>(type));
        xmlFreeDtd(type);
    }
    mask_tree(document->children, masker);
    xmlChar* bytes = nullptr;
    int size = 0;
    htmlDocDumpMemoryFormat(document.get(), &bytes, &size, 0);
    const Text text(bytes);
    return std::string(view(text.get()));
}

} // namespace awsfed
