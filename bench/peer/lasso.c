/* Lasso's side of saml.cpp: lasso RESPONSE METADATA SP_METADATA COUNT

   Prints JSON: CPU microseconds of one verification; status 1 and "refused: " when Lasso does not take the response.
   A login object serves one response, as its makers have it. Times and audience are left to the host by Lasso, and are
   not in the figure. */
#include <lasso/lasso.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static double cpu_us(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static int verify(LassoServer* server, char* response) {
    LassoLogin* login = lasso_login_new(server);
    const int status = lasso_login_process_authn_response_msg(login, response);
    g_object_unref(login);
    if (status != 0)
        fprintf(stderr, "refused: %s\n", lasso_strerror(status));
    return status;
}

static char* read_base64(const char* path) {
    gchar* text = NULL;
    gsize size = 0;
    if (!g_file_get_contents(path, &text, &size, NULL))
        return NULL;
    char* response = g_base64_encode((const guchar*)text, size);
    g_free(text);
    return response;
}

static int measure(LassoServer* server, char* response, int count) {
    if (verify(server, response) != 0) /* warm, and the only one that may be refused */
        return 1;
    const double started = cpu_us();
    for (int i = 0; i < count; ++i)
        if (verify(server, response) != 0)
            return 1;
    printf("{\"us\": %.2f}\n", (cpu_us() - started) / count);
    return 0;
}

int main(int argc, char** argv) {
    const int count = argc == 5 ? atoi(argv[4]) : 0;
    if (count < 1 || lasso_init() != 0)
        return 2;
    LassoServer* server = lasso_server_new(argv[3], NULL, NULL, NULL);
    char* response = read_base64(argv[1]);
    if (server == NULL || response == NULL ||
        lasso_server_add_provider(server, LASSO_PROVIDER_ROLE_IDP, argv[2], NULL, NULL) != 0)
        return 2;
    const int status = measure(server, response, count);
    g_free(response);
    g_object_unref(server);
    lasso_shutdown();
    return status;
}
