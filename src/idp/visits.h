// What connectors that sign in by pages share: a page is judged, a sign-in form is filled and sent, once.
#pragma once

#include "idp/conversation.h"
#include "idp/page_class.h"

namespace awsfed {

const Question& user_question();
const Question& password_question();

// What a page is judged by. Valid as long as the conversation and the visit.
PageContext context_of(const Conversation& talk, const Visit& visit, SignInMoment moment);

// Judges the page, and writes its class and the evidence to the log (debug, event "page"). `stage` is where the
// sign-in stands: "adfs/entry".
PageVerdict read_visit(const Conversation& talk, const Visit& visit, SignInMoment moment, std::string_view stage);

// Why the sign-in ends at this page. Error::stage gets the class: "adfs/entry/mfa_required". Where the page itself
// tells nothing, its HTTP status does.
Failure end_at(const Conversation& talk, const Visit& visit, const PageVerdict& verdict, SignInMoment moment,
               std::string_view stage);

// The response on the page, if that is what it is.
std::optional<Secret> response_of(const Visit& visit, const PageVerdict& verdict);

// Is there a form to fill in? A page that comes with 4xx or 5xx never is one.
bool can_be_filled(const Visit& visit, const PageVerdict& verdict);

} // namespace awsfed
