/* Makes the same call of the C interface over and over, on threads that share one context:
 *     calls assume-role|obtain THREADS CALLS NAME=VALUE...
 * NAME=VALUE are settings; NAME=@VARIABLE is a secret, whose bytes are in the environment. The keys of assume-role come
 * by BENCH_KEY_ID and BENCH_SECRET_KEY of the environment. Prints as JSON what it did and used; the calls that warm up
 * are made before, and not measured. With no CALLS it makes its first call alone, and prints what memory that took. */
#include "awsfed.h"
#include "used.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WARM_UP_CALLS = 2, THREADS_MAX = 64 };

typedef struct {
    const awsfed_context* context;
    const awsfed_credentials* source; /* NULL: obtain */
    int calls;
    int failed;
} Job;

/* Prints what went wrong, and frees it. */
static int good(awsfed_status status, awsfed_error* error) {
    if (status != AWSFED_OK)
        fprintf(stderr, "calls: %s\n", awsfed_error_text(error, AWSFED_ERROR_MESSAGE, NULL));
    awsfed_error_free(error);
    return status == AWSFED_OK;
}

static void* work(void* user) {
    Job* job = user;
    int i;
    for (i = 0; i < job->calls && !job->failed; ++i) {
        awsfed_credentials* keys = NULL;
        awsfed_error* error = NULL;
        const awsfed_status status = job->source != NULL
                                         ? awsfed_assume_role(job->context, NULL, job->source, NULL, &keys, &error)
                                         : awsfed_obtain(job->context, NULL, NULL, &keys, &error);
        job->failed = !good(status, error);
        awsfed_credentials_free(keys);
    }
    return NULL;
}

/* This thread takes the first part, so that one thread is the whole process, as it is for the peers. */
static int all_work(const Job* pattern, int threads, int calls) {
    pthread_t ids[THREADS_MAX];
    Job jobs[THREADS_MAX];
    int failed = 0;
    int i;
    for (i = 0; i < threads; ++i) {
        jobs[i] = *pattern;
        jobs[i].calls = calls / threads + (i < calls % threads);
    }
    for (i = 1; i < threads; ++i)
        if (pthread_create(&ids[i], NULL, work, &jobs[i]) != 0)
            abort();
    work(&jobs[0]);
    for (i = 0; i < threads; ++i) {
        if (i > 0)
            pthread_join(ids[i], NULL);
        failed |= jobs[i].failed;
    }
    return !failed;
}

static awsfed_status set(awsfed_settings* s, const char* name, size_t size, const char* value, awsfed_error** error) {
    if (*value != '@')
        return awsfed_settings_set(s, name, size, value, AWSFED_NUL, error);
    value = getenv(value + 1); // NOLINT(concurrency-mt-unsafe): no thread has begun yet
    return awsfed_settings_set_secret(s, name, size, value != NULL ? value : "", AWSFED_NUL, error);
}

static awsfed_context* context_of(char** settings, int count) {
    awsfed_settings* s = NULL;
    awsfed_context* context = NULL;
    awsfed_error* error = NULL;
    int fine = good(awsfed_settings_new(&s, &error), error);
    int i;
    for (i = 0; fine && i < count; ++i) {
        const char* equals = strchr(settings[i], '=');
        if (equals == NULL)
            break;
        error = NULL;
        fine = good(set(s, settings[i], (size_t)(equals - settings[i]), equals + 1, &error), error);
    }
    error = NULL;
    if (fine && i == count)
        good(awsfed_context_new(AWSFED_ABI, s, &context, &error), error);
    awsfed_settings_free(s);
    return context;
}

static awsfed_credentials* source_keys(void) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has begun yet
    const char* id = getenv("BENCH_KEY_ID");
    const char* secret = getenv("BENCH_SECRET_KEY"); // NOLINT(concurrency-mt-unsafe): as above
    awsfed_credentials* keys = NULL;
    awsfed_error* error = NULL;
    if (id != NULL && secret != NULL)
        good(awsfed_credentials_new(id, strlen(id), secret, strlen(secret), NULL, 0, -1, &keys, &error), error);
    return keys;
}

int main(int argc, char** argv) {
    const int threads = argc > 3 ? atoi(argv[2]) : 0;
    const int calls = argc > 3 ? atoi(argv[3]) : 0;
    const int with_keys = argc > 3 && strcmp(argv[1], "assume-role") == 0;
    awsfed_context* context = NULL;
    awsfed_credentials* source = NULL;
    Job job = {NULL, NULL, 0, 0};
    int fine = 0;
    if (threads < 1 || threads > THREADS_MAX || calls < 0 || (!with_keys && strcmp(argv[1], "obtain") != 0)) {
        fputs("usage: calls assume-role|obtain THREADS CALLS NAME=VALUE...\n", stderr);
        return 2;
    }
    context = context_of(argv + 4, argc - 4);
    source = with_keys ? source_keys() : NULL;
    if (context != NULL && (source != NULL || !with_keys)) {
        job.context = context;
        job.source = source;
        job.calls = calls == 0 ? 1 : WARM_UP_CALLS;
        work(&job);
        fine = !job.failed;
        if (fine && calls == 0) {
            printf("{\"peak_kib\": %ld}\n", peak_kib());
        } else if (fine) {
            const double wall = wall_s();
            const double cpu = cpu_s();
            fine = all_work(&job, threads, calls);
            printf("{\"calls\": %d, \"warm_up\": %d, \"wall_s\": %.6f, \"cpu_s\": %.6f}\n", calls, WARM_UP_CALLS,
                   wall_s() - wall, cpu_s() - cpu);
        }
    }
    awsfed_credentials_free(source);
    awsfed_context_free(context);
    return !fine;
}
