#include "idp/page_class.h"

#include "base/text.h"
#include "idp/aws_sign_in.h"
#include "idp/page_rules.h"
#include "saml/response_door.h"

#include <array>

namespace awsfed {

std::string_view page_class_name(PageClass kind) {
    constexpr std::array names{
#define AWSFED_PAGE(name, part, error, meaning) std::string_view(#name),
#include "idp/page_classes.def"
#undef AWSFED_PAGE
    };
    return names[static_cast<std::size_t>(kind)];
}

namespace pages {

namespace {

// A response that cannot be read is still one: the strict door says what is wrong with it, later.
PageVerdict saml_form_verdict(const Reading& reading, const Form& form, const Secret& response) {
    auto target = target_of(reading, form.action);
    if (!target || !is_aws_saml_endpoint(*target)) {
        PageVerdict verdict =
            stop(PageClass::saml_post_foreign, "A form carries a SAMLResponse to another address than AWS's.");
        verdict.next = target ? target->origin() : "";
        return verdict;
    }
    const auto opened = open_response(response.reveal());
    if (!opened && opened.error().code == Code::idp_refused) {
        PageVerdict verdict =
            stop(PageClass::saml_status_error, "A form carries a SAMLResponse whose status is not Success.");
        verdict.code = opened.error().peer;
        verdict.why = opened.error();
        return verdict;
    }
    PageVerdict verdict = stop(PageClass::saml_post, "A form carries a SAMLResponse to AWS.");
    verdict.form = static_cast<std::size_t>(&form - reading.page.forms.data());
    verdict.action = std::move(*target);
    verdict.method = "POST";
    for (const Field* field : sent_fields(form))
        verdict.send.push_back({field->name, SentField::Role::echo, field->value.clone()});
    return verdict;
}

} // namespace

std::optional<PageVerdict> saml_verdict(const Reading& reading) {
    const Form* form = saml_form_in(reading.page);
    const auto response = saml_response_in(reading.page);
    if (form != nullptr && response && !response->empty())
        return saml_form_verdict(reading, *form, *response);
    for (const Form& other : reading.page.forms) {
        if (field_named(other, "wresult") != nullptr)
            return stop(PageClass::wsfed_post, "A form carries a wresult, the answer of WS-Federation.");
    }
    return std::nullopt;
}

namespace {

PageVerdict unavailable(const PageContext& context) {
    return stop(PageClass::endpoint_unavailable, fmt::format("The HTTP status is {}.", context.status));
}

bool is_xml_type(std::string_view type) {
    return type == "text/xml" || type == "application/xml" ||
           (type.ends_with("+xml") && type != "application/xhtml+xml");
}

} // namespace

} // namespace pages

PageVerdict classify_page(const Page& page, const PageContext& context) {
    using namespace pages;
    const Reading reading{page, context};
    if (is_aws_sign_in_host(context.url))
        return stop(PageClass::aws_role_chooser, "Its address is AWS's own.");
    if (!is_allowed(context, context.url))
        return stop(PageClass::not_idp, "Its address is not one of the allowed origins.");
    using Rule = std::optional<PageVerdict> (*)(const Reading&);
    for (const Rule rule : {saml_verdict, adfs_verdict, keycloak_verdict, provider_verdict}) {
        if (auto verdict = rule(reading))
            return std::move(*verdict);
    }
    return any_verdict(reading);
}

PageVerdict classify_answer(std::string_view body, std::string_view content_type, const PageContext& context) {
    using namespace pages;
    if (trimmed(body).empty())
        return context.status >= 500 ? unavailable(context) : stop(PageClass::not_idp, "The answer is empty.");
    const std::string type = lower_ascii(trimmed(content_type.substr(0, content_type.find(';'))));
    if (is_xml_type(type))
        return xml_verdict(body);
    if (type == "application/json" || type == "text/plain")
        return stop(PageClass::other, fmt::format("The answer is of the type {}.", type));
    auto page = read_page(body, content_type);
    if (!page) {
        PageVerdict verdict = stop(PageClass::not_idp, page.error().message);
        verdict.why = std::move(page.error());
        return verdict;
    }
    PageVerdict verdict = classify_page(*page, context);
    // A load balancer's page says no more than the status.
    if (context.status == 503 && verdict.kind == PageClass::not_idp)
        return unavailable(context);
    // A web server's own page: asked for by name and password in a header, as at an ECP endpoint.
    if (context.status == 401 && verdict.kind == PageClass::not_idp && page->forms.empty())
        return stop(PageClass::credentials_refused, "The HTTP status is 401, and the page has no form.");
    return verdict;
}

Secret body_of(const std::vector<SentField>& fields) {
    Form form;
    for (const SentField& field : fields) {
        Field& sent = form.fields.emplace_back();
        sent.name = field.name;
        sent.type = "hidden";
        sent.value = field.value.clone();
    }
    return form_body(form);
}

bool leads_on(PageClass kind) {
    return kind == PageClass::credential_form || kind == PageClass::username_step || kind == PageClass::password_step;
}

} // namespace awsfed
