#include "markup/form.h"

#include "base/hash.h"
#include "base/limits.h"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace awsfed;

namespace {

std::string read_data(const std::string& name) {
#ifdef AWSFED_TESTS
    const std::filesystem::path folder = std::filesystem::path(AWSFED_TESTS) / "markup/data";
#else
    const std::filesystem::path folder = std::filesystem::path(__FILE__).parent_path() / "data";
#endif
    std::ifstream file(folder / name, std::ios::binary);
    REQUIRE_MESSAGE(file, "cannot open " << name);
    return {std::istreambuf_iterator<char>(file), {}};
}

Page page_of(std::string_view html, std::string_view content_type = "text/html; charset=utf-8") {
    auto page = read_page(html, content_type);
    REQUIRE(page);
    return *std::move(page);
}

const std::string user_and_password = "<input name=u><input name=p type=password>";

std::string post_form(const std::string& inside) { return "<form method=post action=/go>" + inside + "</form>"; }

// What goes out when the user "mara" with the password "p w" presses Enter, or why nothing does.
std::string sent(const std::string& html) {
    const Page page = page_of(html);
    auto login = login_form_in(page);
    if (!login) {
        CHECK(login.error().code == Code::page_unknown);
        return login.error().message;
    }
    return std::string(form_body(*login, "mara", Secret("p w")).reveal());
}

std::string body_of(const std::string& html) {
    const Page page = page_of(html);
    REQUIRE(page.forms.size() == 1);
    return std::string(form_body(page.forms[0]).reveal());
}

std::string refusal(std::string_view html, std::string_view content_type = "") {
    auto page = read_page(html, content_type);
    if (page)
        return "read";
    CHECK(page.error().code == Code::page_unknown);
    return page.error().message;
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string repeated(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i)
        out += text;
    return out;
}

} // namespace

// ---- pages of providers -------------------------------------------------------------------

TEST_CASE("the sign-in pages of providers get user name and password and what stands beside them") {
    CHECK(sent(read_data("adfs_2012r2_forms_label.html")) ==
          "UserName=mara&Password=p+w&AuthMethod=FormsAuthentication");
    CHECK(sent(read_data("adfs_2019_paginated_all_in_one.html")) ==
          "UserName=mara&Password=p+w&AuthMethod=FormsAuthentication");
    CHECK(sent(read_data("adfs_2019_paginated_external_primary.html")) ==
          "UserName=mara&Password=p+w&AuthMethod=FormsAuthentication");
    CHECK(sent(read_data("two_password_forms.html")) == "UserName=mara&Password=p+w&AuthMethod=FormsAuthentication");
    CHECK(sent(read_data("shibboleth_login.html")) ==
          "csrf_token=_97d8d610&j_username=mara&j_password=p+w&_eventId_proceed=");
}

TEST_CASE("the action of a sign-in form is as the page has it") {
    auto login = login_form_in(page_of(read_data("adfs_2012r2_forms_label.html")));
    REQUIRE(login);
    CHECK(login->form.id == "loginForm");
    CHECK(login->form.action ==
          "/adfs/ls/"
          "idpinitiatedsignon?loginToRp=urn:amazon:webservices&client-request-id=4c0ffee0-1111-2222-3333-008001000042");
    CHECK(login->form.fields[login->user_field].name == "UserName");
    CHECK(login->form.fields[login->password_field].name == "Password");
    login = login_form_in(page_of(read_data("login_form_downgrade.html")));
    REQUIRE(login);
    CHECK(login->form.action == "http://sts.example.test/adfs/ls/?x=1"); // whoever sends decides
}

TEST_CASE("pages of providers that are no sign-in get nothing") {
    CHECK(says(sent(read_data("adfs_update_password.html")),
               "several passwords (\"OldPassword\", \"NewPassword\", \"ConfirmNewPassword\")"));
    CHECK(says(sent(read_data("adfs_mfa_securid_v2.html")), "the password \"Passcode\", but for no user name"));
    CHECK(says(sent(read_data("adfs_error_msis7012.html")), "no form that asks for a password"));
    CHECK(says(sent(read_data("okta_state_token.html")), "no form that asks for a password"));
    CHECK_FALSE(has_login_form(page_of(read_data("adfs_error_msis7012.html"))));
    CHECK(has_login_form(page_of(read_data("adfs_2012r2_forms_label.html"))));
    CHECK(page_of(read_data("adfs_2012r2_forms_label.html")).title == "Sign In");
}

