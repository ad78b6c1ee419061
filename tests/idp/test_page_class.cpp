#include "idp/page_class.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace awsfed;

namespace {

const Url here = *Url::parse("https://sts.example/adfs/ls/?x=1");
const std::vector<std::string> origins{"https://sts.example", "https://other.example"};

PageContext context(SignInMoment moment = SignInMoment::unknown, int status = 200) {
    return {.url = here, .status = status, .origins = origins, .moment = moment};
}

PageVerdict judged(const std::string& html, SignInMoment moment = SignInMoment::unknown) {
    return classify_answer(html, "text/html; charset=utf-8", context(moment));
}

std::string form(const std::string& inside = "", const std::string& attributes = R"(action="/adfs/ls/?x=1")") {
    return "<form method=post id=loginForm " + attributes + ">" + inside +
           R"(<input name=UserName><input name=Password type=password><input name=AuthMethod type=hidden value=FormsAuthentication></form>)";
}

Error error_on(const std::string& html, SignInMoment moment = SignInMoment::after_password) {
    return error_of(judged(html, moment), context(moment));
}

const std::string options =
    R"(<form method=post id=options action="/adfs/ls/"><input name=AuthMethod type=hidden><input name=UserName type=hidden></form>)";

} // namespace

// ---- the password form --------------------------------------------------------------------

TEST_CASE("AD FS's form is found wherever it stands, and sent by its own fields alone") {
    for (const std::string& page : {form() + options, options + form(), options + "<p>x</p>" + form() + options}) {
        const PageVerdict verdict = judged(page);
        CHECK(verdict.kind == PageClass::credential_form);
        REQUIRE(verdict.send.size() == 3);
        CHECK(verdict.send[0].role == SentField::Role::user);
        CHECK(verdict.send[1].role == SentField::Role::password);
        CHECK(verdict.send[2].value.equals("FormsAuthentication"));
        CHECK(verdict.evidence.find("AuthMethod") != std::string::npos);
    }
}

TEST_CASE("a form's names decide, not its id or the order of its fields") {
    const PageVerdict verdict =
        judged(R"(<form method=POST id=x><input type=hidden name=authmethod value=formsauthentication>
        <input type=password name=Password><input type=text name=UserName></form>)");
    CHECK(verdict.kind == PageClass::credential_form);
    CHECK(verdict.send[1].role == SentField::Role::password);
}

TEST_CASE("the password form again means sign in before the password, and no behind it") {
    CHECK(judged(form(), SignInMoment::before_password).kind == PageClass::credential_form);
    CHECK(judged(form(), SignInMoment::after_password).kind == PageClass::credentials_refused);
    const std::string with_text = form("<span id=errorText>x</span>");
    CHECK(judged(with_text).kind == PageClass::credentials_refused);
    CHECK(judged(with_text, SignInMoment::before_password).kind == PageClass::credential_form);
}

TEST_CASE("an error element that is empty, hidden or a notice is no refusal") {
    CHECK(judged(form("<label id=errorText></label>")).kind == PageClass::credential_form);
    CHECK(judged(form("<div style='display:none'><label id=errorText>x</label></div>")).kind ==
          PageClass::credential_form);
    CHECK(judged(form("<div class='alert alert-info'><span class=kc-feedback-text>signed out</span></div>")).kind ==
          PageClass::credential_form);
    CHECK(judged(form("<div class='alert alert-error'><span class=kc-feedback-text>x</span></div>")).kind ==
          PageClass::credentials_refused);
}

