// A partner's answer to the farm: where AD FS sent the user on to the organisation that he belongs to, its provider
// sends him back by a form with a token in it (WS-Federation's wresult, or a SAMLResponse). Pure.
#pragma once

#include "idp/page_class.h"

#include <optional>

namespace awsfed {

struct PartnerAnswer {
    Secret body;
    Url action; // at the farm
};

// Empty where the page is the farm's own, or its form does not lead to the farm: a token goes to nobody else.
std::optional<PartnerAnswer> partner_answer(const Page& page, const PageContext& context, const Url& farm);

} // namespace awsfed
