// A sign-in at AD FS whose every page is the input: whatever a page is, the password goes to one form of it at most, at
// the page's own origin, by one field; and a code as well.
#include "fuzz/fuzz.h"

#include "idp/adfs_connector.h"

using namespace awsfed;

namespace {

constexpr std::string_view password = "Pq7Zx0-not-in-any-page";
constexpr std::string_view code = "Cd8Yv1-not-in-any-page";
constexpr std::string_view home = "https://sts.example";

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1))
        ++found;
    return found;
}

// The input has a page behind each line that is "%%%%"; the last one comes again and again.
class Pages : public Transport {
public:
    explicit Pages(std::string_view input) : rest_(input) {}

    Result<Response> send(const Request& request, const Cancel&) override {
        const std::string_view body = request.body.reveal();
        passwords += count(body, password);
        codes += count(body, code);
        if (count(body, password) + count(body, code) > 0)
            fuzz::require(request.method == "POST" && request.url.origin() == home, "secrets stay at home",
                          request.url.text());
        fuzz::require(request.url.origin() == home || request.url.origin() == "https://partner.example",
                      "nothing goes to an origin that is not allowed", request.url.text());
        fuzz::require(request.url.text().find(password) == std::string::npos, "the password is in no address");
        constexpr std::string_view mark = "\n%%%%\n";
        const std::size_t end = rest_.find(mark);
        Response answer{
            .status = 200, .headers = {{"content-type", "text/html"}}, .body = Secret(rest_.substr(0, end))};
        if (end != rest_.npos)
            rest_.remove_prefix(end + mark.size());
        return answer;
    }

    std::size_t passwords = 0, codes = 0;

private:
    std::string_view rest_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Stopwatch watch;
    SignInTerms terms{.start = *Url::parse(home)};
    terms.origins = {std::string(home), "https://partner.example"};
    terms.answers.emplace_back("user", Secret("CORP\\alice"));
    terms.answers.emplace_back("password", Secret(password));
    auto transport = std::make_unique<Pages>(fuzz::view(data, size));
    const Pages& pages = *transport;
    const Log silent;
    const Cancel never;
    Conversation talk(std::move(terms), std::move(transport), silent);
    const AdfsConnector connector{AdfsTerms{.factor_timeout = std::chrono::milliseconds(0)}};
    for (int run = 0; run < 6; ++run) {
        talk.rewind(never);
        const auto response = connector.sign_in(talk);
        if (response || (response.error().code != Code::asked && response.error().code != Code::pending))
            break;
        if (response.error().code == Code::asked)
            talk.answer(Secret(code));
        else
            talk.waited();
    }
    fuzz::require(pages.passwords <= 1, "the password is sent once");
    return 0;
}
