// The second factors of AD FS: a code in a field, an approval on a telephone, a choice between methods. What cannot be
// answered is named.
#pragma once

#include "idp/adfs_entry.h"
#include "idp/page_factor.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace awsfed {

// Of one sign-in, through all its pages of the class mfa_required.
class AdfsFactor {
public:
    // `user`: whose codes they are, for the ledger of attempts.
    AdfsFactor(Conversation& talk, const AdfsTerms& terms, std::string user)
        : talk_(talk), terms_(terms), user_(std::move(user)) {}

    // The page behind it. A code is sent once, and never again when it was refused: that is how accounts are locked.
    Result<std::shared_ptr<const Visit>> answer(const AdfsStep& step);
    // Whether the last answer was a look whether somebody has approved.
    bool has_looked() const { return has_looked_; }

private:
    using Next = Result<std::shared_ptr<const Visit>>;

    // The method to change to; empty: the one that the page is for.
    Result<std::optional<std::string>> other_method(const AdfsStep& step, const std::optional<FactorForm>& factor);
    Next choose(const AdfsStep& step, const std::string& method);
    Next send_code(const AdfsStep& step, const FactorForm& factor);
    Next send_as_it_is(const AdfsStep& step, const FactorForm& factor);
    Next look_again(const FactorForm& factor);
    Failure demanded(const AdfsStep& step) const;
    bool is_first_answer(const FactorForm& factor);

    Conversation& talk_;
    const AdfsTerms& terms_;
    std::string user_;
    std::string chosen_; // the method; empty: the page's own
    std::vector<std::string> sent_; // the methods and fields that were answered
    bool has_looked_ = false;
    std::optional<Time> waits_since_;
    std::chrono::milliseconds paused_{}; // since then
};

} // namespace awsfed
