// Counts the syncs of a program that it is preloaded into: a 64-bit number in the file that SYNCS names, which is there. With
// SYNC_MICROSECONDS each sync takes so much longer, as on a slower disk.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static atomic_ullong *count;
static struct timespec pace;

__attribute__((constructor)) static void take_orders(void) {
    const char *microseconds = getenv("SYNC_MICROSECONDS");
    long longer = microseconds ? atol(microseconds) : 0;
    pace = (struct timespec){.tv_sec = longer / 1000000, .tv_nsec = longer % 1000000 * 1000};
    const char *path = getenv("SYNCS");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *page = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) count = page;
    close(file);
}

static int counted(const char *name, int file) {
    int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (count) atomic_fetch_add(count, 1);
    nanosleep(&pace, NULL);
    return next(file);
}

int fsync(int file) { return counted("fsync", file); }
int fdatasync(int file) { return counted("fdatasync", file); }
