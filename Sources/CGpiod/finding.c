// Finds chips by label and lines by name, with certainty or not at all. libgpiod's own searches take the first of several
// that share a name, and version 1 gives up at the first chip that it may not open.

#include "versions.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

static int open_by_path(const char *path, mila_chip **chip) {
    *chip = chip_at(path);
    return *chip ? 0 : failure();
}

int mila_chip_open(const char *name, mila_chip **chip) {
    *chip = NULL;
    if (name[0] == '/') return open_by_path(name, chip);
    DIR *devices = opendir("/dev");
    if (!devices) return failure();
    mila_chip *found = NULL;
    int result = -ENOENT;
    for (struct dirent *entry; result != -ENOTUNIQ && (entry = readdir(devices));) {
        if (strncmp(entry->d_name, "gpiochip", 8) != 0) continue;
        char path[sizeof("/dev/") + sizeof(entry->d_name)];
        snprintf(path, sizeof path, "/dev/%s", entry->d_name);
        mila_chip *candidate = chip_at(path);
        if (!candidate) {
            // Remember why: the chip that could not be opened may be the one that is looked for.
            if (result == -ENOENT && errno != ENOENT) result = failure();
            continue;
        }
        int fits = chip_has_label(candidate, name);
        if (fits <= 0) {
            if (fits < 0 && result == -ENOENT) result = fits;
            mila_chip_close(candidate);
        } else if (found) {
            mila_chip_close(candidate);
            result = -ENOTUNIQ;
        } else {
            found = candidate;
            result = 0;
        }
    }
    closedir(devices);
    if (result == 0) {
        *chip = found;
    } else if (found) {
        mila_chip_close(found);
    }
    return result;
}

int mila_chip_find(mila_chip *chip, const char *name) {
    int count = chip_line_count(chip);
    if (count < 0) return count;
    int offset = -ENOENT;
    for (int index = 0; index < count; index++) {
        int fits = line_has_name(chip, (unsigned int)index, name);
        if (fits < 0) return fits;
        if (fits == 0) continue;
        if (offset >= 0) return -ENOTUNIQ;
        offset = index;
    }
    return offset;
}
