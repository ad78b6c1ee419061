// read_page: forms, controls and marks out of a page's tree.
#include "markup/form.h"

#include "base/limits.h"
#include "base/text.h"
#include "markup/html_tree.h"
#include "markup/page_marks.h"

#include <algorithm>
#include <array>

namespace awsfed {

using namespace html;

namespace {

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

} // namespace

Result<Page> read_page(std::string_view html, std::string_view content_type) {
    AWSFED_TRY(const Document document, read_tree(html, content_type));
    return page_of(document.get());
}

} // namespace awsfed
