#include "sandbox/adfs_pages.h"

#include "sandbox/exchange.h"

#include <fmt/format.h>

namespace awsfed::sandbox {

namespace {

std::string framed(std::string_view title, std::string_view content) {
    return fmt::format(R"(<!DOCTYPE html>
<html lang="en-US">
<head>
<meta http-equiv="content-type" content="text/html;charset=UTF-8"/>
<meta http-equiv="cache-control" content="no-cache,no-store"/>
<meta http-equiv="pragma" content="no-cache"/>
<meta http-equiv="expires" content="-1"/>
<meta name="mswebdialog-title" content="Connecting to awsfed-sandbox"/>
<title>{}</title>
</head>
<body dir="ltr" class="body">
<div id="noScript"><h1>No scripts</h1><p>Every page of this kind has such a notice. It is no error.</p></div>
<div id="fullPage"><div id="contentWrapper" class="float"><div id="content">
<div id="header">awsfed-sandbox</div>
<div id="workArea">
{}
</div></div></div></div>
</body>
</html>
)",
                       title, content);
}

} // namespace

std::string login_page(const LoginPage& page) {
    const std::string action = escaped(page.action);
    const std::string user = escaped(page.user);
    return framed("Sign In", fmt::format(R"(<div id="authArea" class="groupMargin"><div id="loginArea">
<div id="loginMessage" class="groupMargin">Sign in with a user of the sandbox</div>
<form method="post" id="loginForm" autocomplete="off" novalidate="novalidate" action="{0}">
<div id="error" class="fieldMargin error smallText"><span id="errorText" for="" role="alert">{2}</span></div>
<div id="formsAuthenticationArea">
<div id="userNameArea"><input id="userNameInput" name="UserName" type="email" value="{1}" tabindex="1" spellcheck="false" autocomplete="off"/></div>
<div id="passwordArea"><input id="passwordInput" name="Password" type="password" tabindex="2" autocomplete="off"/></div>
<div id="kmsiArea" style="display:none"><input type="checkbox" name="Kmsi" id="kmsiInput" value="true" tabindex="3"/></div>
<div id="submissionArea" class="submitMargin"><span id="submitButton" class="submit" tabindex="4" role="button" onclick="document.forms['loginForm'].submit();">Sign in</span></div>
</div>
<input id="optionForms" type="hidden" name="AuthMethod" value="FormsAuthentication"/>
</form>
<div id="authOptions"><form id="options" method="post" action="{0}">
<input id="optionSelection" type="hidden" name="AuthMethod"/><input id="userNameInputOptionsHolder" name="UserName" value="{1}" type="hidden"/>
<div id="authOptionLinks" class="groupMargin"></div></form></div>
</div></div>)",
                                         action, user, escaped(page.error)));
}

std::string factor_page(const FactorPage& page) {
    const std::string number =
        page.number.empty() ? "" : fmt::format(R"(<p id="validEntropyNumber">{}</p>)", escaped(page.number));
    const std::string_view field =
        page.takes_code
            ? R"(<input id="verificationCodeInput" name="VerificationCode" type="text" autocomplete="off"/>)"
              R"(<input id="signInButton" type="submit" name="SignIn" value="Sign in"/>)"
            : R"(<div id="Progress"></div>)";
    return framed("Sign In", fmt::format(R"(<div id="authArea" class="groupMargin"><div id="loginArea">
<form method="post" id="loginForm" autocomplete="off" action="{}">
<input id="authMethod" type="hidden" name="AuthMethod" value="{}"/><input id="context" type="hidden" name="Context" value="{}"/>
<div id="error" class="fieldMargin error smallText"><label id="errorText" for="">{}</label></div>
<p id="instructions">The sandbox asks for a second factor</p>{}{}
</form></div></div>)",
                                         escaped(page.action), escaped(page.method), escaped(page.context),
                                         escaped(page.error), number, field));
}

std::string token_page(std::string_view action, std::string_view saml_response, std::string_view relay_state) {
    const std::string relay =
        relay_state.empty()
            ? ""
            : fmt::format(R"(<input type="hidden" name="RelayState" value="{}"/>)", escaped(relay_state));
    return fmt::format(
        R"(<html><head><title>Working...</title></head><body><form method="POST" name="hiddenform" action="{}">)"
        R"(<input type="hidden" name="SAMLResponse" value="{}"/>{})"
        R"(<p>Signed in to the sandbox. The button would carry the answer to AWS, where it is worth nothing.</p>)"
        R"(<input type="submit" value="Submit"/></form></body></html>)",
        escaped(action), escaped(saml_response), relay);
}

std::string error_page(const ErrorPage& page) {
    return framed("Error",
                  fmt::format(R"(<div id="errorArea"><div id="openingMessage" class="groupMargin bigText">Error</div>
<div id="errorMessage" class="groupMargin">The sign-in could not go on.</div>
<ul id="errorDetails"><li>Activity ID: <span id="activityId">{}</span></li><li>Error details: {}: {}</li>
<li>Node name: 00000000-0000-4000-8000-000000000001</li><li>Error time: {}</li><li>Cookie: enabled</li></ul></div>)",
                              escaped(page.activity_id), escaped(page.code), escaped(page.text), escaped(page.time)));
}

std::string update_password_page(std::string_view action, std::string_view user) {
    return framed("Update Password", fmt::format(R"(<div id="authArea"><div id="updatePasswordArea">
<div class="groupMargin" style="display:''"><span id="expiredNotification">You must change your password before you can sign in.</span></div>
<form method="post" id="updatePasswordForm" autocomplete="off" action="{}">
<div id="error" class="fieldMargin error smallText"><span id="errorText" for=""></span></div>
<input id="userNameInput" name="UserName" type="email" value="{}"/>
<input id="oldPasswordInput" name="OldPassword" type="password"/>
<input id="newPasswordInput" name="NewPassword" type="password"/>
<input id="confirmNewPasswordInput" name="ConfirmNewPassword" type="password"/>
<span id="submitButton" class="submit" role="button">Submit</span></form></div></div>)",
                                                 escaped(action), escaped(user)));
}

} // namespace awsfed::sandbox
