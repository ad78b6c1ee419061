#include "idp/page_factor.h"

#include "base/text.h"
#include "idp/page_rules.h"

#include <algorithm>
#include <array>

namespace awsfed {

namespace {

using Kind = FactorForm::Kind;

// The adapters whose pages are known, by AuthMethod. What their fields are called stands in code_names.
struct Adapter {
    std::string_view method;
    Kind without_field; // what the form is for where it has no field for a code
};
constexpr std::array adapters{
    Adapter{"AzureMfaAuthentication", Kind::wait},
    Adapter{"AzureMfaServerAuthentication", Kind::wait},
    Adapter{"SilverfortAdfs", Kind::wait},
    Adapter{"SecurIDAuthentication", Kind::other},
    Adapter{"SecurIDv2Authentication", Kind::press},
    Adapter{"VIPAuthenticationProviderWindowsAccountName", Kind::other},
    Adapter{"VIPAuthenticationProviderUPN", Kind::other},
    Adapter{"SymantecVipAdapter", Kind::other},
    Adapter{"Defender AD FS Adapter", Kind::other},
    Adapter{"SafeNet-MFA", Kind::other},
};

constexpr std::size_t method_chars_max = 120;

constexpr std::string_view next_code = "NextCode";
constexpr std::array<std::string_view, 8> code_names{
    "VerificationCode", "Passcode", next_code,          "security_code",
    "SecurityCode",     "OathCode", "SAFENET_PASSWORD", "ChallengeQuestionAnswer"};

bool is_code_name(std::string_view name) {
    return std::ranges::any_of(code_names, [&](std::string_view known) { return equal_ignoring_case(known, name); });
}

// A person would type into it.
bool takes_text(const Field& field) {
    constexpr std::array<std::string_view, 5> types{"text", "password", "tel", "number", "email"};
    return !field.disabled && !field.read_only && !field.name.empty() &&
           std::ranges::find(types, field.type) != types.end();
}

// Of Duo's adapter, also where a farm gives it another name: a frame of Duo's own answers it.
bool is_duo(const Form& form) {
    return std::ranges::any_of(form.fields, [](const Field& f) { return lower_ascii(f.name).starts_with("duo_"); });
}

// The one among several forms whose AuthMethod is no sign-in's and that carries the context of one under way.
const Form* form_of_factor(const Page& page) {
    for (const Form& form : page.forms) {
        const Field* method = pages::field_named(form, "AuthMethod");
        const bool is_factor = method != nullptr && !trimmed(method->value.reveal()).empty() &&
                               !equal_ignoring_case(trimmed(method->value.reveal()), "FormsAuthentication");
        if (is_factor && form.id != "options" && form.method == "post" &&
            pages::field_named(form, "Context") != nullptr)
            return &form;
    }
    return nullptr;
}

void find_code_field(FactorForm& factor) {
    const auto& fields = factor.form.fields;
    const auto count = std::ranges::count_if(fields, takes_text);
    if (count == 0) {
        const auto known = std::ranges::find(adapters, factor.method, &Adapter::method);
        factor.is_known = known != adapters.end();
        factor.kind = factor.is_known && !is_duo(factor.form) ? known->without_field : Kind::other;
        return;
    }
    const auto field = std::ranges::find_if(fields, takes_text);
    // Two fields of one name: which of them counts at the provider would be a guess.
    const auto same = count == 1 ? std::ranges::count(fields, field->name, &Field::name) : 0;
    if (same != 1 || is_duo(factor.form))
        return;
    factor.kind = Kind::code;
    factor.code_field = static_cast<std::size_t>(field - fields.begin());
    factor.is_known = is_code_name(field->name);
    factor.is_next = equal_ignoring_case(field->name, next_code);
}

// Where a form of the page leads, if that is the page's own origin and one that is allowed.
std::optional<Url> own_target(const pages::Reading& reading, const std::string& action) {
    auto target = pages::target_of(reading, action);
    if (!target || !pages::is_allowed(reading.context, *target) || target->origin() != reading.context.url.origin())
        return std::nullopt;
    return *std::move(target);
}

} // namespace

std::optional<FactorForm> factor_form(const Page& page, const PageContext& context) {
    const pages::Reading reading{page, context};
    const Form* form = form_of_factor(page);
    if (form == nullptr)
        return std::nullopt;
    std::optional<Url> target = own_target(reading, form->action);
    if (!target)
        return std::nullopt;
    FactorForm factor{.form = form->clone(), .action = *std::move(target)};
    factor.method = printable(trimmed(pages::field_named(*form, "AuthMethod")->value.reveal()), method_chars_max);
    find_code_field(factor);
    if (const Mark* number = page.mark("validEntropyNumber"); number != nullptr && !number->hidden)
        factor.show = printable(page.text_of(*number), 20);
    if (const Mark* error = pages::error_mark(page))
        factor.error_text = printable(page.text_of(*error));
    return factor;
}

Secret factor_body(const FactorForm& factor, const Secret& code) {
    Form filled = factor.form.clone();
    if (factor.kind == FactorForm::Kind::code)
        filled.fields[factor.code_field].value = code.clone();
    return form_body(filled);
}

// Names as AD FS has them: they are shown to whoever chooses.
std::vector<std::string> methods_on_offer(const Page& page) {
    std::vector<std::string> methods;
    for (const Mark& mark : page.marks) {
        const auto method = argument_of(mark.on_click, "SelectOption");
        if (method && !method->empty() && *method == printable(*method, method_chars_max))
            methods.push_back(*method);
    }
    return methods;
}

std::optional<MethodChoice> choose_method(const Page& page, const PageContext& context, std::string_view method) {
    const pages::Reading reading{page, context};
    const Form* options = page.form("options");
    if (options == nullptr || options->method != "post")
        return std::nullopt;
    std::optional<Url> target = own_target(reading, options->action);
    if (!target)
        return std::nullopt;
    Form filled = options->clone();
    for (Field& field : filled.fields) {
        if (equal_ignoring_case(field.name, "AuthMethod"))
            field.value = Secret(method);
    }
    return MethodChoice{form_body(filled), *std::move(target)};
}

} // namespace awsfed