TEST_CASE("a page that brings an assertion gives it whole, and where it is addressed") {
    for (const char* name : {"adfs_autopost_aws.html", "autopost_unquoted_uppercase.html"}) {
        const Page page = page_of(read_data(name));
        const auto response = saml_response_in(page);
        REQUIRE(response);
        CHECK(hex(sha256(response->reveal())) == "58ddcd26c032ae983c466c7e1b96ebaeaa8ea42ef32d041b781d4cd6cfaad218");
        CHECK(says(saml_form_in(page)->action, "//signin.aws.amazon.com"));
        CHECK_FALSE(has_login_form(page));
    }
}

TEST_CASE("an assertion is looked for by its exact name, and two that differ are none") {
    CHECK(saml_response_in(page_of(post_form("<input name=SAMLResponse value=abc>")))->equals("abc"));
    const std::string again = post_form("<input type=hidden name=SAMLResponse value=abc>");
    CHECK(saml_response_in(page_of(again + again)));
    CHECK_FALSE(saml_response_in(page_of(again + post_form("<input name=SAMLResponse value=xyz>"))));
    CHECK_FALSE(saml_response_in(page_of(post_form("<input name=samlresponse value=abc>"))));
    CHECK_FALSE(saml_response_in(page_of("<input name=SAMLResponse value=abc>")));
    CHECK_FALSE(saml_response_in(page_of("<!-- " + again + " -->")));
    CHECK_FALSE(saml_response_in(page_of("<script>'" + again + "'</script>")));
}

TEST_CASE("a large value with line breaks and character references comes whole") {
    const std::string line = std::string(76, 'A') + "\n";
    const auto response = saml_response_in(
        page_of(post_form("<input name=SAMLResponse value='" + repeated(line, 1300) + "&#43;&#x3D;'>")));
    REQUIRE(response);
    CHECK(response->equals(repeated(line, 1300) + "+="));
}

// ---- which form and which field -----------------------------------------------------------

TEST_CASE("one form with one user name and one password is a sign-in") {
    CHECK(sent(post_form(user_and_password)) == "u=mara&p=p+w");
    CHECK(sent(post_form("<input name=u type=TEL><input name=p type=' PassWord '>")) == "u=mara&p=p+w");
    CHECK(sent("<form><input name=q></form>" + post_form(user_and_password)) == "u=mara&p=p+w");
}

TEST_CASE("what stands around a sign-in form does not matter") {
    CHECK(sent("<template>" + post_form(user_and_password) + "</template>" + post_form(user_and_password)) ==
          "u=mara&p=p+w");
    CHECK(sent("<textarea><input type=password name=x></textarea>" + post_form(user_and_password)) == "u=mara&p=p+w");
    CHECK(sent("<iframe>" + post_form(user_and_password) + "</iframe>") ==
          "The page has no form that asks for a password.");
    CHECK(sent("<table>" + post_form("<tr><td>" + user_and_password + "</table>")) == "u=mara&p=p+w");
}

TEST_CASE("several sign-in forms are not chosen from") {
    CHECK(sent(post_form(user_and_password) + post_form(user_and_password)) ==
          "The page has 2 forms that ask for a password.");
}

TEST_CASE("a form that sets a password is no sign-in") {
    const std::string sets = post_form("<input name=u><input name=new-password type=password>");
    CHECK(says(sent(sets), "asks for a new password"));
    CHECK(login_form_in(page_of(sets)).error().advice.starts_with("Change the password in a browser"));
    CHECK(sent(sets + post_form(user_and_password)) == "u=mara&p=p+w");
    CHECK(says(sent(post_form("<input name=u><input name=pw1 type=password><input name=pw2 type=password>")),
               "(\"pw1\", \"pw2\")"));
}

TEST_CASE("a password that no form sends, or that is disabled, is not asked for") {
    CHECK(says(sent(user_and_password), "belongs to no form"));
    CHECK(says(sent(post_form("<input name=u><input type=password>")), "no form that asks"));
    CHECK(says(sent(post_form("<input name=u><input type=password name=p disabled>")), "no form that asks"));
    CHECK(says(sent(post_form("<fieldset disabled><input name=u><input type=password name=p></fieldset>")),
               "no form that asks"));
    CHECK(sent(post_form("<fieldset disabled><legend>" + user_and_password + "</legend></fieldset>")) ==
          "u=mara&p=p+w");
}

TEST_CASE("a form that sends by GET would put the password into a URL") {
    CHECK(says(sent("<form action=/go>" + user_and_password + "</form>"), "sends by GET"));
    CHECK(says(sent("<form method=put>" + user_and_password + "</form>"), "sends by GET"));
    CHECK(says(sent("<form method=dialog>" + user_and_password + "</form>"), "sends by dialog"));
    CHECK(says(sent("<form method=post enctype=multipart/form-data>" + user_and_password + "</form>"),
               "multipart/form-data"));
    CHECK(sent("<form method=POST enctype=x>" + user_and_password + "</form>") == "u=mara&p=p+w");
}

