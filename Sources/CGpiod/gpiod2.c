// The interface of CGpiod.h over libgpiod 2, which Debian 13 ships.

#include "versions.h"

#include <gpiod.h>

#ifndef GPIOD_LINE_BULK_MAX_LINES // version 1 has bulks

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// A request of one line, with room for its edges, so that nothing is allocated once it is there.
struct mila_line {
    struct gpiod_line_request *request;
    struct gpiod_edge_event_buffer *edges;
    unsigned int offset;
};

static struct gpiod_chip *chip_of(mila_chip *chip) { return (struct gpiod_chip *)chip; }

const char *mila_gpiod_version(void) { return gpiod_api_version(); }
bool mila_gpiod_debounces(void) { return true; }

mila_chip *chip_at(const char *path) { return (mila_chip *)gpiod_chip_open(path); }
void mila_chip_close(mila_chip *chip) { gpiod_chip_close(chip_of(chip)); }

int chip_has_label(mila_chip *chip, const char *label) {
    struct gpiod_chip_info *info = gpiod_chip_get_info(chip_of(chip));
    if (!info) return failure();
    int fits = strcmp(gpiod_chip_info_get_label(info), label) == 0;
    gpiod_chip_info_free(info);
    return fits;
}

int chip_line_count(mila_chip *chip) {
    struct gpiod_chip_info *info = gpiod_chip_get_info(chip_of(chip));
    if (!info) return failure();
    int count = (int)gpiod_chip_info_get_num_lines(info);
    gpiod_chip_info_free(info);
    return count;
}

int line_has_name(mila_chip *chip, unsigned int offset, const char *name) {
    struct gpiod_line_info *info = gpiod_chip_get_line_info(chip_of(chip), offset);
    if (!info) return failure();
    const char *own = gpiod_line_info_get_name(info);
    int fits = own && strcmp(own, name) == 0;
    gpiod_line_info_free(info);
    return fits;
}

int mila_chip_inspect(mila_chip *chip, unsigned int offset, mila_line_state *state) {
    struct gpiod_line_info *info = gpiod_chip_get_line_info(chip_of(chip), offset);
    if (!info) return failure();
    state->used = gpiod_line_info_is_used(info);
    state->output = gpiod_line_info_get_direction(info) == GPIOD_LINE_DIRECTION_OUTPUT;
    const char *consumer = gpiod_line_info_get_consumer(info);
    snprintf(state->consumer, sizeof state->consumer, "%s", consumer ? consumer : "");
    gpiod_line_info_free(info);
    return 0;
}

/// Requests one line with these settings, which stay the caller's.
static int request(mila_chip *chip, unsigned int offset, struct gpiod_line_settings *settings, mila_line **line) {
    int result = 0;
    struct gpiod_request_config *config = gpiod_request_config_new();
    struct gpiod_line_config *lines = gpiod_line_config_new();
    struct mila_line *made = calloc(1, sizeof *made);
    if (!config || !lines || !made) {
        result = -ENOMEM;
        goto end;
    }
    made->offset = offset;
    made->edges = gpiod_edge_event_buffer_new(EDGES_IN_ONE_READ);
    if (!made->edges) {
        result = failure();
        goto end;
    }
    gpiod_request_config_set_consumer(config, CONSUMER);
    if (gpiod_line_config_add_line_settings(lines, &offset, 1, settings) != 0 ||
        !(made->request = gpiod_chip_request_lines(chip_of(chip), config, lines))) {
        result = failure();
        goto end;
    }
    *line = made;
    made = NULL;
end:
    if (made) {
        if (made->edges) gpiod_edge_event_buffer_free(made->edges);
        free(made);
    }
    if (lines) gpiod_line_config_free(lines);
    if (config) gpiod_request_config_free(config);
    return result;
}

int mila_line_request_output(mila_chip *chip, unsigned int offset, bool active_low, bool active, mila_line **line) {
    *line = NULL;
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    if (!settings) return failure();
    int result = gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
    if (result == 0) {
        result = gpiod_line_settings_set_output_value(settings, active ? GPIOD_LINE_VALUE_ACTIVE
                                                                       : GPIOD_LINE_VALUE_INACTIVE);
    }
    gpiod_line_settings_set_active_low(settings, active_low);
    result = result == 0 ? request(chip, offset, settings, line) : failure();
    gpiod_line_settings_free(settings);
    return result;
}

static enum gpiod_line_bias pull(mila_bias bias) {
    switch (bias) {
    case mila_bias_as_is: return GPIOD_LINE_BIAS_AS_IS;
    case mila_bias_disabled: return GPIOD_LINE_BIAS_DISABLED;
    case mila_bias_pull_up: return GPIOD_LINE_BIAS_PULL_UP;
    case mila_bias_pull_down: return GPIOD_LINE_BIAS_PULL_DOWN;
    }
}

int mila_line_request_input(mila_chip *chip, unsigned int offset, bool active_low, mila_bias bias, uint32_t debounce,
                            mila_line **line) {
    *line = NULL;
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    if (!settings) return failure();
    int result = gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
    if (result == 0) result = gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
    if (result == 0) result = gpiod_line_settings_set_bias(settings, pull(bias));
    gpiod_line_settings_set_active_low(settings, active_low);
    gpiod_line_settings_set_debounce_period_us(settings, debounce);
    result = result == 0 ? request(chip, offset, settings, line) : failure();
    gpiod_line_settings_free(settings);
    return result;
}

int mila_line_set(mila_line *line, bool active) {
    enum gpiod_line_value value = active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
    return gpiod_line_request_set_value(line->request, line->offset, value) == 0 ? 0 : failure();
}

int mila_line_level(mila_line *line) {
    switch (gpiod_line_request_get_value(line->request, line->offset)) {
    case GPIOD_LINE_VALUE_ACTIVE: return 1;
    case GPIOD_LINE_VALUE_INACTIVE: return 0;
    case GPIOD_LINE_VALUE_ERROR: break;
    }
    return failure();
}

int mila_line_descriptor(mila_line *line) { return gpiod_line_request_get_fd(line->request); }

int mila_line_drain(mila_line *line, uint64_t *latest) {
    int taken = 0;
    for (int reads = 0; reads < READS_IN_ONE_DRAIN; reads++) {
        // The descriptor blocks, so ask first whether there is something to read.
        int ready = gpiod_line_request_wait_edge_events(line->request, 0);
        if (ready < 0) return failure();
        if (ready == 0) break;
        int count = gpiod_line_request_read_edge_events(line->request, line->edges, EDGES_IN_ONE_READ);
        if (count < 0) return failure();
        if (count == 0) break;
        struct gpiod_edge_event *last = gpiod_edge_event_buffer_get_event(line->edges, (unsigned long)count - 1);
        *latest = gpiod_edge_event_get_timestamp_ns(last);
        taken += count;
    }
    return taken;
}

void mila_line_release(mila_line *line) {
    gpiod_line_request_release(line->request);
    gpiod_edge_event_buffer_free(line->edges);
    free(line);
}

#endif