TEST_CASE("security rule 5: the password goes to the page's own origin alone") {
    const auto refusal = [](const std::string& action) {
        const PageVerdict verdict = judged(form("", "action=\"" + action + "\""), SignInMoment::before_password);
        CHECK(verdict.kind == PageClass::foreign_form_action);
        CHECK_FALSE(verdict.form);
        CHECK(verdict.send.empty());
        return error_of(verdict, context()).code;
    };
    CHECK(refusal("https://evil.example/") == Code::origin_refused);
    CHECK(refusal("https://other.example/adfs/ls/") == Code::origin_refused); // allowed, but another one
    CHECK(refusal("http://sts.example/adfs/ls/") == Code::setting_insecure);
    CHECK(refusal("https://sts.example:444/adfs/ls/") == Code::origin_refused);
    CHECK(refusal("javascript:go()") == Code::page_unknown);
    CHECK(judged(form("", "action=\"https://sts.example:443/adfs/ls/\"")).kind == PageClass::credential_form);
}

TEST_CASE("security rule 5: a form that sends by GET is refused") {
    const PageVerdict verdict = judged("<form><input name=UserName><input name=Password type=password></form>");
    CHECK(verdict.kind == PageClass::foreign_form_action);
    CHECK(error_of(verdict, context()).code == Code::page_unknown);
}

// ---- the second factor --------------------------------------------------------------------

TEST_CASE("an adapter is named whatever its page looks like, and its password field gets no password") {
    for (const char* method : {"Contoso.Adfs.Pin.v7", "SomethingNew", "CertificateAuthentication"}) {
        const std::string page =
            std::string("<form method=post id=loginForm><input type=hidden name=AuthMethod value=\"") + method +
            R"("><input type=hidden name=Context value=x><input name=UserName><input type=password name=Password></form>)";
        const PageVerdict verdict = judged(page, SignInMoment::before_password);
        CHECK(verdict.kind == PageClass::mfa_required);
        CHECK(verdict.adapter == method);
        CHECK(verdict.send.empty());
        const Error error = error_of(verdict, context());
        CHECK(error.code == Code::second_factor_demanded);
        CHECK(error.peer == method);
    }
}

TEST_CASE("another way to sign in beside the password form is no second factor, unless one is under way") {
    const std::string other =
        R"(<form method=post><input type=hidden name=AuthMethod value=CertificateAuthentication>)";
    CHECK(judged(form() + other + "</form>").kind == PageClass::credential_form);
    CHECK(judged(form() + other + "<input type=hidden name=Context value=x></form>").kind == PageClass::mfa_required);
}

TEST_CASE("a list of methods without a password is a second factor, and one with a password is not") {
    const std::string link = R"h(<a id=Otp onclick="SelectOption('Otp'); return false;">x</a>)h";
    const PageVerdict verdict = judged(options + link);
    CHECK(verdict.kind == PageClass::mfa_required);
    CHECK(verdict.adapter == "Otp");
    CHECK(judged(form() + options + link).kind == PageClass::credential_form);
    const std::string forms = R"h(<a id=F onclick="SelectOption('FormsAuthentication')">x</a>)h";
    CHECK(judged(options + link + forms).kind != PageClass::mfa_required);
}

// ---- error pages --------------------------------------------------------------------------

TEST_CASE("AD FS's codes have errors of their own, with the activity id") {
    struct Row {
        const char* code;
        Code error;
    };
    for (const Row& row :
         {Row{"MSIS7007", Code::relying_party_unknown}, Row{"MSIS7065", Code::page_disabled},
          Row{"MSIS7042", Code::sign_in_loop}, Row{"MSIS7102", Code::windows_sign_in_only},
          Row{"MSIS7001", Code::context_lost}, Row{"MSIS7085", Code::signed_request_required},
          Row{"MSIS7068", Code::idp_denied}, Row{"MSIS7012", Code::idp_internal}, Row{"MSIS9999", Code::idp_error}}) {
        const Error error = error_on(std::string("<div id=errorArea><ul id=errorDetails><li>Aktivit\xC3\xA4t: <b "
                                                 "id=activityId>6bc058f3-56fc-4b5e-f64a-004002000001</b>"
                                                 "<li>") +
                                     row.code + ": \xEC\x98\xA4\xEB\xA5\x98</ul></div>");
        CHECK(row_of(error.code).text == row_of(row.error).text);
        CHECK(error.peer == row.code);
        CHECK(error.trace == "6bc058f3-56fc-4b5e-f64a-004002000001");
    }
}

