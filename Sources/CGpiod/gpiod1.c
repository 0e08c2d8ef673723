// The interface of CGpiod.h over libgpiod 1.6, which Debian 12 ships.

#include "CGpiod.h"

#if !__has_include(<gpiod.h>)
#error "libgpiod's header is missing: install the package libgpiod-dev"
#endif
#include <gpiod.h>
#ifndef GPIOD_LINE_BULK_MAX_LINES
#error "this libgpiod is version 2 or newer; the lock guard is written for version 1.6 (Debian 12) so far"
#endif

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONSUMER "mila-lock-guard"
#define EDGES_IN_ONE_READ 16
#define READS_IN_ONE_DRAIN 4

// A chip of ours is libgpiod's chip, and a line of ours libgpiod's line: nothing to add, so nothing to allocate.
static struct gpiod_chip *chip_of(mila_chip *chip) { return (struct gpiod_chip *)chip; }
static struct gpiod_line *line_of(mila_line *line) { return (struct gpiod_line *)line; }

static int failure(void) { return errno > 0 ? -errno : -EIO; }

const char *mila_gpiod_version(void) { return gpiod_version_string(); }

// gpiod_chip_open_by_label gives up at the first chip it may not open, and takes the first of several with one label.
int mila_chip_open(const char *label, mila_chip **chip) {
    *chip = NULL;
    DIR *devices = opendir("/dev");
    if (!devices) return failure();
    struct gpiod_chip *found = NULL;
    int result = -ENOENT;
    for (struct dirent *entry; result != -ENOTUNIQ && (entry = readdir(devices));) {
        if (strncmp(entry->d_name, "gpiochip", 8) != 0) continue;
        char path[sizeof("/dev/") + sizeof(entry->d_name)];
        snprintf(path, sizeof path, "/dev/%s", entry->d_name);
        struct gpiod_chip *candidate = gpiod_chip_open(path);
        if (!candidate) {
            // Remember why: the chip that could not be opened may be the one that is looked for.
            if (result == -ENOENT && errno != ENOENT) result = failure();
            continue;
        }
        if (strcmp(gpiod_chip_label(candidate), label) != 0) {
            gpiod_chip_close(candidate);
        } else if (found) {
            gpiod_chip_close(candidate);
            result = -ENOTUNIQ;
        } else {
            found = candidate;
            result = 0;
        }
    }
    closedir(devices);
    if (result == 0) {
        *chip = (mila_chip *)found;
    } else if (found) {
        gpiod_chip_close(found);
    }
    return result;
}

void mila_chip_close(mila_chip *chip) { gpiod_chip_close(chip_of(chip)); }

// gpiod_chip_find_line takes the first of several lines with one name.
int mila_chip_find(mila_chip *chip, const char *name) {
    unsigned int count = gpiod_chip_num_lines(chip_of(chip));
    int offset = -ENOENT;
    for (unsigned int index = 0; index < count; index++) {
        struct gpiod_line *line = gpiod_chip_get_line(chip_of(chip), index);
        if (!line) return failure();
        const char *candidate = gpiod_line_name(line);
        if (!candidate || strcmp(candidate, name) != 0) continue;
        if (offset >= 0) return -ENOTUNIQ;
        offset = (int)index;
    }
    return offset;
}

int mila_chip_inspect(mila_chip *chip, unsigned int offset, mila_line_state *state) {
    struct gpiod_line *line = gpiod_chip_get_line(chip_of(chip), offset);
    if (!line || gpiod_line_update(line) != 0) return failure();
    state->used = gpiod_line_is_used(line);
    state->output = gpiod_line_direction(line) == GPIOD_LINE_DIRECTION_OUTPUT;
    const char *consumer = gpiod_line_consumer(line);
    snprintf(state->consumer, sizeof state->consumer, "%s", consumer ? consumer : "");
    return 0;
}

static int request(mila_chip *chip, unsigned int offset, int type, bool active_low, int first, mila_line **line) {
    *line = NULL;
    struct gpiod_line *found = gpiod_chip_get_line(chip_of(chip), offset);
    if (!found) return failure();
    struct gpiod_line_request_config config = {
        .consumer = CONSUMER,
        .request_type = type,
        .flags = active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0,
    };
    if (gpiod_line_request(found, &config, first) != 0) return failure();
    *line = (mila_line *)found;
    return 0;
}

int mila_line_request_output(mila_chip *chip, unsigned int offset, bool active_low, bool active, mila_line **line) {
    return request(chip, offset, GPIOD_LINE_REQUEST_DIRECTION_OUTPUT, active_low, active, line);
}

int mila_line_request_input(mila_chip *chip, unsigned int offset, bool active_low, mila_line **line) {
    return request(chip, offset, GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES, active_low, 0, line);
}

int mila_line_set(mila_line *line, bool active) {
    return gpiod_line_set_value(line_of(line), active) == 0 ? 0 : failure();
}

int mila_line_level(mila_line *line) {
    int level = gpiod_line_get_value(line_of(line));
    return level < 0 ? failure() : level;
}

int mila_line_descriptor(mila_line *line) {
    int descriptor = gpiod_line_event_get_fd(line_of(line));
    return descriptor < 0 ? failure() : descriptor;
}

int mila_line_drain(mila_line *line, uint64_t *latest) {
    int taken = 0;
    for (int reads = 0; reads < READS_IN_ONE_DRAIN; reads++) {
        // The descriptor blocks, so ask first whether there is something to read.
        const struct timespec now = {0, 0};
        int ready = gpiod_line_event_wait(line_of(line), &now);
        if (ready < 0) return failure();
        if (ready == 0) break;
        struct gpiod_line_event edges[EDGES_IN_ONE_READ];
        int count = gpiod_line_event_read_multiple(line_of(line), edges, EDGES_IN_ONE_READ);
        if (count < 0) return failure();
        if (count == 0) break;
        const struct timespec *when = &edges[count - 1].ts;
        *latest = (uint64_t)when->tv_sec * 1000000000u + (uint64_t)when->tv_nsec;
        taken += count;
    }
    return taken;
}

void mila_line_release(mila_line *line) { gpiod_line_release(line_of(line)); }
