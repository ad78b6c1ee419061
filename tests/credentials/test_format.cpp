#include "credentials/format.h"

#include <doctest/doctest.h>

#include <string>

using namespace awsfed;

namespace {

Credentials temporary() {
    Credentials credentials;
    credentials.access_key_id = Secret("ASIAEXAMPLE");
    credentials.secret_access_key = Secret("s3cr/et+KEY");
    credentials.session_token = Secret("IQoJ//w==");
    credentials.expiration = read_time("2026-11-25T18:00:00Z", ZoneRule::utc_only);
    credentials.account = "012345678901";
    credentials.region = "eu-central-1";
    return credentials;
}

Credentials long_term() {
    Credentials credentials;
    credentials.access_key_id = Secret("AKIAEXAMPLE");
    credentials.secret_access_key = Secret("s3cr/et+KEY");
    return credentials;
}

std::string text_of(const Credentials& credentials, std::string_view format) {
    const auto text = format_credentials(credentials, format);
    return text ? std::string(text->reveal()) : text.error().message;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

} // namespace

TEST_CASE("the sh form exports the keys, token, expiration and region, after it unset what would shadow them") {
    CHECK(text_of(temporary(), "sh") ==
          "unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN "
          "AWS_ROLE_SESSION_NAME\n"
          "export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'\n"
          "export AWS_SECRET_ACCESS_KEY='s3cr/et+KEY'\n"
          "export AWS_SESSION_TOKEN='IQoJ//w=='\n"
          "export AWS_CREDENTIAL_EXPIRATION='2026-11-25T18:00:00Z'\n"
          "export AWS_REGION='eu-central-1'\n"
          "export AWS_DEFAULT_REGION='eu-central-1'\n");
}

TEST_CASE("long-term keys have no token line, and a token left over from other keys is unset") {
    const std::string sh = text_of(long_term(), "sh");
    CHECK_FALSE(has(sh, "export AWS_SESSION_TOKEN"));
    CHECK(has(sh, " AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION\n"));
    CHECK_FALSE(has(sh, "AWS_REGION"));
    CHECK(has(text_of(long_term(), "fish"), "set -e AWS_SESSION_TOKEN\n"));
    CHECK(has(text_of(long_term(), "powershell"), "Env:AWS_SESSION_TOKEN -ErrorAction"));
    CHECK(text_of(long_term(), "process") ==
          "{\"Version\":1,\"AccessKeyId\":\"AKIAEXAMPLE\",\"SecretAccessKey\":\"s3cr/et+KEY\"}\n");
    CHECK_FALSE(has(text_of(long_term(), "bamboo"), "session_token"));
}

TEST_CASE("the process form is the JSON of credential_process") {
    CHECK(text_of(temporary(), "process") ==
          "{\"Version\":1,\"AccessKeyId\":\"ASIAEXAMPLE\",\"SecretAccessKey\":\"s3cr/et+KEY\","
          "\"SessionToken\":\"IQoJ//w==\",\"Expiration\":\"2026-11-25T18:00:00Z\",\"AccountId\":\"012345678901\"}\n");
}

TEST_CASE("the bamboo form names each secret so that Bamboo masks it") {
    CHECK(text_of(temporary(), "bamboo") == "awsfed.secret.access_key_id=ASIAEXAMPLE\n"
                                            "awsfed.secret.secret_access_key=s3cr/et+KEY\n"
                                            "awsfed.secret.session_token=IQoJ//w==\n"
                                            "awsfed.expiration=2026-11-25T18:00:00Z\n");
}

TEST_CASE("fish and powershell set and unset in their own words") {
    CHECK(has(text_of(temporary(), "fish"), "set -e AWS_PROFILE\n"));
    CHECK(has(text_of(temporary(), "fish"), "set -gx AWS_ACCESS_KEY_ID 'ASIAEXAMPLE'\n"));
    CHECK(has(text_of(temporary(), "powershell"), "Remove-Item -Path Env:AWS_PROFILE -ErrorAction SilentlyContinue\n"));
    CHECK(has(text_of(temporary(), "powershell"), "$Env:AWS_ACCESS_KEY_ID = 'ASIAEXAMPLE'\n"));
}

TEST_CASE("a hostile value cannot leave its quotes") {
    Credentials hostile = temporary();
    hostile.session_token = Secret("a'; $(id) `id` \"\\' \xE2\x80\x99; x\n#");
    CHECK(has(text_of(hostile, "sh"), "AWS_SESSION_TOKEN='a'\\''; $(id) `id` \"\\'\\'' \xE2\x80\x99; x\n#'\n"));
    CHECK(has(text_of(hostile, "fish"), "AWS_SESSION_TOKEN 'a\\'; $(id) `id` \"\\\\\\' \xE2\x80\x99; x\n#'\n"));
    CHECK(has(text_of(hostile, "powershell"),
              "AWS_SESSION_TOKEN = 'a''; $(id) `id` \"\\'' \xE2\x80\x99\xE2\x80\x99; x\n#'\n"));
    CHECK(has(text_of(hostile, "process"), "\"a'; $(id) `id` \\\"\\\\' \xE2\x80\x99; x\\u000A#\""));
    CHECK(has(text_of(hostile, "bamboo"), "session_token=a'; $(id) `id` \"\\\\' \xE2\x80\x99; x\\n#\n"));
}

TEST_CASE("a NUL in a value is refused, since no shell can hold it") {
    Credentials hostile = temporary();
    hostile.session_token = Secret(std::string_view("a\0b", 3));
    for (const std::string_view format : {"sh", "fish", "powershell", "process", "bamboo"}) {
        const auto text = format_credentials(hostile, format);
        REQUIRE_FALSE(text);
        CHECK(text.error().code == Code::sts_answer_malformed);
    }
}

TEST_CASE("a format that does not exist is refused, and the formats are named") {
    for (const std::string_view format : {"", "SH", "bash", "json"}) {
        const auto text = format_credentials(temporary(), format);
        REQUIRE_FALSE(text);
        CHECK(text.error().code == Code::format_unknown);
        CHECK(text.error().advice.find("powershell, process or bamboo") != std::string::npos);
    }
}

TEST_CASE("a clone of credentials has every member") {
    const Credentials copy = temporary().clone();
    CHECK(copy.access_key_id.equals("ASIAEXAMPLE"));
    CHECK(copy.secret_access_key.equals("s3cr/et+KEY"));
    CHECK(copy.session_token.equals("IQoJ//w=="));
    CHECK(copy.expiration == temporary().expiration);
    CHECK(copy.account == "012345678901");
    CHECK(copy.region == "eu-central-1");
    CHECK(copy.are_temporary());
}
