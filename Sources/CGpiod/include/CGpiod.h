// One small opaque interface over libgpiod, so that the guard's code does not know which version a board has.
// A line is always requested alone: version 1 drives the wrong lines when part of a bulk is set.
//
// Each function is one operation, so that the caller can name what failed; one that can fail returns a negative errno.
// Lines are found by their chip's label and their own name, because numbers move between kernels; a name that two
// lines or two chips share is -ENOTUNIQ, because a line that is not known with certainty must not be driven.

#ifndef MILA_CGPIOD_H
#define MILA_CGPIOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel_events.h"

/// A chip, open. It must outlive the lines requested from it.
typedef struct mila_chip mila_chip;
/// A line, requested by this process and by nobody else until it is released.
typedef struct mila_line mila_line;

/// What the kernel says of a line without requesting it.
typedef struct mila_line_state {
    /// Whether someone holds it.
    bool used;
    /// Whether it is an output.
    bool output;
    /// Who holds it, as they call themselves; empty where they don't.
    char consumer[32];
} mila_line_state;

/// What pulls an input to a level while nothing drives it.
typedef enum __attribute__((enum_extensibility(closed))) mila_bias {
    /// Whatever board and wiring give it.
    mila_bias_as_is = 0,
    /// Nothing within the chip.
    mila_bias_disabled = 1,
    /// A resistor within the chip, to the supply.
    mila_bias_pull_up = 2,
    /// A resistor within the chip, to ground.
    mila_bias_pull_down = 3,
} mila_bias;

/// The version of libgpiod in use, as text.
const char *_Nonnull mila_gpiod_version(void);
/// Whether the kernel debounces an input when it is asked to: libgpiod 2 can ask, version 1 can't.
bool mila_gpiod_debounces(void);

/// Opens the one chip with this label, or the chip at this path where the name begins with `/`.
///
/// Returns 0, or -ENOENT (no such chip), -ENOTUNIQ (several), or the system's error from opening.
int mila_chip_open(const char *_Nonnull name, mila_chip *_Nullable *_Nonnull chip);
/// Closes a chip. Lines that are still requested are released with it.
void mila_chip_close(mila_chip *_Nonnull chip);

/// Finds the one line of this name: its offset (from 0), or -ENOENT, or -ENOTUNIQ.
int mila_chip_find(mila_chip *_Nonnull chip, const char *_Nonnull name);
/// Reads what the kernel says of the line at an offset; requests nothing and moves nothing.
int mila_chip_inspect(mila_chip *_Nonnull chip, unsigned int offset, mila_line_state *_Nonnull state);

/// Requests an output. Polarity and first value are part of the request, so that the line never shows another one.
///
/// Returns 0 and the line, or -EBUSY (someone holds it), or the system's error.
int mila_line_request_output(mila_chip *_Nonnull chip, unsigned int offset, bool active_low, bool active,
                             mila_line *_Nullable *_Nonnull line);
/// Requests an input with both edges. The kernel leaves out what is shorter than `debounce`, in microseconds, where
/// mila_gpiod_debounces(); elsewhere that is ignored. Returns as mila_line_request_output does.
int mila_line_request_input(mila_chip *_Nonnull chip, unsigned int offset, bool active_low, mila_bias bias,
                            uint32_t debounce, mila_line *_Nullable *_Nonnull line);
/// Makes an output active or inactive. Returns 0 or a negative errno. Allocates nothing.
int mila_line_set(mila_line *_Nonnull line, bool active);
/// Reads a line: 1 active, 0 inactive, or a negative errno.
int mila_line_level(mila_line *_Nonnull line);
/// A descriptor that is readable while an input has unread edges; for poll and epoll only.
int mila_line_descriptor(mila_line *_Nonnull line);
/// Takes the unread edges (at most 64 in one call, without waiting): how many, or a negative errno. The time of the
/// last one, in CLOCK_MONOTONIC nanoseconds, goes to `latest`, which is left alone where there was none. The kernel drops
/// edges when its queue is full, so read the level afterwards and believe that.
int mila_line_drain(mila_line *_Nonnull line, uint64_t *_Nonnull latest);
/// Gives a line back. Whether the kernel keeps driving it depends on its driver: switch it off before.
void mila_line_release(mila_line *_Nonnull line);

#endif