TEST_CASE("of several text fields the user's name is told by its name, else by its place") {
    CHECK(sent(post_form("<input name=UserName><input name=domain value=corp><input name=p type=password>")) ==
          "UserName=mara&domain=corp&p=p+w");
    CHECK(sent(post_form("<input name=a><input name=b><input name=p type=password><input name=c>")) ==
          "a=&b=mara&p=p+w&c=");
    CHECK(sent(post_form("<input name=a id=loginname><input name=b><input name=p type=password>")) ==
          "a=mara&b=&p=p+w");
    CHECK(sent(post_form("<input name=a autocomplete=username><input name=b><input name=p type=password>")) ==
          "a=mara&b=&p=p+w");
    CHECK(sent(post_form("<input name=user_login><input name=username><input name=p type=password>")) ==
          "user_login=&username=mara&p=p+w");
}

TEST_CASE("a form without a field for the user's name is no sign-in") {
    const std::string password = "<input name=p type=password>";
    for (const char* other : {"", "<input name=u readonly value=eve>", "<input name=u disabled>", "<input>",
                              "<input name=u type=hidden>", "<input name=u type=search>"}) {
        CAPTURE(other);
        CHECK(says(sent(post_form(other + password)), "the password \"p\", but for no user name"));
    }
    CHECK(says(sent(post_form(password + "<input name=a>" + "<input name=b>")), "no user name"));
}

TEST_CASE("a form that demands more than user name and password is not sent half filled") {
    CHECK(says(sent(post_form(user_and_password + "<input name=otp required>")),
               "demands more than a user name and a password: \"otp\""));
    CHECK(says(sent(post_form(user_and_password + "<input type=checkbox name=terms required>")), "\"terms\""));
    CHECK(sent(post_form(user_and_password + "<input name=realm required value=corp>")) == "u=mara&p=p+w&realm=corp");
}

TEST_CASE("a submit button may send a form elsewhere") {
    auto login = login_form_in(page_of("<form action=/a>" + user_and_password +
                                       "<button formaction=' /b ' formmethod=post>go</button></form>"));
    REQUIRE(login);
    CHECK(login->form.action == "/b");
    CHECK(says(sent(post_form(user_and_password + "<button formmethod=get>go</button>")), "sends by GET"));
}

// ---- the body -----------------------------------------------------------------------------

TEST_CASE("successful controls are sent in the order of the page, and no others") {
    CHECK(
        body_of("<form><input name=a value=1><input value=2><input name=c disabled value=3><input type=checkbox name=d>"
                "<input type=checkbox name=e checked><input type=radio name=f value=x><input type=radio name=f value=y "
                "checked>"
                "<input type=file name=g><input type=reset name=h><input type=button name=i value=i><textarea "
                "name=j>\nx</textarea>"
                "<input type=hidden name=k value=l></form>") == "a=1&e=on&f=y&j=x&k=l");
}

TEST_CASE("of the submit buttons only the first that is enabled is sent") {
    CHECK(body_of("<form><button type=button name=x value=x></button><button disabled name=y>y</button><button name=a "
                  "value=1>b</button>"
                  "<input type=submit name=c value=d></form>") == "a=1");
    CHECK(body_of("<form><button>go</button><input type=submit name=cancel value=c></form>").empty());
    CHECK(body_of("<form><input type=image name=go><input type=submit name=cancel value=c></form>") == "go.x=0&go.y=0");
}

TEST_CASE("a list sends the options that a browser shows as chosen") {
    CHECK(body_of("<form><select name=a><option>x  y<option value=2>z</select></form>") == "a=x+y");
    CHECK(body_of("<form><select name=a><option>x<option selected value=2>z</select></form>") == "a=2");
    CHECK(body_of("<form><select name=a><option disabled>x<optgroup><option>z</optgroup></select></form>") == "a=z");
    CHECK(body_of("<form><select name=a multiple><option selected>x<option>y<option selected>z</select></form>") ==
          "a=x&a=z");
    CHECK(body_of("<form><select name=a multiple><option>x</select><select name=b></select></form>").empty());
}

TEST_CASE("a control belongs to the form that it names") {
    const Page page = page_of("<input name=a value=1 form=f><form id=f><input name=b value=2><input name=c "
                              "form=g></form><input name=d form=f value=4>");
    CHECK(form_body(page.forms[0]).equals("a=1&b=2&d=4"));
    REQUIRE(page.loose_fields.size() == 1);
    CHECK(page.loose_fields[0].name == "c");
}

