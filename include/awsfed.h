/* awsfed.h: temporary AWS credentials by federation. The C interface, and the only stable one.
 *
 * Rules that hold for every function below, so that they are said once:
 *
 *   Text in    (const char *p, size_t n), UTF-8, copied before the call returns. n may be
 *              AWSFED_NUL for NUL-terminated text. NULs inside are refused.
 *   Text out   const char *, NUL-terminated, owned by the object it was asked of and valid until
 *              that object is freed; its length goes to *n when n != NULL. NULL means "absent",
 *              "" means "present and empty".
 *   Objects    X_new, X_parse and every `X **out` give a reference to the caller, X_free takes it
 *              back; X_free(NULL) does nothing. Objects may be freed in any order: an object keeps
 *              alive what it needs.
 *   Failure    the function returns a status other than AWSFED_OK, leaves *out NULL and, if
 *              err != NULL, sets *err to a new error object for the caller to free. *err is NULL
 *              after a success. What *err held before is not looked at. Nothing is kept per thread.
 *   Threads    a const pointer argument may be used by many threads at once; a non-const one by one
 *              thread at a time, any thread. Exceptions are marked [any thread].
 *   Blocking   only calls that take a cancel can wait for a network; they end when it is over, when
 *              it was cancelled, or when the setting "timeout" has passed for one exchange.
 *   Process    no function changes signal handlers, the locale, the working directory, the
 *              environment or the process-wide settings of OpenSSL, libcurl or libxml2, nor writes
 *              to stdout or stderr; no thread of ours is started (libcurl's resolver has one for the time
 *              of a look-up); environment variables are read only by awsfed_settings_environment and
 *              where a value says env:NAME (libcurl itself obeys SSLKEYLOGFILE: remove it where that
 *              matters). Contexts, sign-ins and secrets may not be used in a forked child.
 *   Secrets    are in no error, no log line and no list. Where they are handed out, the text says so.
 *   Growth     enumerations grow: meet an unknown value as you would the generic one (an unknown
 *              status as AWSFED_E_INTERNAL).
 */
#ifndef AWSFED_H
#define AWSFED_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#  if defined(AWSFED_BUILDING)
#    define AWSFED_API __declspec(dllexport)
#  elif defined(AWSFED_STATIC)
#    define AWSFED_API
#  else
#    define AWSFED_API __declspec(dllimport)
#  endif
#elif defined(__GNUC__)
#  define AWSFED_API __attribute__((visibility("default")))
#else
#  define AWSFED_API
#endif

#define AWSFED_NUL ((size_t)-1)          /* for C and C++; bindings pass lengths */

