#include "idp/adfs_entry.h"

#include "base/encode.h"
#include "base/text.h"
#include "idp/visits.h"
#include "saml/authn_request.h"

#include <utility>

namespace awsfed {

// ---- addresses and names ------------------------------------------------------------------

namespace {

std::string strict(std::string_view text) { return std::string(percent_encoded(text, Percent::strict).reveal()); }

// loginToRp with a value of its own, as in an address that was copied from a browser.
bool names_relying_party(const Url& url) {
    return lower_ascii("&" + url.query()).find("&logintorp=") != std::string::npos;
}

Failure bad_entry(const Url& url, const std::string& base) {
    return fail(Code::setting_invalid, "\"{}{}\" is not a sign-in page of AD FS.", url.origin(), printable(url.path()))
        .setting("idp_url")
        .advice(fmt::format("Set idp_url to {} alone, or to {}/IdpInitiatedSignOn.aspx.", url.origin(), base));
}

} // namespace

Result<AdfsUrls> adfs_urls(const Url& idp_url, std::string_view relying_party) {
    constexpr std::string_view folder = "/adfs/ls";
    constexpr std::string_view page = "/idpinitiatedsignon";
    const std::string path = lower_ascii(idp_url.path());
    const std::size_t at = path.find(folder);
    std::string base = idp_url.origin() + std::string(folder);
    std::string rest;
    if (at != std::string::npos) { // a proxy may put a folder in front
        base = idp_url.origin() + idp_url.path().substr(0, at + folder.size());
        rest = path.substr(at + folder.size());
    } else if (path != "/" && path != "/adfs" && path != "/adfs/") {
        return bad_entry(idp_url, base);
    }
    const bool whole = rest == page || rest == std::string(page) + ".aspx";
    if (!whole && !rest.empty() && rest != "/")
        return bad_entry(idp_url, base);
    AWSFED_TRY(Url passive, Url::parse(base + "/"));
    if (whole && names_relying_party(idp_url))
        return AdfsUrls{std::move(passive), idp_url};
    AWSFED_TRY(Url initiated,
               Url::parse(fmt::format("{}/IdpInitiatedSignOn.aspx?loginToRp={}", base, strict(relying_party))));
    return AdfsUrls{std::move(passive), std::move(initiated)};
}

Result<std::string> adfs_user_name(std::string_view user, std::string_view default_domain) {
    if (user.find_first_of("@\\") != user.npos)
        return std::string(user);
    if (default_domain.empty())
        return fail(Code::user_name_form, "The user name has neither \"@\" nor \"\\\", so AD FS would not take it.")
            .setting("user");
    // A name with a dot is a domain of the DNS, and stands behind an '@'.
    if (default_domain.find('.') != default_domain.npos)
        return fmt::format("{}@{}", user, default_domain);
    return fmt::format("{}\\{}", default_domain, user);
}

// ---- the first page -----------------------------------------------------------------------

namespace {

constexpr std::string_view entry_stage = "adfs/entry";

Result<AdfsStep> step_to(Conversation& talk, Result<std::shared_ptr<const Visit>> got) {
    if (!got)
        return pass(std::move(got.error()));
    PageVerdict verdict = read_visit(talk, **got, SignInMoment::before_password, entry_stage);
    return AdfsStep{*std::move(got), std::move(verdict), entry_stage};
}

AuthnRequest new_request(Conversation& talk, const std::string& relying_party) {
    // An xs:ID begins with a letter or underscore; 128 bits do not repeat (saml-core 1.3.4).
    constexpr std::size_t id_bytes = 16;
    return {"_" + talk.random_hex(id_bytes), talk.now(), relying_party};
}

// Farms from 2016 on have the page turned off. They tell it in different ways: by MSIS7065, by MSIS7012, by 503.
// Nothing has been sent yet, so another door may be tried.
bool page_is_off(const Result<AdfsStep>& step) {
    if (!step)
        return step.error().http == 503;
    const PageVerdict& verdict = step->verdict;
    return verdict.code == "MSIS7065" || verdict.code == "MSIS7012" || step->visit->status == 503;
}

} // namespace

Result<AdfsStep> enter_adfs(Conversation& talk, const AdfsUrls& urls, const AdfsTerms& terms) {
    const bool begins_at_page = terms.entry == AdfsEntry::automatic || terms.entry == AdfsEntry::idp_initiated;
    if (begins_at_page) {
        Result<AdfsStep> step = step_to(talk, talk.get(urls.idp_initiated));
        if (terms.entry == AdfsEntry::idp_initiated || !page_is_off(step))
            return step;
        talk.log().write(LogLevel::info, "adfs", "The IdP-initiated page is turned off; trying a SAML request.");
    }
    const AuthnRequest request = new_request(talk, terms.relying_party);
    if (terms.entry == AdfsEntry::sp_initiated_post)
        return step_to(talk, talk.post(urls.passive, authn_request_body(request)));
    return step_to(talk, talk.get(*Url::parse(urls.passive.text() + "?" + authn_request_query(request))));
}

} // namespace awsfed
