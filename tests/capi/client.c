/* A client in plain C, as a build tool would be: it walks through the whole interface once, on success
 * and on failures. Run under valgrind: client START_URL STS_URL. */
#include "awsfed.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void check(int good, const char* what) {
    if (!good) {
        ++failures;
        printf("FAIL %s\n", what);
    }
}

static void good(awsfed_status status, awsfed_error* error, const char* what) {
    if (status != AWSFED_OK) {
        ++failures;
        printf("FAIL %s: %s\n", what, awsfed_error_text(error, AWSFED_ERROR_MESSAGE, NULL));
    }
    awsfed_error_free(error);
}

static void set(awsfed_settings* s, const char* name, const char* value) {
    awsfed_error* error = NULL;
    good(awsfed_settings_set(s, name, AWSFED_NUL, value, AWSFED_NUL, &error), error, name);
}

static awsfed_settings* settings_for(const char* start, const char* sts, const char* password) {
    awsfed_settings* s = NULL;
    awsfed_error* error = NULL;
    good(awsfed_settings_new(&s, &error), error, "settings");
    set(s, "idp", "form");
    set(s, "idp_url", start);
    set(s, "sts_endpoint", sts);
    set(s, "http_loopback", "true");
    set(s, "user", "alice");
    set(s, "policy",
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*"
        "\"}}");
    error = NULL;
    good(awsfed_settings_set_secret(s, "password", AWSFED_NUL, password, strlen(password), &error), error, "password");
    return s;
}

static void log_line(void* user, awsfed_log_level level, const char* event, const char* text, size_t n) {
    (void)level;
    (void)event;
    check(strlen(text) == n, "the length of a log line");
    ++*(int*)user;
}

static void obtain(const awsfed_context* c, const awsfed_settings* s) {
    static const char* const formats[] = {"sh", "fish", "powershell", "process", "bamboo"};
    awsfed_credentials* keys = NULL;
    awsfed_error* error = NULL;
    const char* text = NULL;
    size_t n = 0;
    size_t i;
    good(awsfed_obtain(c, s, NULL, &keys, &error), error, "obtain");
    for (i = 0; i < sizeof formats / sizeof *formats; ++i) {
        error = NULL;
        good(awsfed_credentials_format(keys, formats[i], AWSFED_NUL, &text, &n, &error), error, formats[i]);
        check(text != NULL && strlen(text) == n, "the length of a format");
    }
    error = NULL;
    check(awsfed_credentials_format(keys, "tea", AWSFED_NUL, &text, &n, &error) == AWSFED_E_USAGE, "an unknown format");
    awsfed_error_free(error);
    check(awsfed_credentials_text(keys, AWSFED_CREDENTIALS_SESSION_TOKEN, NULL) != NULL, "the session token");
    check(awsfed_credentials_expires_ms(keys) > 0, "the expiry");
    awsfed_credentials_free(keys);
}

static void sign_in(const awsfed_context* c, const char* start, const char* sts, const char* password) {
    awsfed_settings* s = settings_for(start, sts, password);
    awsfed_signin* talk = NULL;
    awsfed_assertion* assertion = NULL;
    awsfed_credentials* keys = NULL;
    awsfed_names* list = NULL;
    awsfed_signin_state state = AWSFED_SIGNIN_DONE;
    awsfed_error* error = NULL;
    set(s, "password", "");
    good(awsfed_signin_new(c, s, &talk, &error), error, "sign-in");
    error = NULL;
    good(awsfed_signin_step(talk, NULL, &state, &error), error, "first step");
    check(state == AWSFED_SIGNIN_ASKS && awsfed_signin_question_count(talk) == 1, "a question");
    check(awsfed_signin_question_is_secret(talk, 0), "a secret question");
    error = NULL;
    good(awsfed_signin_question_choices(talk, 0, &list, &error), error, "choices");
    awsfed_names_free(list);
    error = NULL;
    good(awsfed_signin_answer(talk, 0, password, strlen(password), &error), error, "answer");
    error = NULL;
    good(awsfed_signin_step(talk, NULL, &state, &error), error, "second step");
    check(state == AWSFED_SIGNIN_DONE, "done");
    error = NULL;
    good(awsfed_signin_result(talk, &assertion, &error), error, "result");
    awsfed_signin_free(talk);
    check(awsfed_assertion_role_count(assertion) == 1, "one role");
    check(awsfed_assertion_text(assertion, AWSFED_ASSERTION_ISSUER, NULL) != NULL, "the issuer");
    error = NULL;
    good(awsfed_assertion_attribute_names(assertion, &list, &error), error, "attribute names");
    check(awsfed_names_count(list) == 2, "two attributes");
    awsfed_names_free(list);
    error = NULL;
    good(awsfed_assume_role_with_saml(c, s, assertion, NULL, &keys, &error), error, "assume role with saml");
    awsfed_credentials_free(keys);
    awsfed_assertion_free(assertion);
    awsfed_settings_free(s);
}

static void refused(const awsfed_context* c, const char* start, const char* sts) {
    awsfed_settings* s = settings_for(start, sts, "wrong");
    awsfed_credentials* keys = NULL;
    awsfed_error* error = NULL;
    check(awsfed_obtain(c, s, NULL, &keys, &error) == AWSFED_E_REFUSED && keys == NULL, "a wrong password");
    check(strcmp(awsfed_error_text(error, AWSFED_ERROR_CODE, NULL), "credentials-refused") == 0, "its code");
    awsfed_error_free(error);
    error = NULL;
    check(awsfed_settings_set(s, "role_am", AWSFED_NUL, "x", 1, &error) == AWSFED_E_SETTING, "an unknown setting");
    awsfed_error_free(error);
    awsfed_settings_free(s);
}

int main(int argc, char** argv) {
    const char* password = "correct horse \"battery\" st\xC3\xA4ple";
    awsfed_context* c = NULL;
    awsfed_error* error = NULL;
    awsfed_settings* s;
    int lines = 0;
    if (argc != 3)
        return 2;
    check(awsfed_abi() == AWSFED_ABI, "the ABI");
    good(awsfed_context_new(AWSFED_ABI, NULL, &c, &error), error, "context");
    error = NULL;
    good(awsfed_context_log(c, AWSFED_LOG_TRACE, log_line, &lines, NULL, &error), error, "log");
    s = settings_for(argv[1], argv[2], password);
    obtain(c, s);
    awsfed_settings_free(s);
    sign_in(c, argv[1], argv[2], password);
    refused(c, argv[1], argv[2]);
    check(lines > 0, "log lines");
    awsfed_context_free(c);
    printf("%s\n", failures == 0 ? "ok a client in C" : "FAIL a client in C");
    return failures != 0;
}
