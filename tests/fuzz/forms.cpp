// The reader of HTML and the classifier behind it: any bytes, any character set.
#include "fuzz/fuzz.h"

#include "idp/page_class.h"
#include "idp/page_factor.h"
#include "idp/page_partner.h"

using namespace awsfed;

namespace {

const Url here = *Url::parse("https://sts.example/adfs/ls/?x=1");
const Url partner = *Url::parse("https://partner.example/adfs/ls/?x=1");
const std::vector<std::string> origins{here.origin(), partner.origin()};

void check(const PageVerdict& verdict, const Url& url) {
    if (verdict.form && verdict.kind != PageClass::saml_post)
        fuzz::require(verdict.action && std::ranges::find(origins, verdict.action->origin()) != origins.end(),
                      "a form leads to an allowed origin");
    if (leads_on(verdict.kind))
        fuzz::require(verdict.method == "POST" && verdict.action->origin() == url.origin(),
                      "a password goes by POST to where it was asked for");
    else
        fuzz::require(!verdict.login, "nothing else is filled in");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Stopwatch watch;
    if (size == 0)
        return 0;
    constexpr std::string_view types[] = {"text/html",
                                          "text/html; charset=utf-8",
                                          "text/html; charset=utf-16",
                                          "text/html; charset=shift_jis",
                                          "application/xhtml+xml",
                                          ""};
    const std::string_view type = types[data[0] % std::size(types)];
    const std::string_view body = fuzz::view(data + 1, size - 1);
    for (const Url* url : {&here, &partner}) {
        for (const SignInMoment moment : {SignInMoment::before_password, SignInMoment::after_password}) {
            const PageContext context{.url = *url, .origins = origins, .moment = moment};
            check(classify_answer(body, type, context), *url);
            const auto page = read_page(body, type);
            if (!page)
                continue;
            if (const auto factor = factor_form(*page, context))
                fuzz::require(factor->action.origin() == url->origin(), "a code goes to where it was asked for");
            if (const auto answer = partner_answer(*page, context, here))
                fuzz::require(answer->action.origin() == here.origin() && url == &partner, "a token goes to the farm");
        }
    }
    return 0;
}
