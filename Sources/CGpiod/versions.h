// What the two versions of libgpiod do differently when chips and lines are looked for, as far as it takes to look in the
// same way: finding.c looks, gpiod1.c or gpiod2.c answers.

#ifndef MILA_GPIOD_VERSIONS_H
#define MILA_GPIOD_VERSIONS_H

#include "CGpiod.h"

#include <errno.h>

#define CONSUMER "mila-lock-guard"
#define EDGES_IN_ONE_READ 16
#define READS_IN_ONE_DRAIN 4

/// The chip at a path, or NULL with errno.
mila_chip *chip_at(const char *path);
/// Whether a chip has this label: 1 or 0, or a negative errno.
int chip_has_label(mila_chip *chip, const char *label);
/// How many lines a chip has, or a negative errno.
int chip_line_count(mila_chip *chip);
/// Whether the line at an offset has this name: 1 or 0, or a negative errno.
int line_has_name(mila_chip *chip, unsigned int offset, const char *name);

/// The error of the call that just failed, as a negative errno.
static inline int failure(void) { return errno > 0 ? -errno : -EIO; }

#endif
