/* Loads a shared object, and says what came with it: load OBJECT [BEFORE...]
 * Each BEFORE is loaded first and not counted: what the host of a plug-in has anyway. Prints as JSON the time, the
 * objects in the process before and after, and the bytes that the new ones map. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <time.h>

typedef struct {
    int objects;
    size_t bytes;
} Census;

static int count_object(struct dl_phdr_info* object, size_t size, void* user) {
    Census* census = user;
    int i;
    (void)size;
    ++census->objects;
    for (i = 0; i < object->dlpi_phnum; ++i)
        if (object->dlpi_phdr[i].p_type == PT_LOAD)
            census->bytes += object->dlpi_phdr[i].p_memsz;
    return 0;
}

static Census census_now(void) {
    Census census = {0, 0};
    dl_iterate_phdr(count_object, &census);
    return census;
}

static double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int argc, char** argv) {
    Census before;
    Census after;
    double started;
    double took;
    int i;
    for (i = 2; i < argc; ++i)
        if (dlopen(argv[i], RTLD_NOW | RTLD_GLOBAL) == NULL) {
            fprintf(stderr, "load: %s\n", dlerror()); // NOLINT(concurrency-mt-unsafe): there is one thread
            return 1;
        }
    before = census_now();
    started = now_us();
    if (argc < 2 || dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) == NULL) {
        fprintf(stderr, "load: %s\n",
                argc < 2 ? "usage: load OBJECT [BEFORE...]"
                         : dlerror()); // NOLINT(concurrency-mt-unsafe): there is one thread
        return 1;
    }
    took = now_us() - started;
    after = census_now();
    printf("{\"us\": %.1f, \"before\": %d, \"after\": %d, \"bytes\": %zu}\n", took, before.objects, after.objects,
           after.bytes - before.bytes);
    return 0;
}