#ifdef __cplusplus
extern "C" {
#endif

/* ---- objects ---------------------------------------------------------------------------------- */
typedef struct awsfed_context     awsfed_context;      /* one set of rules: settings, log              */
typedef struct awsfed_settings    awsfed_settings;     /* named values, some of them secret            */
typedef struct awsfed_cancel      awsfed_cancel;       /* stops a waiting call from elsewhere          */
typedef struct awsfed_signin      awsfed_signin;       /* one conversation with an identity provider   */
typedef struct awsfed_assertion   awsfed_assertion;    /* a SAML response, as received                 */
typedef struct awsfed_verdict     awsfed_verdict;      /* what a verification found, check by check    */
typedef struct awsfed_verified    awsfed_verified;     /* an assertion whose signature was verified    */
typedef struct awsfed_credentials awsfed_credentials;  /* key id, secret, token, expiry                */
typedef struct awsfed_names       awsfed_names;        /* an immutable list of text                    */
typedef struct awsfed_error       awsfed_error;

/* ---- library ---------------------------------------------------------------------------------- */
enum { AWSFED_ABI = 1 };                               /* changes only when callers must be rebuilt    */
AWSFED_API uint32_t    awsfed_abi(void);               /* compare with AWSFED_ABI                      */
AWSFED_API const char *awsfed_version(void);           /* "0.1.0", static                              */
/* 1 when this build can do it, else 0. Features: "idp:form", "idp:assertion",
 * "sts:assume-role-with-saml", "sts:assume-role", "sts:get-federation-token", "format:sh" ... */
AWSFED_API int         awsfed_has(const char *feature, size_t n);

/* ---- status and errors ------------------------------------------------------------------------ */
typedef int32_t awsfed_status;
enum {
    AWSFED_OK            = 0,
    AWSFED_E_INTERNAL    = 1,    /* a defect of awsfed; also any value you do not know            */
    AWSFED_E_MEMORY      = 2,
    AWSFED_E_USAGE       = 3,    /* the caller broke a rule of this header                        */
    AWSFED_E_SETTING     = 4,    /* a setting is unknown, missing, malformed or locked            */
    AWSFED_E_CANCELLED   = 5,
    AWSFED_E_TIMEOUT     = 6,
    AWSFED_E_NETWORK     = 7,    /* resolve, connect, proxy, a service that is down               */
    AWSFED_E_TRUST       = 8,    /* a certificate or an origin is not trusted                     */
    AWSFED_E_PROTOCOL    = 9,    /* the peer's answer is not what its protocol allows             */
    AWSFED_E_REFUSED     = 10,   /* the identity provider refused the user                        */
    AWSFED_E_ROLE        = 11,   /* the assertion does not offer the role, or leaves it open      */
    AWSFED_E_DENIED      = 12,   /* STS denied it                                                 */
    AWSFED_E_EXPIRED     = 13,   /* the assertion or the caller's keys are too old                */
    AWSFED_E_THROTTLED   = 14,
    AWSFED_E_STORE       = 15,   /* a store of credentials failed                                 */
    AWSFED_E_UNSUPPORTED = 16
};

typedef int32_t awsfed_error_field;
enum {
    AWSFED_ERROR_MESSAGE = 0,    /* one sentence for a person, free of secrets                    */
    AWSFED_ERROR_ADVICE  = 1,    /* what to try next; a list has one item a line                  */
    AWSFED_ERROR_CODE    = 2,    /* stable name, see docs/errors.md: "role-not-offered"           */
    AWSFED_ERROR_STAGE   = 3,    /* where: "form/submit-password", "sts/assume-role"              */
    AWSFED_ERROR_SETTING = 4,    /* the setting at fault: "role_arn"                              */
    AWSFED_ERROR_PEER    = 5,    /* the server's own code: "InvalidIdentityToken"                 */
    AWSFED_ERROR_TRACE   = 6     /* request id of the peer                                        */
};
AWSFED_API awsfed_status awsfed_error_status(const awsfed_error *error);         /* AWSFED_OK for NULL  */
AWSFED_API const char   *awsfed_error_text(const awsfed_error *error, awsfed_error_field field, size_t *n);
AWSFED_API int32_t       awsfed_error_http(const awsfed_error *error);           /* 0: none             */
/* Milliseconds after which the same call may succeed; 0: at once; -1: repeating it is pointless. */
AWSFED_API int64_t       awsfed_error_retry_after_ms(const awsfed_error *error);
AWSFED_API void          awsfed_error_free(awsfed_error *error);
AWSFED_API const char   *awsfed_status_name(awsfed_status status);               /* never NULL          */

/* ---- settings: the one way to configure anything ---------------------------------------------- */
AWSFED_API awsfed_status awsfed_settings_new(awsfed_settings **out, awsfed_error **err);
/* The word of the program that calls. The value is checked by the setting's type; "" takes the
 * setting away. On a secret only a reference is taken: "env:NAME", "file:PATH", "keyring:NAME",
 * "stdin", "command:/PATH ARGS" (which needs allow_commands). */
AWSFED_API awsfed_status awsfed_settings_set(awsfed_settings *s, const char *name, size_t name_n,
                                             const char *value, size_t value_n, awsfed_error **err);
/* As _set for a secret, but with the bytes themselves: binary-safe, kept in locked memory, never
 * logged, listed or written. */
AWSFED_API awsfed_status awsfed_settings_set_secret(awsfed_settings *s, const char *name, size_t name_n,
                                                    const void *value, size_t value_n, awsfed_error **err);
/* Reads a section [connector NAME] of an AWS config file, by its name or, where no name fits, by its id. From then on
 * what it sets is locked against awsfed_settings_override and _environment, except where it lists names as overridable. */
AWSFED_API awsfed_status awsfed_settings_load(awsfed_settings *s, const char *path, size_t path_n,
                                              const char *connector, size_t connector_n, awsfed_error **err);
/* As _set, but the wish of a job (its flags, variables, form fields): refused with "setting-locked"
 * where the connector, or the setting itself, does not let a job have it. */
AWSFED_API awsfed_status awsfed_settings_override(awsfed_settings *s, const char *name, size_t name_n,
                                                  const char *value, size_t value_n, awsfed_error **err);
/* Takes every variable AWSFED_<NAME> of the environment as _override does. */
AWSFED_API awsfed_status awsfed_settings_environment(awsfed_settings *s, awsfed_error **err);
/* What AWS's own variables (AWS_REGION, AWS_ENDPOINT_URL_STS, AWS_USE_FIPS_ENDPOINT, AWS_CA_BUNDLE and their like) and
 * the profile in AWS's config file say, where nobody else says anything. Beside a connector only what a job may set. */
AWSFED_API awsfed_status awsfed_settings_aws_environment(awsfed_settings *s, awsfed_error **err);
AWSFED_API void          awsfed_settings_free(awsfed_settings *s);

/* ---- who asks, and whether he may ------------------------------------------------------------- */
/* Whom the calling program vouches for in the calls that are given s: a connector may list who may use it
 * (allowed_principals, allowed_groups), kept credentials are for him alone, and the audit names him. Nothing else can say
 * it: no setting, config file or variable. Kept to the letter. NULL: there is no user, it is the system that runs; "" is
 * refused. The word of a call's settings counts over that of the context's, groups and all. */
AWSFED_API awsfed_status awsfed_settings_principal(awsfed_settings *s, const char *principal, size_t n, awsfed_error **err);
/* One of his groups; once for each, behind _principal, which begins without any. */
AWSFED_API awsfed_status awsfed_settings_group(awsfed_settings *s, const char *group, size_t n, awsfed_error **err);
/* The connectors of a config file, in its order: their names and, where ids != NULL, their ids at the same places, "" where
 * one has none. */
AWSFED_API awsfed_status awsfed_connectors(const char *path, size_t n, awsfed_names **names, awsfed_names **ids,
                                           awsfed_error **err);
/* Whether the principal of s may use the connector that s has loaded: for when a task is configured. A check that could be
 * made is AWSFED_OK whatever came of it. *allowed is 1 for yes, and 0 for no and after each failure. After a no, *why (where
 * why != NULL) is what a call with s would fail with, "connector-refused", for the caller to free; otherwise NULL. Each call
 * asks again by itself, before it sends or resolves anything. */
AWSFED_API awsfed_status awsfed_may_use(const awsfed_settings *s, int32_t *allowed, awsfed_error **why, awsfed_error **err);

/* What can be set: lets a binding, a tool or a plug-in draw its own form and its own help. */
typedef int32_t awsfed_setting_type;
enum { AWSFED_TEXT = 0, AWSFED_INTEGER = 1, AWSFED_BOOLEAN = 2, AWSFED_DURATION = 3, AWSFED_URL = 4,
       AWSFED_PATH = 5, AWSFED_ARN = 6, AWSFED_JSON = 7, AWSFED_CHOICE = 8, AWSFED_SECRET = 9 };
typedef int32_t awsfed_setting_field;
enum { AWSFED_SETTING_NAME = 0, AWSFED_SETTING_GROUP = 1, AWSFED_SETTING_DEFAULT = 2,
       AWSFED_SETTING_HELP = 3,
       AWSFED_SETTING_CHOICES = 4,   /* separated by blanks                                        */
       AWSFED_SETTING_SINCE = 5,
       AWSFED_SETTING_GUARD = 6,     /* what a job may do: "open", "pinned", "admin", "host"       */
       AWSFED_SETTING_KEY = 7 };     /* "keyed": requests that differ in it are never given each
                                      * other's credentials; "sign-in": likewise, nor do they
                                      * share a sign-in; "free": they may be                       */
AWSFED_API size_t              awsfed_setting_count(void);
AWSFED_API const char         *awsfed_setting_text(size_t index, awsfed_setting_field field, size_t *n);
AWSFED_API awsfed_setting_type awsfed_setting_type_of(size_t index);

/* ---- context ---------------------------------------------------------------------------------- */
/* abi: always AWSFED_ABI. s may be NULL. The settings are copied; they hold for every call with the
 * context, under those that the call is given. A context keeps some idle connections (close-on-exec) for later calls; it
 * closes them when it is freed, and at the next call those that have been idle for a while. */
AWSFED_API awsfed_status awsfed_context_new(uint32_t abi, const awsfed_settings *s,
                                            awsfed_context **out, awsfed_error **err);
AWSFED_API void          awsfed_context_free(awsfed_context *c);

typedef int32_t awsfed_log_level;
enum { AWSFED_LOG_WARNING = 1, AWSFED_LOG_INFO = 2, AWSFED_LOG_DEBUG = 3, AWSFED_LOG_TRACE = 4 };
/* One line for each event, up to that level, free of secrets. Called on the thread that does the
 * work; it must return soon and may not call awsfed. done (if any) is called once, when no log call
 * can follow any more: after another awsfed_context_log, or when the context and all that was made
 * of it are gone. log == NULL ends logging. */
typedef void (*awsfed_log_fn)(void *user, awsfed_log_level level, const char *event, const char *text, size_t text_n);
typedef void (*awsfed_done_fn)(void *user);
AWSFED_API awsfed_status awsfed_context_log(awsfed_context *c, awsfed_log_level level, awsfed_log_fn log,
                                            void *user, awsfed_done_fn done, awsfed_error **err);

/* The host's memory of assertions, against their being used twice: returns 1 when that id is seen for the first time, 0 to
 * refuse it ("assertion-replayed"). expires_ms: Unix milliseconds until which the assertion is good, -1: unsaid; it need
 * not be remembered longer. Asked once for each assertion that is verified for use. done as above; fn == NULL ends it. It
 * may be called by several threads at once, and may not call awsfed. */
typedef int (*awsfed_replay_fn)(void *user, const char *id, size_t id_n, int64_t expires_ms);
AWSFED_API awsfed_status awsfed_context_replay(awsfed_context *c, awsfed_replay_fn fn, void *user, awsfed_done_fn done,
                                               awsfed_error **err);

/* Takes the lines of the audit, besides the file that audit_file may name: a JSON object each (docs/guide/connectors.md),
 * without a line's end and without a secret. Returns 1 when it is written; else audit=required keeps the credentials back.
 * Called on the thread of the call that is told of, by several at once; it may not call awsfed. done as above; fn == NULL
 * ends it. */
typedef int (*awsfed_audit_fn)(void *user, const char *line, size_t n);
AWSFED_API awsfed_status awsfed_context_audit(awsfed_context *c, awsfed_audit_fn fn, void *user, awsfed_done_fn done,
                                              awsfed_error **err);

/* The host's own place for what is kept (cache=host): a database, a server's cache. It is given bytes that are sealed under
 * the setting cache_key, and names of at most 80 letters, digits and dots; what it gives back counts only where the seal is
 * whole. All return a negative number for a failure, which is told in the log and costs a call to AWS, never the job; the
 * meaning of others stands below. They may be called by several threads at once, and wait: no lock of ours is held, but
 * the call behind waits with them, and cannot be cancelled meanwhile. They may not call awsfed, but for
 * awsfed_store_reply_add. done as above; get == NULL ends it. */
typedef struct awsfed_store_reply awsfed_store_reply;  /* takes what get and names give; theirs until they return */
/* A copy is made. get: the bytes, once. names: one name, as often as there are any. More than 256 KiB are a failure. */
AWSFED_API void awsfed_store_reply_add(awsfed_store_reply *r, const void *bytes, size_t n);
/* Adds what was put there under that name last; nothing where there is nothing, or its time is over. */
typedef int (*awsfed_store_get_fn)(void *user, const char *name, size_t name_n, awsfed_store_reply *reply);
/* In place of what is there, at one stroke. Nobody misses it after life_ms milliseconds. */
typedef int (*awsfed_store_put_fn)(void *user, const char *name, size_t name_n, const void *bytes, size_t n, int64_t life_ms);
typedef int (*awsfed_store_erase_fn)(void *user, const char *name, size_t name_n);
/* Adds the names of all that is there, in any order. */
typedef int (*awsfed_store_names_fn)(void *user, awsfed_store_reply *reply);
/* 1: the caller has the lock of that name from now until unlock, or until its process ends; 0: somebody else has it. It
 * does not wait. lock and unlock may both be NULL: then only the threads of one process wait for each other. */
typedef int (*awsfed_store_lock_fn)(void *user, const char *name, size_t name_n);
typedef void (*awsfed_store_unlock_fn)(void *user, const char *name, size_t name_n);
AWSFED_API awsfed_status awsfed_context_store(awsfed_context *c, awsfed_store_get_fn get, awsfed_store_put_fn put,
                                              awsfed_store_erase_fn erase, awsfed_store_names_fn names,
                                              awsfed_store_lock_fn lock, awsfed_store_unlock_fn unlock,
                                              void *user, awsfed_done_fn done, awsfed_error **err);

/* ---- cancel ----------------------------------------------------------------------------------- */
AWSFED_API awsfed_status awsfed_cancel_new(awsfed_cancel **out, awsfed_error **err);
AWSFED_API void          awsfed_cancel_now(awsfed_cancel *cancel);     /* [any thread], sticky          */
AWSFED_API void          awsfed_cancel_free(awsfed_cancel *cancel);
/* Wherever a call takes a cancel, NULL means that it cannot be cancelled. */

/* ---- the short way: sign-in, or the caller's keys, then STS; never asks ------------------------ */
/* s may be NULL. Where the sign-in asks what no setting answers, it fails with "question-left". */
AWSFED_API awsfed_status awsfed_obtain(const awsfed_context *c, const awsfed_settings *s,
                                       awsfed_cancel *cancel, awsfed_credentials **out, awsfed_error **err);

/* ---- sign-in: a conversation that the caller drives -------------------------------------------- */
typedef int32_t awsfed_signin_state;
enum { AWSFED_SIGNIN_DONE = 0,     /* awsfed_signin_result gives the assertion                      */
       AWSFED_SIGNIN_ASKS = 1,     /* answer every question, then step again                        */
       AWSFED_SIGNIN_WAITS = 2 };  /* something is pending elsewhere: show question 0, which takes
                                      no answer, and step again; the step looks no sooner than is
                                      polite                                                        */
typedef int32_t awsfed_question_field;
enum { AWSFED_QUESTION_NAME = 0,   /* "user", "password", "passcode"; "second_factor" of what waits */
       AWSFED_QUESTION_TEXT = 1,   /* for a person                                                  */
       AWSFED_QUESTION_SHOW = 2 }; /* something to show: a number to match, a URL                   */
AWSFED_API awsfed_status awsfed_signin_new(const awsfed_context *c, const awsfed_settings *s,
                                           awsfed_signin **out, awsfed_error **err);
/* A failure is final: a further step gives the same one and sends nothing. */
AWSFED_API awsfed_status awsfed_signin_step(awsfed_signin *g, awsfed_cancel *cancel,
                                            awsfed_signin_state *state, awsfed_error **err);
AWSFED_API size_t        awsfed_signin_question_count(const awsfed_signin *g);
/* Texts of a question are valid until the next step. */
AWSFED_API const char   *awsfed_signin_question_text(const awsfed_signin *g, size_t index,
                                                     awsfed_question_field field, size_t *n);
AWSFED_API int           awsfed_signin_question_is_secret(const awsfed_signin *g, size_t index);
/* The answers to choose from; an empty list when any text will do. */
AWSFED_API awsfed_status awsfed_signin_question_choices(const awsfed_signin *g, size_t index,
                                                        awsfed_names **out, awsfed_error **err);
AWSFED_API awsfed_status awsfed_signin_answer(awsfed_signin *g, size_t index,
                                              const void *value, size_t value_n, awsfed_error **err);
AWSFED_API awsfed_status awsfed_signin_result(const awsfed_signin *g, awsfed_assertion **out, awsfed_error **err);
AWSFED_API void          awsfed_signin_free(awsfed_signin *g);

/* ---- assertion --------------------------------------------------------------------------------- */
/* What a SAML response says. Nobody has checked its signature here: take its words as hints for a
 * person or a choice, never as proof of who the user is. STS checks before it grants anything. */
typedef int32_t awsfed_assertion_field;
enum { AWSFED_ASSERTION_ISSUER = 0, AWSFED_ASSERTION_SUBJECT = 1,
       AWSFED_ASSERTION_AUDIENCE = 2,          /* the first one                                     */
       AWSFED_ASSERTION_RECIPIENT = 3, AWSFED_ASSERTION_SESSION_NAME = 4, AWSFED_ASSERTION_ID = 5 };
/* data: the response in base64, as STS takes it, or its XML. */
AWSFED_API awsfed_status awsfed_assertion_parse(const awsfed_context *c, const void *data, size_t n,
                                                awsfed_assertion **out, awsfed_error **err);
AWSFED_API const char   *awsfed_assertion_text(const awsfed_assertion *a, awsfed_assertion_field field, size_t *n);
AWSFED_API int           awsfed_assertion_is_encrypted(const awsfed_assertion *a); /* 1: its words cannot be read */
AWSFED_API int64_t       awsfed_assertion_expires_ms(const awsfed_assertion *a);   /* Unix ms, -1: unsaid */
AWSFED_API int64_t       awsfed_assertion_session_duration_s(const awsfed_assertion *a); /* seconds, -1: unsaid */
AWSFED_API size_t        awsfed_assertion_role_count(const awsfed_assertion *a);
AWSFED_API const char   *awsfed_assertion_role_arn(const awsfed_assertion *a, size_t index, size_t *n);
AWSFED_API const char   *awsfed_assertion_principal_arn(const awsfed_assertion *a, size_t index, size_t *n);
/* The names of all attributes, and the values of one: an empty list when it is absent. */
AWSFED_API awsfed_status awsfed_assertion_attribute_names(const awsfed_assertion *a, awsfed_names **out, awsfed_error **err);
AWSFED_API awsfed_status awsfed_assertion_attribute(const awsfed_assertion *a, const char *name, size_t n,
                                                    awsfed_names **out, awsfed_error **err);
AWSFED_API void          awsfed_assertion_free(awsfed_assertion *a);

/* ---- verification ------------------------------------------------------------------------------ */
/* Settings used: those of the group trust, response_form, region. data: the response in the form that response_form names.
 * at_ms: the instant to judge by, Unix milliseconds; -1: now, and only then the replay function is asked. Where
 * idp_metadata is a URL the call waits for the network.
 * The verdict names every check with its outcome: a call that could check is AWSFED_OK even when the answer is no. */
AWSFED_API awsfed_status awsfed_assertion_verify(const awsfed_context *c, const awsfed_settings *s, const void *data, size_t n,
                                                 int64_t at_ms, awsfed_cancel *cancel, awsfed_verdict **out, awsfed_error **err);
typedef int32_t awsfed_verdict_field;
enum {
    AWSFED_VERDICT_CHECK   = 0,   /* its name: "signature", "audience"                             */
    AWSFED_VERDICT_OUTCOME = 1,   /* "passed", "failed", "warned", "skipped"                       */
    AWSFED_VERDICT_REASON  = 2,   /* of what failed or is warned of: a word, docs/guide/saml.md    */
    AWSFED_VERDICT_VALUE   = 3,   /* what was looked at; from the message, so not to be believed   */
    AWSFED_VERDICT_DETAIL  = 4    /* of what failed or is warned of: a sentence                    */
};
AWSFED_API int          awsfed_verdict_allows(const awsfed_verdict *v);    /* 1 yes, 0 no; 0 for NULL  */
AWSFED_API size_t       awsfed_verdict_count(const awsfed_verdict *v);
AWSFED_API const char  *awsfed_verdict_text(const awsfed_verdict *v, size_t index, awsfed_verdict_field field, size_t *n);
/* Where the keys come from: "pinned" (a file, the settings) or "url". */
AWSFED_API const char  *awsfed_verdict_trust(const awsfed_verdict *v, size_t *n);
/* What was proved: another object than a parsed assertion, read from the octets that were signed. Only a verdict that
 * allows has one; else AWSFED_E_TRUST. */
AWSFED_API awsfed_status awsfed_verdict_verified(const awsfed_verdict *v, awsfed_verified **out, awsfed_error **err);
AWSFED_API void         awsfed_verdict_free(awsfed_verdict *v);

typedef int32_t awsfed_verified_field;
enum {
    AWSFED_VERIFIED_ISSUER = 0, AWSFED_VERIFIED_SUBJECT = 1, AWSFED_VERIFIED_SUBJECT_FORMAT = 2,
    AWSFED_VERIFIED_ID = 3,                     /* with the end: for a memory of replays           */
    AWSFED_VERIFIED_RECIPIENT = 4, AWSFED_VERIFIED_SESSION_NAME = 5, AWSFED_VERIFIED_SOURCE_IDENTITY = 6,
    AWSFED_VERIFIED_NOT_ON_OR_AFTER = 7,        /* the earlier end, as written                     */
    AWSFED_VERIFIED_SESSION_NOT_ON_OR_AFTER = 8 /* as written                                      */
};
AWSFED_API const char   *awsfed_verified_text(const awsfed_verified *a, awsfed_verified_field field, size_t *n);
AWSFED_API int64_t       awsfed_verified_expires_ms(const awsfed_verified *a);         /* Unix ms, -1: unsaid */
AWSFED_API int64_t       awsfed_verified_session_duration_s(const awsfed_verified *a); /* seconds, -1: unsaid */
AWSFED_API size_t        awsfed_verified_role_count(const awsfed_verified *a);
AWSFED_API const char   *awsfed_verified_role_arn(const awsfed_verified *a, size_t index, size_t *n);
AWSFED_API const char   *awsfed_verified_principal_arn(const awsfed_verified *a, size_t index, size_t *n);
/* What STS will answer as NameQualifier for the role of that index. The text belongs to a. */
AWSFED_API const char   *awsfed_verified_name_qualifier(const awsfed_verified *a, size_t index, size_t *n);
AWSFED_API size_t        awsfed_verified_tag_count(const awsfed_verified *a);
AWSFED_API const char   *awsfed_verified_tag_key(const awsfed_verified *a, size_t index, size_t *n);
AWSFED_API const char   *awsfed_verified_tag_value(const awsfed_verified *a, size_t index, size_t *n);
AWSFED_API awsfed_status awsfed_verified_transitive_tag_keys(const awsfed_verified *a, awsfed_names **out, awsfed_error **err);
AWSFED_API awsfed_status awsfed_verified_attribute_names(const awsfed_verified *a, awsfed_names **out, awsfed_error **err);
AWSFED_API awsfed_status awsfed_verified_attribute(const awsfed_verified *a, const char *name, size_t n,
                                                   awsfed_names **out, awsfed_error **err);
AWSFED_API void          awsfed_verified_free(awsfed_verified *a);

/* ---- STS --------------------------------------------------------------------------------------- */
/* The session policy, duration, region and endpoint come from the settings (groups session, sts). */
/* Settings used: role_arn (may be absent when the assertion offers one role), principal_arn. Where the group trust says
 * whom to believe, the response is verified first ("assertion-unproved"). */
AWSFED_API awsfed_status awsfed_assume_role_with_saml(const awsfed_context *c, const awsfed_settings *s,
    const awsfed_assertion *assertion, awsfed_cancel *cancel, awsfed_credentials **out, awsfed_error **err);
AWSFED_API awsfed_status awsfed_assume_role_with_verified(const awsfed_context *c, const awsfed_settings *s,
    const awsfed_verified *assertion, awsfed_cancel *cancel, awsfed_credentials **out, awsfed_error **err);
/* source: the caller's keys; NULL: those of the settings (group caller).
 * Settings used: role_arn, role_session_name, external_id. */
AWSFED_API awsfed_status awsfed_assume_role(const awsfed_context *c, const awsfed_settings *s,
    const awsfed_credentials *source, awsfed_cancel *cancel, awsfed_credentials **out, awsfed_error **err);
/* source as above, but long-term keys. Settings used: federated_name, allow_no_policy. */
AWSFED_API awsfed_status awsfed_federation_token(const awsfed_context *c, const awsfed_settings *s,
    const awsfed_credentials *source, awsfed_cancel *cancel, awsfed_credentials **out, awsfed_error **err);

/* Any other action that gives out credentials, by AWS's name or as the setting sts_action has it ("GetSessionToken",
 * "get-session-token"). Its parameters come from the settings (groups session, sts): see each setting for which action
 * it is; source as above. awsfed_assume_role and awsfed_federation_token are two of them. */
AWSFED_API awsfed_status awsfed_session(const awsfed_context *c, const awsfed_settings *s, const char *action, size_t n,
    const awsfed_credentials *source, awsfed_cancel *cancel, awsfed_credentials **out, awsfed_error **err);
/* A session that may do less than the given one: by the session policy of the settings, and as narrow_by says. */
AWSFED_API awsfed_status awsfed_narrow(const awsfed_context *c, const awsfed_settings *s,
    const awsfed_credentials *session, awsfed_cancel *cancel, awsfed_credentials **out, awsfed_error **err);

/* ---- STS, any of its twelve actions: what it answers ------------------------------------------- */
/* Parameters come from the settings (groups session, question, sts), source as above. */
typedef struct awsfed_answer awsfed_answer;
AWSFED_API awsfed_status awsfed_sts_call(const awsfed_context *c, const awsfed_settings *s, const char *action, size_t n,
    const awsfed_credentials *source, awsfed_cancel *cancel, awsfed_answer **out, awsfed_error **err);
/* The paths of its members: "Arn", "AssumedRoleUser/Arn", "Credentials/SessionToken". */
AWSFED_API awsfed_status awsfed_answer_members(const awsfed_answer *a, awsfed_names **out, awsfed_error **err);
AWSFED_API const char   *awsfed_answer_text(const awsfed_answer *a, const char *path, size_t n, size_t *text_n);
AWSFED_API int           awsfed_answer_is_secret(const awsfed_answer *a, const char *path, size_t n); /* 1: to be masked */
AWSFED_API const char   *awsfed_answer_request_id(const awsfed_answer *a, size_t *n);
/* A copy of what it holds; "usage" where the action gives none. */
AWSFED_API awsfed_status awsfed_answer_credentials(const awsfed_answer *a, awsfed_credentials **out, awsfed_error **err);
AWSFED_API void          awsfed_answer_free(awsfed_answer *a);

/* ---- signing: requests that the host sends to AWS itself, or has others send -------------------- */
/* By the region of the settings (or of the credentials), source or the group caller, and signature_version. service is
 * the name that AWS signs for: "s3", "ecr", "sts", "cloudformation". Paths are treated as the service has it. */
typedef struct awsfed_request awsfed_request;
typedef struct awsfed_signed awsfed_signed;
/* url: whole, escaped as it will go out; its path is signed as it is. Everything is copied. */
AWSFED_API awsfed_status awsfed_request_new(const char *method, size_t method_n, const char *url, size_t url_n,
                                            awsfed_request **out, awsfed_error **err);
/* A header that goes out with it, once for each value; Host is that of the URL unless given. */
AWSFED_API awsfed_status awsfed_request_header(awsfed_request *r, const char *name, size_t name_n,
                                               const char *value, size_t value_n, awsfed_error **err);
AWSFED_API awsfed_status awsfed_request_body(awsfed_request *r, const void *body, size_t n, awsfed_error **err);
/* Instead of the body: its SHA-256 in hexadecimal, or "UNSIGNED-PAYLOAD". */
AWSFED_API awsfed_status awsfed_request_body_hash(awsfed_request *r, const char *hash, size_t n, awsfed_error **err);
/* The time to sign with, Unix milliseconds; -1 (as at first): now, by AWS's clock as far as the context knows it. */
AWSFED_API awsfed_status awsfed_request_time(awsfed_request *r, int64_t unix_ms, awsfed_error **err);
AWSFED_API void          awsfed_request_free(awsfed_request *r);
/* Gives the headers to be added to the request: X-Amz-Date, Authorization, and others where they apply. They are
 * secrets: one may hold the session token. */
AWSFED_API awsfed_status awsfed_sign(const awsfed_context *c, const awsfed_settings *s, const awsfed_credentials *source,
    const awsfed_request *r, const char *service, size_t n, awsfed_cancel *cancel, awsfed_signed **out, awsfed_error **err);
/* Gives a URL with the signature in it, a secret, that is good for lifetime_s seconds (1 to 604,800). Headers of the
 * request must be sent by who uses it; of S3 without a body hash, the body is free. */
AWSFED_API awsfed_status awsfed_presign(const awsfed_context *c, const awsfed_settings *s, const awsfed_credentials *source,
    const awsfed_request *r, const char *service, size_t n, int64_t lifetime_s, awsfed_cancel *cancel,
    awsfed_signed **out, awsfed_error **err);
AWSFED_API const char   *awsfed_signed_url(const awsfed_signed *g, size_t *n);
AWSFED_API size_t        awsfed_signed_header_count(const awsfed_signed *g);
AWSFED_API const char   *awsfed_signed_header_name(const awsfed_signed *g, size_t index, size_t *n);
AWSFED_API const char   *awsfed_signed_header_value(const awsfed_signed *g, size_t index, size_t *n);
AWSFED_API void          awsfed_signed_free(awsfed_signed *g);

/* ---- credentials: immutable, wiped when freed --------------------------------------------------- */
typedef int32_t awsfed_credentials_field;
enum { AWSFED_CREDENTIALS_ACCESS_KEY_ID = 0, AWSFED_CREDENTIALS_SECRET_ACCESS_KEY = 1,
       AWSFED_CREDENTIALS_SESSION_TOKEN = 2,   /* these three are secrets                           */
       AWSFED_CREDENTIALS_ROLE_ARN = 3,        /* of the role that was taken                        */
       AWSFED_CREDENTIALS_ACCOUNT = 4, AWSFED_CREDENTIALS_SOURCE_IDENTITY = 5,
       AWSFED_CREDENTIALS_SESSION_ARN = 6,     /* the assumed role or federated user                */
       AWSFED_CREDENTIALS_REGION = 7 };        /* of the STS that gave them                         */
/* Keys that the caller has: for the calls above. token may be NULL (long-term keys); expires_ms: Unix
 * milliseconds, -1: never. */
AWSFED_API awsfed_status awsfed_credentials_new(const void *key_id, size_t key_id_n, const void *secret, size_t secret_n,
                                                const void *token, size_t token_n, int64_t expires_ms,
                                                awsfed_credentials **out, awsfed_error **err);
AWSFED_API const char   *awsfed_credentials_text(const awsfed_credentials *c, awsfed_credentials_field field, size_t *n);
AWSFED_API int64_t       awsfed_credentials_expires_ms(const awsfed_credentials *c);  /* Unix ms, -1: never or unsaid */
/* What STS answered beside the keys: "SessionTokenSize", "PackedPolicySize", "Subject", "AssumedRoleUser/AssumedRoleId". */
AWSFED_API const char   *awsfed_credentials_answer(const awsfed_credentials *c, const char *path, size_t n, size_t *text_n);
/* format: "sh", "fish", "powershell" (lines that set the environment), "process" (the JSON of
 * credential_process), "bamboo" (a properties file for the inject-variables task). The text is a
 * secret; it belongs to the credentials and is wiped with them. */
AWSFED_API awsfed_status awsfed_credentials_format(awsfed_credentials *c, const char *format, size_t n,
                                                   const char **text, size_t *text_n, awsfed_error **err);
AWSFED_API void          awsfed_credentials_free(awsfed_credentials *c);

/* ---- what is kept: credentials, sessions at identity providers, attempts with passwords ---------- */
/* That lies in the store of the settings (cache, cache_folder, cache_key) and in the context's memory. Never a secret. Where
 * the settings have a connector: of credentials those that came by it, for the principal who asks. */
typedef struct awsfed_kept awsfed_kept;
typedef int32_t awsfed_kept_field;
enum { AWSFED_KEPT_ID = 0, AWSFED_KEPT_KIND = 1,        /* "credentials", "session", "attempts"         */
       AWSFED_KEPT_CONNECTOR = 2, AWSFED_KEPT_USER = 3, AWSFED_KEPT_PRINCIPAL = 4,
       AWSFED_KEPT_TARGET = 5,                          /* of attempts: the identity provider's origin  */
       AWSFED_KEPT_ROLE_ARN = 6, AWSFED_KEPT_ACCOUNT = 7, AWSFED_KEPT_SESSION_ARN = 8,
       AWSFED_KEPT_SOURCE_IDENTITY = 9 };
AWSFED_API awsfed_status awsfed_kept_list(const awsfed_context *c, const awsfed_settings *s, awsfed_cancel *cancel,
                                          awsfed_kept **out, awsfed_error **err);
AWSFED_API size_t        awsfed_kept_count(const awsfed_kept *k);
AWSFED_API const char   *awsfed_kept_text(const awsfed_kept *k, size_t index, awsfed_kept_field field, size_t *n);
AWSFED_API int64_t       awsfed_kept_since_ms(const awsfed_kept *k, size_t index);   /* Unix ms, -1: unsaid          */
AWSFED_API int64_t       awsfed_kept_expires_ms(const awsfed_kept *k, size_t index); /* Unix ms, -1: unsaid          */
AWSFED_API int64_t       awsfed_kept_attempts(const awsfed_kept *k, size_t index);   /* that are remembered          */
AWSFED_API void          awsfed_kept_free(awsfed_kept *k);
/* Erases credentials and sessions: that of the id (eight characters of it do, where only one has them), or those of the
 * user, or, with both NULL, all. *count: how many there were; it may be NULL. Other processes may have some in memory. */
AWSFED_API awsfed_status awsfed_kept_erase(const awsfed_context *c, const awsfed_settings *s, const char *id, size_t id_n,
    const char *user, size_t user_n, awsfed_cancel *cancel, size_t *count, awsfed_error **err);
/* Forgets what was tried with the passwords of the user of the settings at their idp_url: a refused one may be sent
 * again. Let administrators alone do that: it takes away what keeps the account from being locked. */
AWSFED_API awsfed_status awsfed_forget(const awsfed_context *c, const awsfed_settings *s, awsfed_cancel *cancel,
                                       awsfed_error **err);

/* ---- doctor: the way of a sign-in, step by step --------------------------------------------------- */
/* Looks at the settings, the secrets' references, the ledger, the servers with their certificates and clocks, the first page
 * of the sign-in, the metadata and STS, and reports each step. A report that could be made is AWSFED_OK, whatever is in it.
 * No password is sent but with AWSFED_DOCTOR_PASSWORD: then once, past the same ledger as any other. */
typedef struct awsfed_report awsfed_report;
enum {
    AWSFED_DOCTOR_PASSWORD = 1,   /* the whole sign-in, and what its response says                 */
    AWSFED_DOCTOR_TRADE    = 2,   /* the response goes to STS, too; the credentials are dropped    */
    AWSFED_DOCTOR_RECORD   = 4    /* awsfed_report_talk: what was said, without names and secrets  */
};
AWSFED_API awsfed_status awsfed_doctor(const awsfed_context *c, const awsfed_settings *s, uint32_t flags,
                                       awsfed_cancel *cancel, awsfed_report **out, awsfed_error **err);
typedef int32_t awsfed_report_field;
enum {
    AWSFED_REPORT_STEP    = 0,   /* its name: "idp-connection", docs/guide/doctor.md                */
    AWSFED_REPORT_OUTCOME = 1,   /* "ok", "warning", "failed", "skipped"                            */
    AWSFED_REPORT_FOUND   = 2,   /* what was found, for a person                                   */
    AWSFED_REPORT_ADVICE  = 3,   /* what to try next; a list has one item a line                    */
    AWSFED_REPORT_CODE    = 4,   /* of the error behind it, see docs/errors.md                      */
    AWSFED_REPORT_SETTING = 5    /* the setting at fault                                           */
};
AWSFED_API int          awsfed_report_healthy(const awsfed_report *r);     /* 1: no step failed; 0 for NULL */
AWSFED_API size_t       awsfed_report_count(const awsfed_report *r);
AWSFED_API const char  *awsfed_report_text(const awsfed_report *r, size_t index, awsfed_report_field field, size_t *n);
/* NULL where none was wished for, or none could be made: the step "record" says why. */
AWSFED_API const char  *awsfed_report_talk(const awsfed_report *r, size_t *n);
AWSFED_API void         awsfed_report_free(awsfed_report *r);

/* ---- policies: what a session may do, computed here, without asking AWS ---------------------------- */
/* What is permitted to a session is what both the role's policies and the session policies allow. These functions read, judge
 * and compare policy documents (IAM User Guide, "IAM JSON policy reference"); none of them waits for anything. */

/* A document that was read, ready to be asked. Immutable: many threads may use one. */
typedef struct awsfed_policy awsfed_policy;
/* type: "identity", "session", "boundary", "resource", "trust", "scp", "rcp", "endpoint". At most 1 MiB. A text that AWS
 * would refuse is AWSFED_OK, too: then awsfed_policy_accepted is 0, and the findings say why. */
AWSFED_API awsfed_status awsfed_policy_parse(const char *text, size_t n, const char *type, size_t type_n,
                                             awsfed_policy **out, awsfed_error **err);
AWSFED_API int           awsfed_policy_accepted(const awsfed_policy *p);   /* 1: nothing refuses it; 0 for NULL */
/* As it would be sent: without blanks that do not count. NULL of one whose form AWS refuses. */
AWSFED_API const char   *awsfed_policy_text(const awsfed_policy *p, size_t *n);
typedef int32_t awsfed_finding_field;
enum {
    AWSFED_FINDING_CODE     = 0,  /* "unknown-action", docs/policy-findings.md                      */
    AWSFED_FINDING_SEVERITY = 1,  /* "refused": AWS does not take the document; "dead": this part never
                                   * matches; "warning": it allows more than one may think; "suggestion"  */
    AWSFED_FINDING_WHAT     = 2,  /* one sentence                                                   */
    AWSFED_FINDING_ADVICE   = 3,
    AWSFED_FINDING_POINTER  = 4   /* RFC 6901: "/Statement/0/Action/1"                              */
};
AWSFED_API size_t        awsfed_policy_finding_count(const awsfed_policy *p);
AWSFED_API const char   *awsfed_policy_finding_text(const awsfed_policy *p, size_t index, awsfed_finding_field field, size_t *n);
/* Where: offset and length in bytes, from 0; line and column (in characters) from 1. Each pointer may be NULL. */
AWSFED_API void          awsfed_policy_finding_place(const awsfed_policy *p, size_t index, size_t *offset, size_t *length,
                                                     size_t *line, size_t *column);
AWSFED_API void          awsfed_policy_free(awsfed_policy *p);
/* A policy from a text with {{name}} in it and values for the names, a JSON object of texts: {"branch": "main"}. A value stands for
 * itself alone wherever it goes: no quote, wildcard or variable in it has a meaning. Where that cannot be had, it is refused. */
AWSFED_API awsfed_status awsfed_policy_fill(const char *text, size_t n, const char *values, size_t values_n, const char *type,
                                            size_t type_n, awsfed_policy **out, awsfed_error **err);

/* The policies around a request, layer by layer. A layer without a policy is not there, and does not limit. */
typedef struct awsfed_policies awsfed_policies;
typedef int32_t awsfed_layer;
enum {
    AWSFED_LAYER_SCP = 0, AWSFED_LAYER_RCP = 1, AWSFED_LAYER_ENDPOINT = 2,
    AWSFED_LAYER_RESOURCE = 3,    /* of the resource; for sts:AssumeRole and its like the role's trust policy */
    AWSFED_LAYER_IDENTITY = 4,    /* of the role or user                                            */
    AWSFED_LAYER_BOUNDARY = 5,
    AWSFED_LAYER_SESSION = 6,     /* inline and by ARN: united with each other                      */
    AWSFED_LAYER_SERVICE = 7      /* AWS itself, not a policy: in decisions alone                   */
};
AWSFED_API awsfed_status awsfed_policies_new(awsfed_policies **out, awsfed_error **err);
/* level: of an SCP or RCP, 0 is the root of the organisation; else 0. The policy is kept alive. At most one resource policy. What
 * was read as a policy of another kind (with principals, or without) is AWSFED_E_USAGE. */
AWSFED_API awsfed_status awsfed_policies_add(awsfed_policies *s, awsfed_layer layer, size_t level, const awsfed_policy *p,
                                             awsfed_error **err);
AWSFED_API void          awsfed_policies_free(awsfed_policies *s);

/* A request that policies are asked about. */
typedef struct awsfed_access awsfed_access;
/* "s3:GetObject" on "arn:aws:s3:::bucket/key"; "*" for an action without resources. */
AWSFED_API awsfed_status awsfed_access_new(const char *action, size_t action_n, const char *resource, size_t resource_n,
                                           awsfed_access **out, awsfed_error **err);
/* name: "principal" (ARN of a user, role, session or federated user; a service's name; * for nobody), "role_arn" (of a session
 * whose role has a path), "federated_by" (the user behind GetFederationToken), "identity_provider" (what trust policies call
 * Federated), "canonical_user", "resource_account" (when it is not the principal's). */
AWSFED_API awsfed_status awsfed_access_set(awsfed_access *a, const char *name, size_t name_n, const char *value, size_t value_n,
                                           awsfed_error **err);
/* Adds a value of a condition key: "aws:SourceIp". */
AWSFED_API awsfed_status awsfed_access_context(awsfed_access *a, const char *key, size_t key_n, const char *value,
                                               size_t value_n, awsfed_error **err);
AWSFED_API void          awsfed_access_free(awsfed_access *a);

typedef int32_t awsfed_decision;
enum { AWSFED_DECISION_NONE = 0,  /* an argument is NULL                                            */
       AWSFED_DECISION_ALLOW = 1, AWSFED_DECISION_EXPLICIT_DENY = 2, AWSFED_DECISION_IMPLICIT_DENY = 3 };
/* What AWS would decide (IAM User Guide, "Policy evaluation logic"); takes no memory. Of an allow and an explicit deny: which
 * statement of which policy of which layer, -1 where no policy did. Of an implicit deny: the layers that lack an allow, one bit
 * each (1 << AWSFED_LAYER_SESSION). Each pointer may be NULL. */
AWSFED_API awsfed_decision awsfed_policies_evaluate(const awsfed_policies *s, const awsfed_access *a, awsfed_layer *layer,
                                                    int64_t *level, int64_t *policy, int64_t *statement, uint32_t *missing);

/* Questions about all requests at once. `steps` bounds the work, so that an answer depends on no clock: 0 is the usual
 * bound; what is not decided within it is answered "unknown", never guessed. */
typedef struct awsfed_analysis awsfed_analysis;
/* What the identity policies and the session policies both allow, as one document (two where it cannot be said exactly).
 * Answer: "exact", "approximate", "unknown" (no document). Of keys that are asked without ForAnyValue or ForAllValues it holds
 * for requests that give them one value: what AWS does with several, it does not say. */
AWSFED_API awsfed_status awsfed_policies_intersect(const awsfed_policies *s, uint64_t steps, awsfed_analysis **out,
                                                   awsfed_error **err);
/* What in the session policies has an effect, given the identity policies: each statement, action and resource. Answer:
 * "useful", "partly-dead", "dead", "unknown". */
AWSFED_API awsfed_status awsfed_policies_session_report(const awsfed_policies *s, uint64_t steps, awsfed_analysis **out,
                                                        awsfed_error **err);
/* The identity policies of both: answer "equal", "within" (a allows nothing that b does not), "contains", "different",
 * "unknown"; each no has a request that shows it. Each direction has the steps for itself. */
AWSFED_API awsfed_status awsfed_policies_compare(const awsfed_policies *a, const awsfed_policies *b, uint64_t steps,
                                                 awsfed_analysis **out, awsfed_error **err);
enum {
    AWSFED_SHRINK_WILDCARDS = 1,  /* also by wildcards that match the same actions of today: they grow with AWS */
    AWSFED_SHRINK_SPLIT     = 2   /* over several documents where one does not do                   */
};
/* The same policy in fewer characters, proved to be the same. chars_max: 0 is what STS takes (2,048). Answer: "fits",
 * "too-long", "unknown" (then it is as it was). */
AWSFED_API awsfed_status awsfed_policy_shrink(const awsfed_policy *p, uint32_t flags, size_t chars_max, uint64_t steps,
                                              awsfed_analysis **out, awsfed_error **err);
AWSFED_API const char   *awsfed_analysis_answer(const awsfed_analysis *a, size_t *n);
AWSFED_API const char   *awsfed_analysis_json(const awsfed_analysis *a, size_t *n);  /* all of it, docs/guide/policies.md */
AWSFED_API size_t        awsfed_analysis_document_count(const awsfed_analysis *a);   /* what came out, as policies */
AWSFED_API const char   *awsfed_analysis_document(const awsfed_analysis *a, size_t index, size_t *n);
AWSFED_API void          awsfed_analysis_free(awsfed_analysis *a);

/* ---- lists -------------------------------------------------------------------------------------- */
AWSFED_API size_t       awsfed_names_count(const awsfed_names *l);
AWSFED_API const char  *awsfed_names_at(const awsfed_names *l, size_t index, size_t *n);
AWSFED_API void         awsfed_names_free(awsfed_names *l);

#ifdef __cplusplus
}
#endif
#endif /* AWSFED_H */
