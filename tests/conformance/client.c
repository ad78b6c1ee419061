/* The C interface as a binding for tests/conformance/run.py: takes a case by standard input, a command a line, and says
 * how it came out. Words are in hexadecimal, but for the first. Each other language has a client of the same behaviour.
 */
#include "awsfed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { words_max = 4, answers_max = 16, line_max = 1 << 20 };

typedef struct {
    char* text;
    size_t n;
} word;

typedef struct {
    awsfed_settings* settings;
    word names[answers_max], values[answers_max]; /* what will be answered, in this order */
    size_t answers;
    int failed; /* a command before the action failed: the action is left out */
} conformance_case;

static void tell(const char* text, size_t n) {
    size_t i;
    putchar(' ');
    if (text == NULL || n == 0)
        putchar('-');
    for (i = 0; text != NULL && i < n; ++i)
        printf("%02x", (unsigned char)text[i]);
}

static int tell_error(awsfed_error* error) {
    static const awsfed_error_field fields[] = {AWSFED_ERROR_CODE, AWSFED_ERROR_SETTING};
    size_t i, n;
    printf("error %d", (int)awsfed_error_status(error));
    for (i = 0; i < 2; ++i) {
        const char* text = awsfed_error_text(error, fields[i], &n);
        tell(text, n);
    }
    putchar('\n');
    awsfed_error_free(error);
    return 1;
}

static void tell_credentials(awsfed_credentials* credentials) {
    static const struct {
        const char* name;
        awsfed_credentials_field field;
    } fields[] = {{"access_key_id", AWSFED_CREDENTIALS_ACCESS_KEY_ID},
                  {"role_arn", AWSFED_CREDENTIALS_ROLE_ARN},
                  {"account", AWSFED_CREDENTIALS_ACCOUNT},
                  {"session_arn", AWSFED_CREDENTIALS_SESSION_ARN},
                  {"source_identity", AWSFED_CREDENTIALS_SOURCE_IDENTITY},
                  {"region", AWSFED_CREDENTIALS_REGION}};
    size_t i, n;
    for (i = 0; i < sizeof fields / sizeof *fields; ++i) {
        const char* text = awsfed_credentials_text(credentials, fields[i].field, &n);
        printf("credentials");
        tell(fields[i].name, strlen(fields[i].name));
        tell(text, n);
        putchar('\n');
    }
    printf("expires %d\n", awsfed_credentials_expires_ms(credentials) > 0);
    awsfed_credentials_free(credentials);
}

static void obtain(conformance_case* it, awsfed_context* context) {
    awsfed_credentials* credentials = NULL;
    awsfed_error* error = NULL;
    if (awsfed_obtain(context, it->settings, NULL, &credentials, &error) != AWSFED_OK)
        tell_error(error);
    else
        tell_credentials(credentials);
}

/* Every question of a step; 0 when there is no answer for one. */
static int answer_all(conformance_case* it, awsfed_signin* signin) {
    size_t i, next, n;
    for (i = 0; i < awsfed_signin_question_count(signin); ++i) {
        awsfed_error* error = NULL;
        const char* name = awsfed_signin_question_text(signin, i, AWSFED_QUESTION_NAME, &n);
        printf("asked");
        tell(name, n);
        printf(" %d\n", awsfed_signin_question_is_secret(signin, i));
        for (next = 0; next < it->answers; ++next)
            if (it->names[next].text != NULL && it->names[next].n == n && memcmp(it->names[next].text, name, n) == 0)
                break;
        if (next == it->answers)
            return 0;
        if (awsfed_signin_answer(signin, i, it->values[next].text, it->values[next].n, &error) != AWSFED_OK)
            return !tell_error(error);
        free(it->names[next].text);
        it->names[next].text = NULL; /* each answer once */
    }
    return 1;
}

static void signin(conformance_case* it, awsfed_context* context) {
    awsfed_signin* signin = NULL;
    awsfed_assertion* assertion = NULL;
    awsfed_credentials* credentials = NULL;
    awsfed_error* error = NULL;
    awsfed_signin_state state = AWSFED_SIGNIN_ASKS;
    if (awsfed_signin_new(context, it->settings, &signin, &error) != AWSFED_OK) {
        tell_error(error);
        return;
    }
    while (state != AWSFED_SIGNIN_DONE) {
        if (awsfed_signin_step(signin, NULL, &state, &error) != AWSFED_OK) {
            tell_error(error);
            break;
        }
        if (state == AWSFED_SIGNIN_ASKS && !answer_all(it, signin))
            break;
    }
    if (state == AWSFED_SIGNIN_DONE) {
        if (awsfed_signin_result(signin, &assertion, &error) != AWSFED_OK ||
            awsfed_assume_role_with_saml(context, it->settings, assertion, NULL, &credentials, &error) != AWSFED_OK)
            tell_error(error);
        else
            tell_credentials(credentials);
    }
    awsfed_assertion_free(assertion);
    awsfed_signin_free(signin);
}

static void call(conformance_case* it, awsfed_context* context, word action) {
    awsfed_answer* answer = NULL;
    awsfed_names* members = NULL;
    awsfed_error* error = NULL;
    size_t i, n, size;
    if (awsfed_sts_call(context, it->settings, action.text, action.n, NULL, NULL, &answer, &error) != AWSFED_OK ||
        awsfed_answer_members(answer, &members, &error) != AWSFED_OK) {
        tell_error(error);
    } else {
        for (i = 0; i < awsfed_names_count(members); ++i) {
            const char* path = awsfed_names_at(members, i, &n);
            const char* text = awsfed_answer_text(answer, path, n, &size);
            const int secret = awsfed_answer_is_secret(answer, path, n);
            printf("member");
            tell(path, n);
            tell(secret ? "[secret]" : text, secret ? 8 : size);
            putchar('\n');
        }
    }
    awsfed_names_free(members);
    awsfed_answer_free(answer);
}