TEST_CASE("a code is one only where it stands alone") {
    const auto code = [](const std::string& text) { return judged("<div id=errorArea>" + text + "</div>").code; };
    CHECK(code("x (MSIS7012).") == "MSIS7012");
    CHECK(code("MSISAuth MSIS70123 xMSIS7012 MSIS701").empty());
    CHECK(code("MSIS7012").size() == 8);
}

TEST_CASE("an error page without a code is a denial in the administrators' words") {
    const Error error =
        error_on("<div id=errorArea><div id=errorMessage>Join the group <a href=x>AWS</a>.</div></div>");
    CHECK(error.code == Code::idp_denied);
    CHECK(error.message.find("\"Join the group AWS\".") != std::string::npos);
}

TEST_CASE("an error page whose details are hidden is no denial") {
    const Error error = error_on("<div id=errorArea><div id=errorMessage>x</div><span "
                                 "id=activityId>6bc058f3-56fc-4b5e-f64a-004002000001</span></div>");
    CHECK(error.code == Code::idp_error);
    CHECK(error.trace == "6bc058f3-56fc-4b5e-f64a-004002000001");
}

TEST_CASE("a filter's page in front of AD FS is nobody's, a piece of an adapter's page is an error") {
    CHECK(judged("<html><head><title>Rejected</title></head><body>Your support ID is 1</body></html>").kind ==
          PageClass::not_idp);
    CHECK(judged("<h1>Failed</h1><div>x</div>").kind == PageClass::idp_error);
}

TEST_CASE("an error page is read whatever its HTTP status, and a bare 503 is an outage") {
    const std::string page = "<div id=errorArea><ul id=errorDetails><li>MSIS7012: x</ul></div>";
    CHECK(classify_answer(page, "text/html", context(SignInMoment::unknown, 503)).code == "MSIS7012");
    CHECK(classify_answer("<title>503</title>Try later", "text/html", context(SignInMoment::unknown, 503)).kind ==
          PageClass::endpoint_unavailable);
    CHECK(classify_answer("", "text/html", context(SignInMoment::unknown, 500)).kind ==
          PageClass::endpoint_unavailable);
    CHECK(classify_answer("", "text/html", context()).kind == PageClass::not_idp);
}

TEST_CASE("a notice about scripts is no error page") {
    CHECK(judged("<div id=noScript><h1>JavaScript required</h1></div>" + form()).kind == PageClass::credential_form);
}

// ---- choices, expiry, others --------------------------------------------------------------

TEST_CASE("a choice of realms is named with what it offers, and only the own one would be sent") {
    const std::string realm = R"h(<div class=idp onclick="HRD.selection('http://partner/trust')">x</div>)h";
    const std::string own =
        R"h(<div class=idp onclick="HRD.selection('http://sts.example/adfs/services/trust')">x</div>)h";
    const std::string head = "<form id=hrd method=post><input id=hrdSelection type=hidden><input name=Email><input "
                             "type=submit name=HomeRealmByEmail>";
    const PageVerdict foreign = judged(head + realm + "</form>");
    CHECK(foreign.kind == PageClass::home_realm_choice);
    CHECK_FALSE(foreign.form);
    const PageVerdict both = judged(head + realm + own + "</form>");
    REQUIRE(both.send.size() == 2);
    CHECK(both.send[0].name == "HomeRealmSelection");
    CHECK(both.send[0].value.equals("http://sts.example/adfs/services/trust"));
    const Error error = error_of(both, context());
    CHECK(error.code == Code::home_realm_asked);
    CHECK(error.advice.find("http://partner/trust") != std::string::npos);
}

TEST_CASE("a link to the update-password portal counts in the error text, not in the footer") {
    const std::string link = "<a href='/ADFS/portal/updatepassword/?u=x'>x</a>";
    CHECK(judged(form("<span id=errorText>due: " + link + "</span>")).kind == PageClass::password_expired);
    CHECK(judged(form() + "<div id=footer>" + link + "</div>").kind == PageClass::credential_form);
    CHECK(judged("<div style='display:none'><span id=expiredNotification>x</span></div>" + form()).kind ==
          PageClass::credential_form);
}

