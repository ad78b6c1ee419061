#include "sandbox/play.h"

using namespace awsfed;
using namespace awsfed::sandbox;

TEST_CASE("whose account a key is of is told, of the world's keys and of the sessions'") {
    Play play;
    const TestKeys session = play.session_of("alice");
    for (const std::string& id : {Play::long_term().id, session.id})
        CHECK(inside(play.call(Play::long_term(), "GetAccessKeyInfo", {{"AccessKeyId", id}}), "Account") ==
              "123456789012");
    const auto ask = [&](const std::string& id) {
        return play.call(Play::long_term(), "GetAccessKeyInfo", {{"AccessKeyId", id}});
    };
    check_refused(ask("AKIAUNKNOWNUNKNOWN00"), "ValidationError", "does not exist");
    check_refused(ask("AKIA"), "ValidationError", "between 16 and 128");
    check_refused(ask(std::string(129, 'A')), "ValidationError", "between 16 and 128");
    check_refused(ask("AKIA-0000-0000-0000"), "ValidationError", "[\\w]*");
    check_refused(play.call(session, "GetAccessKeyInfo", {{"AccessKeyId", session.id}}), "AccessDenied",
                  "no identity-based policy");
}

TEST_CASE("no encoded message is right here") {
    Play play;
    const auto ask = [&](const TestKeys& keys, const std::string& message) {
        return play.call(keys, "DecodeAuthorizationMessage", {{"EncodedMessage", message}});
    };
    check_refused(ask(Play::long_term(), "abc"), "InvalidAuthorizationMessageException", "encodes no messages");
    check_refused(ask(Play::long_term(), ""), "ValidationError", "between 1 and 10240");
    check_refused(ask(Play::long_term(), std::string(10'241, 'a')), "ValidationError", "between 1 and 10240");
    check_refused(ask(play.session_of("alice"), "abc"), "AccessDenied", "no identity-based policy");
}

TEST_CASE("the regional actions are not at the global endpoint, the others are") {
    Play play;
    const auto at_global = [&](std::string_view action, const std::string& host) {
        return play.sts.answer(play.signed_request(Play::long_term(), action, {}, "sts", host));
    };
    for (const char* action :
         {"AssumeRoot", "GetScopedCredentials", "GetDelegatedAccessToken", "GetWebIdentityToken"}) {
        check_refused(at_global(action, "sts.amazonaws.com"), "InvalidAction", "global endpoint");
        check_refused(at_global(action, "STS.amazonaws.com:443"), "InvalidAction", "global endpoint");
        CHECK(at_global(action, "sts.us-east-1.amazonaws.com").outcome != "InvalidAction");
    }
    CHECK(at_global("GetCallerIdentity", "sts.amazonaws.com").status == 200);
}

TEST_CASE("a session token is as long as is asked for") {
    Play play;
    const auto token_of = [&](const std::string& size) {
        return play.call(Play::long_term(), "GetSessionToken", {{"MinimumSessionTokenSize", size}});
    };
    CHECK(inside(token_of("0"), "SessionToken").size() == 348);
    const Answer padded = token_of("4096");
    CHECK(inside(padded, "SessionToken").size() == 4096);
    CHECK(play.call(Play::keys_in(padded), "GetCallerIdentity").status == 200);
    for (const char* size : {"4097", "-1", "", "4k"})
        check_refused(token_of(size), "ValidationError", "from 0 to 4096");
}
