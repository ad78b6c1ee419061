// AD FS's pages as other hands would have made them: ids moved, attributes quoted and ordered otherwise, elements
// nested otherwise, and megabytes between. What must never happen is a post that is not the right one.
#include "idp/adfs_connector.h"

#include "base/text.h"
#include "http/form_value.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

using namespace awsfed;

namespace {

using Dice = std::mt19937;

std::string page_file(const std::string& name) {
    std::ifstream file(AWSFED_TESTS "/vectors/data/pages/synthetic/" + name);
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}

// ---- a tag, taken apart and put together in another way -------------------------------------

struct Attribute {
    std::string name;
    std::string value;
    bool has_value = false;
};

struct Tag {
    std::string name;
    std::vector<Attribute> attributes;
    bool is_closed = false; // "/>"
};

// Of the pages here, whose attributes are quoted with double or single quotes, or have no value.
Tag read_tag(std::string_view text) {
    Tag tag;
    std::size_t at = 0;
    const auto skip = [&] {
        while (at < text.size() && text[at] == ' ')
            ++at;
    };
    const auto word = [&](std::string_view ends) {
        const std::size_t end = std::min(text.find_first_of(ends, at), text.size());
        std::string found(text.substr(at, end - at));
        at = end;
        return found;
    };
    tag.name = word(" />");
    for (skip(); at < text.size(); skip()) {
        if (text[at] == '/') {
            tag.is_closed = true;
            ++at;
            continue;
        }
        Attribute attribute{word(" =/"), "", false};
        if (at < text.size() && text[at] == '=') {
            const char quote = text[++at];
            attribute.has_value = true;
            if (quote == '"' || quote == '\'') {
                ++at;
                attribute.value = word(std::string(1, quote));
                ++at;
            } else {
                attribute.value = word(" ");
            }
        }
        tag.attributes.push_back(std::move(attribute));
    }
    return tag;
}

std::string quoted(const std::string& value, Dice& dice) {
    const bool is_plain = !value.empty() && value.find_first_of(" \"'`=<>/\t\r\n") == value.npos;
    if (is_plain && dice() % 3 == 0)
        return value;
    if (value.find('\'') == value.npos && dice() % 2 == 0)
        return "'" + value + "'";
    return '"' + value + '"';
}

std::string in_other_case(std::string text, Dice& dice) {
    for (char& c : text) {
        if (dice() % 2 == 0 && c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

std::string written(Tag tag, Dice& dice) {
    std::ranges::shuffle(tag.attributes, dice);
    std::string text = "<" + in_other_case(tag.name, dice);
    for (const Attribute& attribute : tag.attributes) {
        text += dice() % 4 == 0 ? "\n\t " : " ";
        text += in_other_case(attribute.name, dice);
        if (attribute.has_value)
            text += (dice() % 4 == 0 ? " = " : "=") + quoted(attribute.value, dice);
    }
    return text + (tag.is_closed && dice() % 2 == 0 ? " />" : ">");
}

bool is_raw(const std::string& name) { return name == "script" || name == "style"; }

// Every tag in another way; elements that mean nothing around and between.
std::string mutated(const std::string& page, Dice& dice, bool moves_ids) {
    std::string out;
    std::vector<std::string> ids;
    for (std::size_t at = 0; at < page.size();) {
        const bool is_tag = page[at] == '<' && at + 1 < page.size() && (std::isalpha(page[at + 1]) != 0);
        if (!is_tag) {
            out += page[at++];
            continue;
        }
        const std::size_t end = page.find('>', at);
        Tag tag = read_tag(std::string_view(page).substr(at + 1, end - at - 1));
        for (Attribute& attribute : tag.attributes) {
            if (attribute.name != "id" || !moves_ids)
                continue;
            ids.push_back(attribute.value);
            attribute.value = ids[dice() % ids.size()]; // one that was there before
        }
        if (tag.name == "input" && dice() % 3 == 0)
            out += dice() % 2 == 0 ? "<div><span>x</span>" : "<p><b>";
        out += written(tag, dice);
        at = end + 1;
        if (is_raw(tag.name)) {
            const std::size_t over = std::min(page.find("</" + tag.name, at), page.size());
            out += page.substr(at, over - at);
            at = over;
        }
    }
    return out;
}

std::string junk(std::size_t bytes, Dice& dice) {
    constexpr std::string_view pieces[] = {"<p>x</p>", "<!-- <form> -->", "<b>",     "</i>", "&amp;",
                                           "\0",       "<a href='#'>",    "\xff\xfe"};
    std::string out;
    while (out.size() < bytes)
        out += pieces[dice() % std::size(pieces)];
    return out;
}

// ---- what is sent ---------------------------------------------------------------------------

const std::string autopost = R"(<form method="POST" action="https://signin.aws.amazon.com/saml">)"
                             R"(<input type="hidden" name="SAMLResponse" value="PHNhbWw+"></form>)";

struct Post {
    std::string url;
    std::string body;
};

class PageTransport : public Transport {
public:
    PageTransport(std::string page, std::vector<Post>& posts) : page_(std::move(page)), posts_(posts) {}

    Result<Response> send(const Request& request, const Cancel&) override {
        Response answer{.status = 200, .headers = {{"content-type", "text/html; charset=utf-8"}}};
        if (request.method == "POST")
            posts_.push_back({request.url.text(), std::string(request.body.reveal())});
        answer.body = Secret(request.method == "POST" ? autopost : page_);
        return answer;
    }

private:
    std::string page_;
    std::vector<Post>& posts_;
};

struct Outcome {
    std::vector<Post> posts;
    std::string end; // "response", or the code of an error
};

Outcome sign_in_at(const std::string& page) {
    Outcome outcome;
    const Log silent;
    const Cancel never;
    SignInTerms terms{.start = *Url::parse("https://sts.example.test")};
    terms.origins = {"https://sts.example.test"};
    terms.answers.emplace_back("user", Secret("CORP\\alice"));
    terms.answers.emplace_back("password", Secret("P0"));
    Conversation talk(std::move(terms), std::make_unique<PageTransport>(page, outcome.posts), silent);
    talk.rewind(never);
    const auto response = AdfsConnector(AdfsTerms()).sign_in(talk);
    outcome.end = response ? "response" : std::string(row_of(response.error().code).text);
    return outcome;
}

bool has_once(const std::string& body, std::string_view name) {
    const std::string all = "&" + body;
    const std::string field = "&" + std::string(name) + "=";
    const std::size_t first = all.find(field);
    return first != all.npos && all.find(field, first + 1) == all.npos;
}

// The one post that may have the password in it. What the field for the name is called may have been cut.
bool is_right(const Post& post) {
    const auto password = form_value(post.body, "Password");
    return Url::parse(post.url)->origin() == "https://sts.example.test" && password && password->equals("P0") &&
           has_once(post.body, "Password") && post.body.find("=CORP%5Calice") != std::string::npos;
}

void check_posts(const Outcome& outcome) {
    const auto with_password = std::ranges::count_if(
        outcome.posts, [](const Post& post) { return post.body.find("P0") != std::string::npos; });
    CHECK(with_password <= 1);
    for (const Post& post : outcome.posts) {
        CAPTURE(post.url);
        if (post.body.find("P0") != std::string::npos) {
            CAPTURE(post.body);
            CHECK(is_right(post));
        }
    }
}

const std::vector<std::string> sign_in_pages{"adfs-2012r2-forms-label.html", "adfs-2019-kmsi-visible.html",
                                             "adfs-2019-paginated-all-in-one.html"};
const std::vector<std::string> other_pages{"adfs-hrd-two-realms.html",     "adfs-rp-selection-signed-out.html",
                                           "adfs-mfa-azure-code.html",     "adfs-mfa-unknown-adapter.html",
                                           "adfs-update-password.html",    "adfs-error-msis7065.html",
                                           "login-form-foreign-host.html", "two-password-forms.html"};

constexpr int rounds = 60;

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

} // namespace

TEST_CASE("a sign-in page that is only written otherwise signs in, by the same post") {
    Dice dice(20261129);
    for (const std::string& name : sign_in_pages) {
        const std::string page = page_file(name);
        for (int round = 0; round < rounds; ++round) {
            CAPTURE(name);
            CAPTURE(round);
            const Outcome outcome = sign_in_at(mutated(page, dice, false));
            CHECK(outcome.end == "response");
            CHECK(outcome.posts.size() == 1);
            check_posts(outcome);
        }
    }
}

TEST_CASE("whatever becomes of a page, what is posted is right or nothing") {
    Dice dice(4711);
    for (const auto* pages : {&sign_in_pages, &other_pages}) {
        for (const std::string& name : *pages) {
            const std::string page = page_file(name);
            for (int round = 0; round < rounds; ++round) {
                CAPTURE(name);
                CAPTURE(round);
                std::string other = mutated(page, dice, true);
                for (auto cuts = dice() % 4; cuts > 0; --cuts)
                    other.erase(dice() % other.size(), dice() % 40);
                check_posts(sign_in_at(other));
            }
        }
    }
}

TEST_CASE("two megabytes of anything around the form do not change what is sent") {
    Dice dice(17);
    const std::string page = page_file("adfs-2019-kmsi-visible.html");
    const std::size_t body = page.find("<body");
    const std::size_t inside = page.find('>', body) + 1;
    for (const std::string& other : {std::string(page).insert(inside, junk(2'000'000, dice)),
                                     page + junk(2'000'000, dice), junk(2'000'000, dice) + page}) {
        const Outcome outcome = sign_in_at(other);
        CHECK((outcome.end == "response" || outcome.posts.empty()));
        check_posts(outcome);
    }
}

TEST_CASE("a form that looks right and leads elsewhere, by GET, or without TLS gets nothing") {
    Dice dice(99);
    const std::string page = page_file("adfs-2019-kmsi-visible.html");
    const std::string action = "action=\"/adfs/ls/";
    REQUIRE(page.find(action) != page.npos);
    for (const std::string& other : {replaced(page, action, "action=\"https://sts.example.test.evil.example/adfs/ls/"),
                                     replaced(page, action, "action=\"https://sts.example.test@evil.example/adfs/ls/"),
                                     replaced(page, action, "action=\"//evil.example/adfs/ls/"),
                                     replaced(page, action, "action=\"https://sts.example.test:8443/adfs/ls/"),
                                     replaced(page, action, "action=\"http://sts.example.test/adfs/ls/"),
                                     replaced(page, "method=\"post\"", "method=\"get\""),
                                     replaced(page, "<head>", "<head><base href=\"https://evil.example/\">")}) {
        for (int round = 0; round < 10; ++round) {
            const Outcome outcome = sign_in_at(mutated(other, dice, false));
            CAPTURE(outcome.end);
            CHECK(outcome.posts.empty());
        }
    }
}
