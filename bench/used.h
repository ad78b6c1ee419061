/* What this process has used so far: time, and memory at its peak. */
#ifndef AWSFED_BENCH_USED_H
#define AWSFED_BENCH_USED_H

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static inline double wall_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* User and system, of all threads. */
static inline double cpu_s(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* By the kernel's status, as getrusage() counts the pages of who forked it, too. -1 where that cannot be read. */
static inline long peak_kib(void) {
    char line[128];
    long kib = -1;
    FILE* status = fopen("/proc/self/status", "r");
    if (!status)
        return -1;
    while (kib < 0 && fgets(line, sizeof line, status))
        (void)sscanf(line, "VmHWM: %ld", &kib); // NOLINT(cert-err34-c): the kernel's own number
    fclose(status);
    return kib;
}

#endif