TEST_CASE("a response goes to AWS, and to nobody else") {
    const auto kind = [](const std::string& action) {
        return judged("<form method=post action='" + action +
                      "'><input type=hidden name=SAMLResponse value='PHNhbWw+'></form>")
            .kind;
    };
    for (const char* action :
         {"https://signin.aws.amazon.com:443/saml", "https://eu-central-1.signin.aws.amazon.com/saml",
          "https://signin.aws.amazon.com/saml/acs/SAMLSP1", "https://signin.amazonaws.cn/saml",
          "https://signin.amazonaws-us-gov.com/saml"})
        CHECK(kind(action) == PageClass::saml_post);
    for (const char* action :
         {"https://app.example/acs", "http://signin.aws.amazon.com/saml",
          "https://signin.aws.amazon.com.evil.example/saml", "https://evilsignin.aws.amazon.com/saml",
          "https://signin.aws.amazon.com/samlx", "https://signin.aws.amazon.com:444/saml", ""})
        CHECK(kind(action) == PageClass::saml_post_foreign);
}

TEST_CASE("an empty SAMLResponse is none") {
    CHECK(judged("<form method=post action='https://signin.aws.amazon.com/saml'><input type=hidden name=SAMLResponse "
                 "value=''></form>")
              .kind != PageClass::saml_post);
}

TEST_CASE("a page at an origin that is not allowed is nobody's, whatever it shows") {
    const Url elsewhere = *Url::parse("https://portal.example/");
    const PageVerdict verdict =
        classify_answer(form(), "text/html", {.url = elsewhere, .status = 200, .origins = origins});
    CHECK(verdict.kind == PageClass::not_idp);
    CHECK(error_of(verdict, context()).code == Code::not_idp);
}

TEST_CASE("a page that sets a password is never filled") {
    CHECK(judged("<form method=post><input type=password name=newPassword><input type=password name=confirm></form>")
              .kind == PageClass::password_expired);
    const PageVerdict verdict = judged(
        "<form method=post><input name=user><input type=password name=old><input type=password name=new></form>");
    CHECK(verdict.send.empty());
    CHECK(error_of(verdict, context()).code == Code::page_unknown);
}

TEST_CASE("hostile pages are read to the end, and nothing is sent to them") {
    const std::string wall(100'000, '<');
    for (const std::string& page : {wall, std::string("<form id=hrd>") + std::string(5000, '\''),
                                    "<div onclick=\"HRD.selection('" + wall, std::string("<script>location='"),
                                    std::string("<form method=post id=loginForm>"), std::string("\xFF\xFE<form>")}) {
        const PageVerdict verdict = judged(page);
        CHECK(verdict.send.empty());
        CHECK_FALSE(leads_on(verdict.kind));
    }
}

TEST_CASE("every class has the name that vectors know it by") {
    CHECK(page_class_name(PageClass::credential_form) == "credential_form");
    CHECK(page_class_name(PageClass::interstitial_consent) == "interstitial_consent");
    CHECK(page_class_name(PageClass::other) == "other");
}

TEST_CASE("each class of page has the error that the table says") {
    struct Row {
        PageClass kind;
        Code error;
    };
    constexpr Row rows[] = {
#define AWSFED_PAGE(name, part, error, meaning) {PageClass::name, Code::error},
#include "idp/page_classes.def"
#undef AWSFED_PAGE
    };
    for (const Row& row : rows) {
        PageVerdict verdict;
        verdict.kind = row.kind;
        if (row.kind == PageClass::saml_status_error || row.kind == PageClass::foreign_form_action)
            continue; // the page says which
        CAPTURE(page_class_name(row.kind));
        CHECK(error_of(verdict, context()).code == row.error);
    }
}
