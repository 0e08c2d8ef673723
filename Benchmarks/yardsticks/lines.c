#define _GNU_SOURCE
#include "lines.h"

#include <fcntl.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LOCKERS = 512 };
static int files[LOCKERS], trace = -1;
static struct gpiod_line *lines[LOCKERS];

static void require(int is_right, const char *what) {
    if (is_right) return;
    perror(what);
    exit(70);
}

void lines_open(const char *place, int is_chip, int count) {
    char path[4096];
    require(count < LOCKERS, "too many lockers");
    struct gpiod_chip *chip = is_chip ? gpiod_chip_open_by_label(place) : NULL;
    require(!is_chip || chip, place);
    for (int locker = 1; locker <= count; locker++) {
        if (is_chip) {
            snprintf(path, sizeof path, "coil-%03d", locker);
            lines[locker] = gpiod_chip_find_line(chip, path);
            require(lines[locker] && gpiod_line_request_output(lines[locker], "bare", 0) == 0, path);
            continue;
        }
        snprintf(path, sizeof path, "%s/outputs/bench.coil-%03d", place, locker);
        files[locker] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        require(files[locker] >= 0 && pwrite(files[locker], "0", 1, 0) == 1, path);
    }
    if (is_chip) return;
    snprintf(path, sizeof path, "%s/trace", place);
    trace = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    require(trace >= 0, path);
}

void lines_set(int locker, int is_on) {
    if (lines[locker]) {
        require(gpiod_line_set_value(lines[locker], is_on) == 0, "setting a line");
        return;
    }
    // As the guard's simulated lines do it: look whether the line is there, set it, note the order.
    char line[80], level;
    require(pread(files[locker], &level, 1, 0) == 1, "reading a line");
    require(pwrite(files[locker], is_on ? "1" : "0", 1, 0) == 1, "setting a line");
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    int length = snprintf(
        line, sizeof line, "%lld bench/coil-%03d %d\n", (long long)time.tv_sec * 1000000000 + time.tv_nsec, locker, is_on);
    require(write(trace, line, (size_t)length) == length, "noting an order");
}
