// The one clock call that Swift's Glibc module lacks.
#ifndef CCLOCK_H
#define CCLOCK_H

#include <stdbool.h>

/// Whether the kernel says that something (NTP, PTP, a radio) holds the wall clock: adjtimex(2).
bool clock_is_synchronised(void);

#endif
