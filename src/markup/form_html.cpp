// read_page: the only file that includes libxml2's HTML parser.
#include "markup/form.h"

#include "base/limits.h"
#include "base/text.h"
#include "markup/charset.h"
#include "markup/page_marks.h"
#include "markup/tag_scan.h"

#include <libxml/HTMLparser.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

namespace awsfed {

namespace {

struct FreeXml {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
    void operator()(htmlParserCtxt* context) const { htmlFreeParserCtxt(context); }
    void operator()(xmlChar* text) const {
        OPENSSL_cleanse(text, static_cast<std::size_t>(xmlStrlen(text)));
        xmlFree(text);
    }
};

using Document = std::unique_ptr<xmlDoc, FreeXml>;
using Text = std::unique_ptr<xmlChar, FreeXml>;

std::string_view view(const xmlChar* text) { return text ? reinterpret_cast<const char*>(text) : std::string_view(); }
const xmlChar* chars(const char* text) { return reinterpret_cast<const xmlChar*>(text); }

// ---- before the parser --------------------------------------------------------------------

bool is_html_type(std::string_view content_type) {
    const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
    return type.empty() || equal_ignoring_case(type, "text/html") || equal_ignoring_case(type, "application/xhtml+xml");
}

Result<void> check_before_parsing(std::string_view html, std::string_view content_type) {
    if (html.size() > page_bytes_max)
        return fail(Code::answer_too_large, "The page has {} bytes; {} are the most that awsfed reads.", html.size(),
                    page_bytes_max);
    if (!is_html_type(content_type))
        return fail(Code::page_unknown, "The answer is of the type \"{}\", not an HTML page.",
                    printable(content_type, 80));
    if (html.find('\0') != html.npos)
        return fail(Code::page_unknown, "The answer holds NUL bytes, as no HTML page does.");
    if (has_endless_tag(html))
        return fail(Code::page_unknown, "The page has a tag with more than {} attributes.", html_attributes_max);
    return {};
}

Result<Document> parse(std::string_view utf8) {
    const std::unique_ptr<htmlParserCtxt, FreeXml> context(htmlNewParserCtxt());
    if (!context)
        throw std::bad_alloc();
    const int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET;
    Document document(
        htmlCtxtReadMemory(context.get(), utf8.data(), static_cast<int>(utf8.size()), nullptr, "UTF-8", options));
    // The parser gives up at a depth of 256 and would hand out the first half of the page.
    if (context->disableSAX != 0)
        return fail(Code::page_unknown, "The page is nested too deeply, or broken beyond reading.");
    return document;
}

// ---- the tree -----------------------------------------------------------------------------

bool is(const xmlNode* node, std::string_view name) {
    return node->type == XML_ELEMENT_NODE && view(node->name) == name;
}

// What stands in these is text or inert for a browser, even where libxml2 sees elements.
bool is_opaque(const xmlNode* node) {
    constexpr std::array<std::string_view, 9> names{"script", "style",   "template", "textarea", "title",
                                                    "iframe", "noembed", "noframes", "xmp"};
    return node->type == XML_ELEMENT_NODE && std::ranges::find(names, view(node->name)) != names.end();
}

// The next node in document order, without what is inside an opaque one.
const xmlNode* next_node(const xmlNode* node) {
    if (node->children != nullptr && node->type == XML_ELEMENT_NODE && !is_opaque(node))
        return node->children;
    while (node != nullptr && node->next == nullptr)
        node = node->parent;
    return node == nullptr ? nullptr : node->next;
}

template <class Visit>
void for_each_element(const xmlDoc* document, Visit visit) {
    if (document == nullptr)
        return;
    for (const xmlNode* node = document->children; node != nullptr; node = next_node(node)) {
        if (node->type == XML_ELEMENT_NODE)
            visit(node);
    }
}

bool has(const xmlNode* node, const char* name) { return xmlHasProp(node, chars(name)) != nullptr; }

Text attribute(const xmlNode* node, const char* name) { return Text(xmlGetNoNsProp(node, chars(name))); }

std::string attribute_text(const xmlNode* node, const char* name) {
    return std::string(view(attribute(node, name).get()));
}

std::string attribute_word(const xmlNode* node, const char* name) {
    return lower_ascii(trimmed(attribute_text(node, name)));
}

std::optional<std::string> optional_attribute(const xmlNode* node, const char* name) {
    if (!has(node, name))
        return std::nullopt;
    return std::string(trimmed(attribute_text(node, name)));
}

Secret attribute_secret(const xmlNode* node, const char* name) { return Secret(view(attribute(node, name).get())); }

Secret content_secret(const xmlNode* node) { return Secret(view(Text(xmlNodeGetContent(node)).get())); }

std::string folded(std::string_view text) {
    std::string out;
    while (!(text = trimmed(text)).empty()) {
        const std::size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
        out += out.empty() ? "" : " ";
        out += text.substr(0, end);
        text.remove_prefix(end);
    }
    return out;
}

// ---- controls -----------------------------------------------------------------------------

std::string input_type(const xmlNode* node) {
    constexpr std::array<std::string_view, 21> known{
        "hidden",         "search", "tel",      "url",    "email", "password", "date",
        "month",          "week",   "time",     "number", "range", "color",    "file",
        "datetime-local", "submit", "checkbox", "radio",  "image", "reset",    "button"};
    const std::string type = attribute_word(node, "type");
    return std::ranges::find(known, type) != known.end() ? type : "text";
}

std::string button_type(const xmlNode* node) {
    const std::string type = attribute_word(node, "type");
    return type == "reset" || type == "button" ? type : "submit";
}

bool is_inside_first_legend(const xmlNode* fieldset, const xmlNode* node) {
    const xmlNode* legend = fieldset->children;
    while (legend != nullptr && !is(legend, "legend"))
        legend = legend->next;
    while (node != nullptr && node != fieldset && node != legend)
        node = node->parent;
    return legend != nullptr && node == legend;
}

bool is_disabled(const xmlNode* node) {
    if (has(node, "disabled"))
        return true;
    for (const xmlNode* above = node->parent; above != nullptr; above = above->parent) {
        if (is(above, "fieldset") && has(above, "disabled") && !is_inside_first_legend(above, node))
            return true;
    }
    return false;
}

std::string method_word(const std::string& word) { return word == "post" || word == "dialog" ? word : "get"; }

Field field_of(const xmlNode* node) {
    Field field;
    field.name = attribute_text(node, "name");
    field.id = attribute_text(node, "id");
    field.autocomplete = attribute_word(node, "autocomplete");
    field.disabled = is_disabled(node);
    field.read_only = has(node, "readonly");
    field.required = has(node, "required");
    field.form_action = optional_attribute(node, "formaction");
    if (has(node, "formmethod"))
        field.form_method = method_word(attribute_word(node, "formmethod"));
    return field;
}

Field input_of(const xmlNode* node) {
    Field field = field_of(node);
    field.type = input_type(node);
    field.checked = has(node, "checked");
    field.value = attribute_secret(node, "value");
    if ((field.type == "checkbox" || field.type == "radio") && !has(node, "value"))
        field.value = Secret("on");
    return field;
}

Field button_of(const xmlNode* node) {
    Field field = field_of(node);
    field.type = button_type(node);
    field.value = attribute_secret(node, "value");
    return field;
}

// The first line break right behind the tag is not part of the text.
Field textarea_of(const xmlNode* node) {
    Field field = field_of(node);
    field.type = "textarea";
    field.value = content_secret(node);
    const std::string_view text = field.value.reveal();
    const std::size_t cut = text.starts_with("\r\n") ? 2 : text.starts_with("\n") ? 1 : 0;
    if (cut != 0)
        field.value = Secret(text.substr(cut));
    return field;
}

bool is_disabled_option(const xmlNode* option) {
    return has(option, "disabled") ||
           (option->parent != nullptr && is(option->parent, "optgroup") && has(option->parent, "disabled"));
}

Secret option_value(const xmlNode* option) {
    if (has(option, "value"))
        return attribute_secret(option, "value");
    return Secret(folded(content_secret(option).reveal()));
}

// A list of more is none that a person could choose from.
constexpr std::size_t options_max = 1000;

// The options that a browser shows as chosen: the selected ones, of a list that drops down the last of
// them, or its first one that can be chosen.
std::vector<const xmlNode*> chosen_options(const xmlNode* select, std::vector<Option>& offered) {
    std::vector<const xmlNode*> chosen;
    const xmlNode* first = nullptr;
    for (const xmlNode* node = select->children; node != nullptr && node != select;) {
        if (is(node, "option") && !is_disabled_option(node)) {
            first = first == nullptr ? node : first;
            if (offered.size() < options_max)
                offered.push_back({std::string(option_value(node).reveal()), folded(content_secret(node).reveal())});
            if (has(node, "selected") && chosen.size() <= form_fields_max)
                chosen.push_back(node);
        }
        const xmlNode* next = is(node, "option") ? nullptr : node->children;
        while (next == nullptr && node != select) {
            next = node->next;
            node = node->parent;
        }
        node = next;
    }
    if (!has(select, "multiple")) {
        if (chosen.size() > 1)
            chosen = {chosen.back()};
        if (chosen.empty() && first != nullptr)
            chosen = {first};
    }
    return chosen;
}

// One field an option, since a browser sends one pair an option.
std::vector<Field> select_of(const xmlNode* node) {
    std::vector<Field> fields;
    std::vector<Option> offered;
    for (const xmlNode* option : chosen_options(node, offered)) {
        Field field = field_of(node);
        field.type = "select";
        field.checked = true;
        field.value = option_value(option);
        fields.push_back(std::move(field));
    }
    if (fields.empty()) {
        fields.push_back(field_of(node));
        fields.back().type = "select";
    }
    fields.front().options = std::move(offered);
    return fields;
}

bool is_control(const xmlNode* node) {
    return is(node, "input") || is(node, "button") || is(node, "textarea") || is(node, "select");
}

std::vector<Field> fields_of(const xmlNode* control) {
    if (is(control, "select"))
        return select_of(control);
    std::vector<Field> fields;
    if (is(control, "input"))
        fields.push_back(input_of(control));
    else if (is(control, "button"))
        fields.push_back(button_of(control));
    else
        fields.push_back(textarea_of(control));
    return fields;
}

// ---- forms --------------------------------------------------------------------------------

Form form_of(const xmlNode* node) {
    Form form;
    form.action = std::string(trimmed(attribute_text(node, "action")));
    form.method = method_word(attribute_word(node, "method"));
    form.id = attribute_text(node, "id");
    form.name = attribute_text(node, "name");
    const std::string enctype = attribute_word(node, "enctype");
    if (enctype == "multipart/form-data" || enctype == "text/plain")
        form.enctype = enctype;
    return form;
}

// Where a control belongs: to the form that it names, else to the one around it.
Form* owner_of(const xmlNode* node, const std::vector<const xmlNode*>& nodes, std::vector<Form>& forms) {
    if (has(node, "form")) {
        const std::string id = attribute_text(node, "form");
        const auto found = std::ranges::find_if(forms, [&](const Form& form) { return !id.empty() && form.id == id; });
        return found == forms.end() ? nullptr : &*found;
    }
    const xmlNode* above = node->parent;
    while (above != nullptr && !is(above, "form"))
        above = above->parent;
    const auto found = std::ranges::find(nodes, above);
    return found == nodes.end() ? nullptr : &forms[static_cast<std::size_t>(found - nodes.begin())];
}

Result<Page> page_of(const xmlDoc* document) {
    Page page;
    std::vector<const xmlNode*> nodes;
    for_each_element(document, [&](const xmlNode* node) {
        if (is(node, "form") && nodes.size() <= form_fields_max) {
            nodes.push_back(node);
            page.forms.push_back(form_of(node));
        } else if (is(node, "base") && page.base_href.empty()) {
            page.base_href = std::string(trimmed(attribute_text(node, "href")));
        } else if (is(node, "title") && page.title.empty()) {
            page.title = folded(content_secret(node).reveal());
        }
    });
    std::size_t count = nodes.size();
    for_each_element(document, [&](const xmlNode* node) {
        if (count > form_fields_max || !is_control(node))
            return;
        Form* owner = owner_of(node, nodes, page.forms);
        for (Field& field : fields_of(node)) {
            (owner != nullptr ? owner->fields : page.loose_fields).push_back(std::move(field));
            ++count;
        }
    });
    if (count > form_fields_max)
        return fail(Code::page_unknown, "The page has more than {} forms and fields.", form_fields_max);
    read_marks(document, page);
    return page;
}

// The character set that the page itself names.
std::string meta_charset(const xmlDoc* document) {
    std::string charset;
    for_each_element(document, [&](const xmlNode* node) {
        if (!is(node, "meta") || !charset.empty())
            return;
        charset = attribute_word(node, "charset");
        if (charset.empty() && attribute_word(node, "http-equiv") == "content-type")
            charset = charset_parameter(attribute_text(node, "content"));
    });
    return charset;
}

} // namespace

Result<Page> read_page(std::string_view html, std::string_view content_type) {
    AWSFED_CHECK(check_before_parsing(html, content_type));
    std::string charset = charset_parameter(content_type);
    if (html.starts_with("\xEF\xBB\xBF")) {
        html.remove_prefix(3);
        charset = "utf-8";
    }
    // Converted here, since libxml2's own conversion prints broken bytes to stderr, whatever its options.
    Secret converted = converted_to_utf8(html, charset);
    AWSFED_TRY(Document document, parse(converted.reveal()));
    if (charset.empty() && !is_utf8(html)) {
        converted = converted_to_utf8(html, meta_charset(document.get()));
        AWSFED_TRY(document, parse(converted.reveal()));
    }
    return page_of(document.get());
}

} // namespace awsfed
