// Stand-ins for what a sign-in shows of a company and of a person, for a record of it that others may read.
//
// The same thing has the same stand-in everywhere, and one of the same form: a host is a host, a GUID a GUID. What is
// not known to be public has one.
#pragma once

#include "http/url.h"
#include "markup/page_mask.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace awsfed {

class StandIns : public Masker {
public:
    // `start` is at the identity provider, whose host is sts.example.test from now on.
    explicit StandIns(const Url& start);

    // From now on `text` is `stand_in`, whatever the case of its letters.
    void replace(std::string_view text, std::string_view stand_in);
    // The page that addresses are of.
    void set_base(const Url& base) { base_ = base; }

    Url url(const Url& url);
    std::string origin(const Url& url);

    std::string address(std::string_view reference) override;
    std::string value(std::string_view field, std::string_view value) override;
    std::string name(std::string_view name) override;

    // What was replaced and is still in the text, in one form or another; empty when nothing is.
    std::string left_in(std::string_view text) const;

private:
    void replace_company(std::string_view host);
    std::string host(const Url& url);
    std::string path(std::string_view path);
    std::string query(const std::string& query);
    std::string numbered(std::string_view what, std::string_view format);
    std::string replaced(std::string_view text) const;

    Url base_;
    std::vector<std::pair<std::string, std::string>> known_; // in lower case, and what stands for it; the longest first
    std::map<std::string, std::string, std::less<>> hosts_;
    std::map<std::string, std::string, std::less<>> numbered_;
};

} // namespace awsfed
