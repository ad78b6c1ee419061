#include "idp/page_partner.h"

#include "base/text.h"
#include "idp/page_rules.h"

#include <algorithm>

namespace awsfed {

std::optional<PartnerAnswer> partner_answer(const Page& page, const PageContext& context, const Url& farm) {
    if (context.url.origin() == farm.origin())
        return std::nullopt;
    const pages::Reading reading{page, context};
    const auto carries_token = [](const Form& form) {
        return form.method == "post" &&
               (pages::field_named(form, "wresult") != nullptr || pages::field_named(form, "SAMLResponse") != nullptr);
    };
    if (std::ranges::count_if(page.forms, carries_token) != 1)
        return std::nullopt;
    const Form& form = *std::ranges::find_if(page.forms, carries_token);
    auto target = pages::target_of(reading, form.action);
    const bool is_farm = target && target->origin() == farm.origin() && pages::is_allowed(context, *target) &&
                         lower_ascii(target->path()).find("/adfs/") != std::string::npos;
    if (!is_farm)
        return std::nullopt;
    return PartnerAnswer{form_body(form), *std::move(target)};
}

} // namespace awsfed
