// The two calls to the C library that Swift's Glibc module lacks.
#ifndef CLIBRARY_H
#define CLIBRARY_H

#include <stdbool.h>

/// Whether the kernel says that something (NTP, PTP, a radio) holds the wall clock: adjtimex(2).
bool clock_is_synchronised(void);

/// Has all threads share so many heaps, from now on: M_ARENA_MAX of mallopt(3).
void keep_heaps(int most);

#endif
