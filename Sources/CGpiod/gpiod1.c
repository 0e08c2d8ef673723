// The interface of CGpiod.h over libgpiod 1.6, which Debian 12 ships.

#include "versions.h"

#if !__has_include(<gpiod.h>)
#error "libgpiod's header is missing: install the package libgpiod-dev"
#endif
#include <gpiod.h>

#ifdef GPIOD_LINE_BULK_MAX_LINES // version 2 has no bulks

#include <stdio.h>
#include <string.h>

// A chip of ours is libgpiod's chip, and a line of ours libgpiod's line: nothing to add, so nothing to allocate.
static struct gpiod_chip *chip_of(mila_chip *chip) { return (struct gpiod_chip *)chip; }
static struct gpiod_line *line_of(mila_line *line) { return (struct gpiod_line *)line; }

const char *mila_gpiod_version(void) { return gpiod_version_string(); }
bool mila_gpiod_debounces(void) { return false; }

mila_chip *chip_at(const char *path) { return (mila_chip *)gpiod_chip_open(path); }
void mila_chip_close(mila_chip *chip) { gpiod_chip_close(chip_of(chip)); }

int chip_has_label(mila_chip *chip, const char *label) { return strcmp(gpiod_chip_label(chip_of(chip)), label) == 0; }
int chip_line_count(mila_chip *chip) { return (int)gpiod_chip_num_lines(chip_of(chip)); }

int line_has_name(mila_chip *chip, unsigned int offset, const char *name) {
    struct gpiod_line *line = gpiod_chip_get_line(chip_of(chip), offset);
    if (!line) return failure();
    const char *own = gpiod_line_name(line);
    return own && strcmp(own, name) == 0;
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

static int request(mila_chip *chip, unsigned int offset, int type, int flags, int first, mila_line **line) {
    *line = NULL;
    struct gpiod_line *found = gpiod_chip_get_line(chip_of(chip), offset);
    if (!found) return failure();
    struct gpiod_line_request_config config = {.consumer = CONSUMER, .request_type = type, .flags = flags};
    if (gpiod_line_request(found, &config, first) != 0) return failure();
    *line = (mila_line *)found;
    return 0;
}

static int polarity(bool active_low) { return active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0; }

static int pull(mila_bias bias) {
    switch (bias) {
    case mila_bias_as_is: return 0;
    case mila_bias_disabled: return GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
    case mila_bias_pull_up: return GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
    case mila_bias_pull_down: return GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
    }
}

int mila_line_request_output(mila_chip *chip, unsigned int offset, bool active_low, bool active, mila_line **line) {
    return request(chip, offset, GPIOD_LINE_REQUEST_DIRECTION_OUTPUT, polarity(active_low), active, line);
}

int mila_line_request_input(mila_chip *chip, unsigned int offset, bool active_low, mila_bias bias, uint32_t debounce,
                            mila_line **line) {
    (void)debounce;
    return request(chip, offset, GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES, polarity(active_low) | pull(bias), 0, line);
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

#endif