static void policy(word type, word text) {
    awsfed_policy* policy = NULL;
    awsfed_error* error = NULL;
    size_t i, n;
    if (awsfed_policy_parse(text.text, text.n, type.text, type.n, &policy, &error) != AWSFED_OK) {
        tell_error(error);
        return;
    }
    for (i = 0; i < awsfed_policy_finding_count(policy); ++i) {
        const char* code = awsfed_policy_finding_text(policy, i, AWSFED_FINDING_CODE, &n);
        printf("finding");
        tell(code, n);
        putchar('\n');
    }
    printf("accepted %d\n", awsfed_policy_accepted(policy));
    awsfed_policy_free(policy);
}

static int is(word command, const char* name) {
    return command.n == strlen(name) && memcmp(command.text, name, command.n) == 0;
}

/* A command that says something of the settings, or an answer for later. */
static awsfed_status prepare(conformance_case* it, const word* w, awsfed_error** error) {
    awsfed_settings* s = it->settings;
    if (is(w[0], "set"))
        return awsfed_settings_set(s, w[1].text, w[1].n, w[2].text, w[2].n, error);
    if (is(w[0], "secret"))
        return awsfed_settings_set_secret(s, w[1].text, w[1].n, w[2].text, w[2].n, error);
    if (is(w[0], "override"))
        return awsfed_settings_override(s, w[1].text, w[1].n, w[2].text, w[2].n, error);
    if (is(w[0], "load"))
        return awsfed_settings_load(s, w[1].text, w[1].n, w[2].text, w[2].n, error);
    if (is(w[0], "principal"))
        return awsfed_settings_principal(s, w[1].text, w[1].n, error);
    if (is(w[0], "group"))
        return awsfed_settings_group(s, w[1].text, w[1].n, error);
    if (is(w[0], "answer") && it->answers < answers_max) {
        it->names[it->answers].text = memcpy(malloc(w[1].n + 1), w[1].text, w[1].n + 1);
        it->names[it->answers].n = w[1].n;
        it->values[it->answers].text = memcpy(malloc(w[2].n + 1), w[2].text, w[2].n + 1);
        it->values[it->answers++].n = w[2].n;
        return AWSFED_OK;
    }
    fprintf(stderr, "client: there is no command %s\n", w[0].text);
    exit(2);
}

static void may_use(conformance_case* it) {
    int32_t allowed = 0;
    awsfed_error *why = NULL, *error = NULL;
    if (awsfed_may_use(it->settings, &allowed, &why, &error) != AWSFED_OK)
        tell_error(error);
    else if (allowed)
        printf("allowed\n");
    else
        tell_error(why);
}

static int act(conformance_case* it, const word* w) {
    awsfed_context* context = NULL;
    awsfed_error* error = NULL;
    if (!is(w[0], "obtain") && !is(w[0], "signin") && !is(w[0], "call") && !is(w[0], "policy") && !is(w[0], "may_use"))
        return 0;
    if (it->failed)
        return 1;
    if (awsfed_context_new(AWSFED_ABI, NULL, &context, &error) != AWSFED_OK)
        return tell_error(error);
    if (is(w[0], "obtain"))
        obtain(it, context);
    else if (is(w[0], "signin"))
        signin(it, context);
    else if (is(w[0], "call"))
        call(it, context, w[1]);
    else if (is(w[0], "policy"))
        policy(w[1], w[2]);
    else
        may_use(it);
    awsfed_context_free(context);
    return 1;
}

static int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/* Splits a line in place; all but the first word become the bytes that they stand for. "-" is empty. */
static void split(char* line, word* w) {
    size_t i, count = 0;
    char* token;
    for (token = strtok(line, " \n"); token != NULL && count < words_max; token = strtok(NULL, " \n")) {
        w[count].text = token;
        w[count].n = strlen(token);
        if (count > 0) {
            w[count].n = token[0] == '-' ? 0 : w[count].n / 2;
            for (i = 0; i < w[count].n; ++i)
                token[i] = (char)(digit(token[2 * i]) * 16 + digit(token[2 * i + 1]));
            token[w[count].n] = '\0';
        }
        ++count;
    }
}

static void begin(conformance_case* it) {
    size_t i;
    awsfed_settings_free(it->settings);
    for (i = 0; i < it->answers; ++i) {
        free(it->names[i].text);
        free(it->values[i].text);
    }
    memset(it, 0, sizeof *it);
    if (awsfed_settings_new(&it->settings, NULL) != AWSFED_OK)
        exit(2);
}

int main(void) {
    char* line = malloc(line_max);
    conformance_case it;
    memset(&it, 0, sizeof it);
    begin(&it);
    while (line != NULL && fgets(line, line_max, stdin) != NULL) {
        word w[words_max] = {{NULL, 0}};
        awsfed_error* error = NULL;
        split(line, w);
        if (w[0].text == NULL)
            continue;
        if (is(w[0], "end")) {
            begin(&it);
            printf("done\n");
            fflush(stdout);
        } else if (!act(&it, w) && !it.failed && prepare(&it, w, &error) != AWSFED_OK) {
            it.failed = tell_error(error);
        }
    }
    begin(&it);
    awsfed_settings_free(it.settings);
    free(line);
    return 0;
}
