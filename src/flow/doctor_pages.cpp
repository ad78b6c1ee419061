// The entry: the page at which the sign-in begins, what it is, and what would be sent to it. Nothing is.
#include "base/text.h"
#include "flow/doctor_steps.h"
#include "flow/plan.h"
#include "http/curl_transport.h"
#include "idp/visits.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace awsfed::doctor {

namespace {

constexpr std::string_view entry = "entry";

// By marks that each version's page has; administrators change words, not these.
std::string_view adfs_version(const Page& page) {
    const auto has_field = [&](std::string_view name) {
        return std::ranges::any_of(page.forms, [&](const Form& form) {
            return std::ranges::any_of(form.fields, [&](const Field& field) { return field.name == name; });
        });
    };
    if (has_field("__VIEWSTATE"))
        return " It is the page of AD FS 2.0.";
    if (page.form("loginFormPaginated") != nullptr)
        return " It is the paginated page of AD FS 2019 or later.";
    return page.form("options") != nullptr ? " It is the page of AD FS 2012 R2 to 2019." : "";
}

bool asked_by_request(const TalkRecord& pages) {
    return std::ranges::any_of(pages.exchanges(),
                               [](const auto& one) { return one.url.query().starts_with("SAMLRequest="); });
}

std::string door_of(const Visitor& v) {
    if (idp_of(v.settings) != Idp::adfs)
        return "";
    const std::string door = v.settings.text("adfs_entry");
    const bool by_request = door.starts_with("sp-initiated") || asked_by_request(v.pages);
    if (!by_request)
        return "The IdP-initiated page is on. ";
    return door == "auto" ? "The IdP-initiated page is off, a SAML request is taken. " : "By a SAML request. ";
}

void tell_form(Visitor& v, const PageVerdict& verdict) {
    std::vector<std::string> ours;
    std::vector<std::string> theirs;
    for (const SentField& field : verdict.send) {
        const bool is_ours = field.role == SentField::Role::user || field.role == SentField::Role::password;
        (is_ours ? ours : theirs).push_back(printable(field.name, 60));
    }
    v.ok("form", fmt::format("{} would be posted to {}{}{}.{}", fmt::join(ours, " and "), verdict.action->origin(),
                             printable(verdict.action->path()),
                             theirs.empty() ? "" : fmt::format(", with {}", fmt::join(theirs, ", ")),
                             v.wishes.with_password ? "" : " Nothing was."));
}

// A choice that the connector makes, or a form that a script would send.
bool is_sent_on(const PageVerdict& verdict) {
    const bool is_choice = verdict.kind == PageClass::home_realm_choice ||
                           verdict.kind == PageClass::relying_party_choice ||
                           verdict.kind == PageClass::interstitial_post;
    return is_choice && verdict.form && verdict.method == "POST" && !verdict.why;
}

void judge(Visitor& v, const Conversation& talk, const AdfsStep& step) {
    const PageVerdict& verdict = step.verdict;
    v.leads_on = true;
    if (response_of(*step.visit, verdict))
        return v.ok(entry,
                    door_of(v) + "The provider gives its response at once: it knows this machine or its network.");
    if (can_be_filled(*step.visit, verdict)) {
        v.ok(entry, fmt::format("{}{}: {}{}", door_of(v), page_class_name(verdict.kind), verdict.evidence,
                                adfs_version(step.visit->page)));
        return tell_form(v, verdict);
    }
    if (is_sent_on(verdict))
        return v.ok(entry, fmt::format("{}{}: {} The sign-in sends that on by itself; the form comes behind it.",
                                       door_of(v), page_class_name(verdict.kind), verdict.evidence));
    v.leads_on = false;
    Error error = end_at(talk, *step.visit, verdict, SignInMoment::before_password, step.stage).take();
    error.message += fmt::format(" ({}: {})", page_class_name(verdict.kind), verdict.evidence);
    v.fail(entry, error);
    if (!error.trace.empty())
        v.report.steps.back().found += fmt::format(" Its activity id is {}.", printable(error.trace, 80));
}

Result<AdfsStep> enter(const Visitor& v, Conversation& talk) {
    if (idp_of(v.settings) == Idp::adfs) {
        AWSFED_TRY(const AdfsTerms terms, adfs_terms(v.settings));
        AWSFED_TRY(const AdfsUrls urls, adfs_urls(talk.terms().start, terms.relying_party));
        return enter_adfs(talk, urls, terms);
    }
    constexpr std::string_view stage = "form/entry";
    AWSFED_TRY(std::shared_ptr<const Visit> visit, talk.get(talk.terms().start));
    PageVerdict verdict = read_visit(talk, *visit, SignInMoment::before_password, stage);
    return AdfsStep{std::move(visit), std::move(verdict), stage};
}

// By the first answer of the provider.
void look_at_clock(Visitor& v) {
    constexpr std::string_view step = "idp-clock";
    for (const TalkRecord::Exchange& one : v.pages.exchanges()) {
        if (one.answer)
            return compare_clocks(v, step, "the identity provider", one.answer->header("date"), one.at);
    }
    v.skip(step, "There was no answer to look at.");
}

} // namespace

void look_at_entry(Visitor& v) {
    const std::string method = v.settings.text("adfs_method");
    if (idp_of(v.settings) == Idp::adfs && method != "forms") {
        v.leads_on = true; // as far as anybody can tell
        return v.skip(entry, fmt::format("adfs_method={}: no form is used.", method));
    }
    auto network = network_terms(v.settings, v.cancel);
    auto terms = sign_in_terms(v.settings, v.cancel);
    if (!network || !terms)
        return v.skip(entry, "Its settings must be put right first.");
    terms->answers.clear();
    Conversation talk(*std::move(terms),
                      std::make_unique<CurlTransport>(*std::move(network), CurlTransport::Cookies::on, v.log,
                                                      v.context.connections()),
                      v.log);
    talk.set_witness(&v.pages);
    talk.rewind(v.cancel);
    const auto step = enter(v, talk);
    if (step)
        judge(v, talk, *step);
    else
        v.fail(entry, step.error());
    look_at_clock(v);
}

} // namespace awsfed::doctor
