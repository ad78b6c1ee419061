/* From a user's password and a role to AWS credentials: cc obtain.c $(pkg-config --cflags --libs awsfed) */
#include <awsfed.h>

#include <stdio.h>
#include <string.h>

int main(void) {
    const char* password = "from your own credential store";
    awsfed_settings* settings = NULL;
    awsfed_context* context = NULL;
    awsfed_credentials* keys = NULL;
    awsfed_error* error = NULL;
    const char* lines = NULL;

    if (awsfed_settings_new(&settings, &error) ||
        awsfed_settings_load(settings, "/etc/awsfed/config", AWSFED_NUL, "deploy", AWSFED_NUL, &error) ||
        awsfed_settings_set_secret(settings, "password", AWSFED_NUL, password, strlen(password), &error) ||
        awsfed_context_new(AWSFED_ABI, settings, &context, &error) ||
        awsfed_obtain(context, NULL, NULL, &keys, &error) ||
        awsfed_credentials_format(keys, "sh", AWSFED_NUL, &lines, NULL, &error)) {
        fprintf(stderr, "%s\n%s\n", awsfed_error_text(error, AWSFED_ERROR_MESSAGE, NULL),
                awsfed_error_text(error, AWSFED_ERROR_ADVICE, NULL));
    } else {
        fputs(lines, stdout);
    }
    awsfed_error_free(error);
    awsfed_credentials_free(keys);
    awsfed_context_free(context);
    awsfed_settings_free(settings);
    return lines == NULL;
}