TEST_CASE("a body is url-encoded UTF-8 with CR LF for every line break") {
    CHECK(body_of("<form><input name='a b' value='&auml;&amp;=+'><textarea name=t>x\ny&#13;z</textarea><input "
                  "type=hidden name=_charset_></form>") == "a+b=%C3%A4%26%3D%2B&t=x%0D%0Ay%0D%0Az&_charset_=UTF-8");
    auto login = login_form_in(page_of(post_form(user_and_password)));
    CHECK(form_body(*login, "m\xC3\xA4ra@x", Secret("&=%+ \xE2\x82\xAC"))
              .equals("u=m%C3%A4ra%40x&p=%26%3D%25%2B+%E2%82%AC"));
}

// ---- reading ------------------------------------------------------------------------------

TEST_CASE("the character set comes from the header, the page or is UTF-8") {
    const auto value = [](const std::string& head, const std::string& byte, std::string_view type) {
        const Page page = page_of(head + "<form><input name=a value=" + byte + ">", type);
        return std::string(page.forms[0].fields[0].value.reveal());
    };
    CHECK(value("", "\xC3\xA4", "") == "\xC3\xA4");
    CHECK(value("", "\xC3\xA4", "text/html; charset=\"UTF-8\"") == "\xC3\xA4");
    CHECK(value("", "\xE4\x80", "text/html;charset=iso-8859-1") == "\xC3\xA4\xE2\x82\xAC");
    CHECK(value("<meta charset=windows-1252>", "\xE4", "text/html") == "\xC3\xA4");
    CHECK(value("<meta http-equiv=Content-Type content='text/html; charset=Shift_JIS'>", "\x83\x8D", "text/html") ==
          "\xE3\x83\xAD");
    CHECK(value("\xEF\xBB\xBF", "\xC3\xA4", "text/html; charset=iso-8859-1") == "\xC3\xA4");
}

TEST_CASE("bytes that are not of the character set become U+FFFD") {
    for (const char* type :
         {"", "text/html; charset=utf-8", "text/html; charset=x-unknown", "text/html; charset=euc-jp"}) {
        const Page page = page_of("<form><input name=a value='x\xFFy'>", type);
        CHECK(page.forms[0].fields[0].value.equals("x\xEF\xBF\xBDy"));
    }
}

TEST_CASE("base and title are read") {
    const Page page = page_of("<title> Sign\n in </title><base href=' https://a.test/x/ '><base href=/y>");
    CHECK(page.base_href == "https://a.test/x/");
    CHECK(page.title == "Sign in");
}

TEST_CASE("an answer that is no HTML page is refused, and its type named") {
    CHECK(says(refusal("{}", "application/json"), "\"application/json\", not an HTML page"));
    CHECK(says(refusal(std::string("<form>\0</form>", 14)), "NUL"));
    CHECK(refusal("", "application/xhtml+xml; charset=utf-8") == "read");
    CHECK(refusal("no markup at all") == "read");
}

TEST_CASE("a page that is too large, deep or wide is refused in short time") {
    auto large = read_page(std::string(page_bytes_max + 1, ' '), "");
    REQUIRE_FALSE(large);
    CHECK(large.error().code == Code::answer_too_large);
    CHECK(refusal(std::string(page_bytes_max, 'x')) == "read");

    const auto started = std::chrono::steady_clock::now();
    CHECK(says(refusal(repeated("<div>", 300)), "nested too deeply"));
    CHECK(says(refusal(repeated("<input>", 257)), "more than 256 forms and fields"));
    CHECK(says(refusal(repeated("<form>", 300)), "more than 256 forms and fields"));
    CHECK(says(refusal("<select multiple>" + repeated("<option selected>", 100000) + "</select>"), "more than 256"));
    CHECK(says(refusal("<input " + repeated("a ", 900000)), "more than 1000 attributes"));
    std::string different = "<input";
    for (int i = 0; i < 1001; ++i)
        different += fmt::format(" a{}='>'", i);
    CHECK(says(refusal(different + ">"), "more than 1000 attributes"));
    CHECK(refusal("<script>if (a <b && " + repeated("c ", 500) + ") d();</script>") == "read");
    // What looks like the beginning of a comment or a script does not hide a tag behind it.
    CHECK(refusal("<!-- <script> --><p " + repeated("a=b ", 5000) + ">") != "read");
    CHECK(refusal(repeated("<p>", 500000)) == "read");
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(20));
}

TEST_CASE("a page cut off anywhere is read without harm") {
    const std::string page = read_data("adfs_2019_paginated_all_in_one.html");
    for (std::size_t size = 0; size < page.size(); size += 7)
        CHECK(read_page(std::string_view(page).substr(0, size), ""));
}
