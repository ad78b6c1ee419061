#include "idp/adfs_connector.h"

#include "idp/adfs_walk.h"
#include "idp/visits.h"

namespace awsfed {

Result<Secret> AdfsConnector::sign_in(Conversation& talk) const {
    AWSFED_TRY(const AdfsUrls urls, adfs_urls(talk.terms().start, terms_.relying_party));
    AWSFED_TRY(const Secret* user, talk.ask(user_question()));
    if (talk.terms().wishes.home_realm.empty()) // a partner takes a name as it is
        AWSFED_CHECK(adfs_user_name(user->reveal(), terms_.default_domain));
    AWSFED_TRY(AdfsStep first, enter_adfs(talk, urls, terms_));
    return walk_adfs(talk, terms_, user, std::move(first));
}

} // namespace awsfed
