// What a witness saw of a sign-in, as a talk that plays again (tests/idp/talk.h) and tells nothing of company or
// person.
//
// Only what the provider answered is recorded, with stand-ins in it (idp/stand_ins.h). What is said to the provider is
// not: the connector is run once more on the masked answers, with a made-up user and password, and says it anew. So the
// talk plays by the way it was made.
#pragma once

#include "base/log.h"
#include "idp/conversation.h"
#include "settings/settings.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

class TalkRecord : public Witness {
public:
    struct Exchange {
        std::string method;
        Url url;
        std::optional<Response> answer; // empty: there was none
        std::string failure{}; // the code of the error then
        Time at;
    };

    void exchanged(const Request& request, const Result<Response>& answer) override;
    const std::vector<Exchange>& exchanges() const { return exchanges_; }

    struct Talk {
        std::string text; // empty: there is none
        std::string why_not; // a sentence
    };
    // `outcome`: "response", "question", or the code of an error, to which the talk must come too; empty: to whatever
    // it comes. A talk in which something private or one of `secrets` would be left is not given.
    Result<Talk> talk(const Settings& settings, const Log& secrets, std::string_view outcome) const;

private:
    std::vector<Exchange> exchanges_;
};

} // namespace awsfed
