/* Obtains and frees credentials over and over: cycles START_URL STS_URL N. Memory must be flat, and no
 * thread of ours be there. Prints what it measured. */
#include "awsfed.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* KiB of private memory. Pages of shared libraries come and go with the kernel's mind. */
static long private_kib(void) {
    FILE* file = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    long total = 0;
    long kib = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "Private_Dirty: %ld", &kib) == 1 || sscanf(line, "Private_Clean: %ld", &kib) == 1)
            total += kib;
    if (file != NULL)
        fclose(file);
    return total;
}

static int entries(const char* path) {
    DIR* folder = opendir(path);
    int count = 0;
    while (folder != NULL && readdir(folder) != NULL)
        ++count;
    if (folder != NULL)
        closedir(folder);
    return count - 2;
}

static int obtain_once(const awsfed_context* c, const awsfed_settings* s) {
    awsfed_credentials* keys = NULL;
    awsfed_error* error = NULL;
    const awsfed_status status = awsfed_obtain(c, s, NULL, &keys, &error);
    if (status != AWSFED_OK)
        printf("FAIL %s\n", awsfed_error_text(error, AWSFED_ERROR_MESSAGE, NULL));
    awsfed_error_free(error);
    awsfed_credentials_free(keys);
    return status == AWSFED_OK;
}

int main(int argc, char** argv) {
    static const char* const names[] = {"idp", "idp_url", "sts_endpoint", "http_loopback", "user", "cache"};
    const char* password = "correct horse \"battery\" st\xC3\xA4ple";
    const int cycles = argc == 4 ? atoi(argv[3]) : 0;
    const char* values[6];
    awsfed_settings* s = NULL;
    awsfed_context* c = NULL;
    long before = 0;
    long after;
    int threads;
    int files = 0;
    int i;
    if (cycles < 100)
        return 2;
    values[0] = "form", values[1] = argv[1], values[2] = argv[2], values[3] = "true", values[4] = "alice",
    values[5] = "off";
    awsfed_settings_new(&s, NULL);
    for (i = 0; i < 6; ++i)
        awsfed_settings_set(s, names[i], AWSFED_NUL, values[i], AWSFED_NUL, NULL);
    awsfed_settings_set_secret(s, "password", AWSFED_NUL, password, strlen(password), NULL);
    awsfed_context_new(AWSFED_ABI, NULL, &c, NULL);
    for (i = 0; i < cycles; ++i) {
        if (!obtain_once(c, s))
            return 1;
        if (i == cycles / 5) { /* caches are warm */
            before = private_kib();
            files = entries("/proc/self/fd");
        }
    }
    after = private_kib();
    threads = entries("/proc/self/task");
    printf("%d cycles: private memory %ld KiB, %+ld KiB since cycle %d; threads %d; files %+d\n", cycles, after,
           after - before, cycles / 5, threads, entries("/proc/self/fd") - files);
    printf("%s memory is flat over %d obtain-and-free cycles\n", after - before <= 256 ? "ok" : "FAIL", cycles);
    printf("%s no thread of ours is there\n", threads == 1 ? "ok" : "FAIL");
    printf("%s no file of ours stays open\n", entries("/proc/self/fd") == files ? "ok" : "FAIL");
    awsfed_context_free(c);
    awsfed_settings_free(s);
    return !(after - before <= 256 && threads == 1);
}
