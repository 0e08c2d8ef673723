// Who stands before the station: scans by writing to a pipe, sees coils from outside, moves doors, and reads what is said.
//
// usage: visitor PLAN LINES SCANS WORDS
//
// PLAN has one visit a line: CODE WORD COIL DOOR. The code is scanned; the visit is over when WORD was said. COIL is the
// file to see a coil's level in, DOOR the file to move a door with, both below LINES, or "-". SCANS and WORDS are the
// descriptors of the station's standard input and output. For each coil one line is printed, in microseconds:
//
//     from the scan's last byte to the coil's new level, from the latched door (or that level) to the word
//
// Simulated lines are watched with inotify. A kernel's simulated lines tell nobody: they are looked at every quarter of a
// millisecond, before anybody else may run.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

/// The guard admits twenty orders a second. People are slower, and nobody is to wait for it here.
enum { PATIENCE_MS = 20000, PACE_US = 55000 };

static int scans, words, notes = -1;
static const char *lines_folder;
static char said[1 << 16];
static size_t said_length;

static void require(int is_right, const char *what) {
    if (is_right) return;
    perror(what);
    exit(70);
}

static double microseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/// Waits until a word was said after everything that was said so far.
static void await(const char *word) {
    while (!memmem(said, said_length, word, strlen(word))) {
        struct pollfd input = {.fd = words, .events = POLLIN};
        if (poll(&input, 1, PATIENCE_MS) != 1) {
            fprintf(stderr, "'%s' was not said; instead: %.*s\n", word, (int)said_length, said);
            exit(70);
        }
        // The word may be cut in two by a read: the end is kept.
        if (said_length > sizeof said / 2) {
            memmove(said, said + said_length - 64, 64);
            said_length = 64;
        }
        ssize_t count = read(words, said + said_length, sizeof said - said_length);
        require(count > 0, "reading what the station says");
        said_length += (size_t)count;
    }
    said_length = 0;
}

static char level(int file) {
    char level = 0;
    require(pread(file, &level, 1, 0) >= 0, "reading a level");
    return level;
}

static void give_up_after(double limit) {
    if (microseconds() < limit) return;
    fprintf(stderr, "a coil did not change; said so far: %.*s\n", (int)said_length, said);
    exit(70);
}

/// Waits until the kernel tells of a write to this file; the level may be another again by the time we look.
static void await_note(const char *name) {
    _Alignas(struct inotify_event) char events[4096];
    for (double limit = microseconds() + PATIENCE_MS * 1e3;; give_up_after(limit)) {
        struct pollfd input = {.fd = notes, .events = POLLIN};
        if (poll(&input, 1, PATIENCE_MS) != 1) continue;
        ssize_t count = read(notes, events, sizeof events);
        require(count > 0, "reading changes");
        for (char *place = events; place < events + count;) {
            struct inotify_event *event = (void *)place;
            if (event->len > 0 && strcmp(event->name, name) == 0) return;
            place += sizeof *event + event->len;
        }
    }
}

static void await_level(int file, char wanted) {
    for (double limit = microseconds() + PATIENCE_MS * 1e3; level(file) != wanted; give_up_after(limit)) {
        struct timespec moment = {0, 250000};
        nanosleep(&moment, NULL);
    }
}

/// Takes the notes of what was before.
static void forget_notes(void) {
    char events[4096];
    for (struct pollfd input = {.fd = notes, .events = POLLIN}; notes >= 0 && poll(&input, 1, 0) == 1;) {
        require(read(notes, events, sizeof events) > 0, "reading changes");
    }
}

/// Waits until the next visit may begin.
static void keep_pace(void) {
    static double last;
    double wait = last + PACE_US - microseconds();
    struct timespec rest = {0, (long)(wait * 1e3)};
    if (wait > 0) nanosleep(&rest, NULL);
    last = microseconds();
}

static void move(const char *door, const char *state) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", lines_folder, door);
    int file = open(path, O_WRONLY | O_CREAT, 0666);
    require(file >= 0 && write(file, state, strlen(state)) > 0, path);
    close(file);
}

int main(int count, char **arguments) {
    char code[128], word[64], coil[128], door[128], path[4096];
    if (count != 5) return 2;
    FILE *plan = fopen(arguments[1], "r");
    require(plan != NULL, arguments[1]);
    lines_folder = arguments[2];
    scans = atoi(arguments[3]);
    words = atoi(arguments[4]);
    snprintf(path, sizeof path, "%s/outputs", lines_folder);
    if (access(path, F_OK) == 0) {
        notes = inotify_init1(IN_CLOEXEC);
        require(notes >= 0 && inotify_add_watch(notes, path, IN_MODIFY) >= 0, path);
    } else {
        struct sched_param first = {.sched_priority = 1};
        require(sched_setscheduler(0, SCHED_FIFO, &first) == 0, "stepping before the others");
    }
    while (fscanf(plan, "%127s %63s %127s %127s", code, word, coil, door) == 4) {
        size_t length = strlen(code);
        code[length++] = '\n';
        if (strcmp(coil, "-") == 0) {
            require(write(scans, code, length) == (ssize_t)length, "scanning");
            await(word);
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", lines_folder, coil);
        int file = open(path, O_RDONLY);
        require(file >= 0, path);
        // The pulse of the visit before may still be on its way to its end.
        await_level(file, '0');
        keep_pace();
        forget_notes();
        double scanned = microseconds();
        require(write(scans, code, length) == (ssize_t)length, "scanning");
        if (notes < 0) await_level(file, '1');
        else await_note(strrchr(coil, '/') + 1);
        double opened = microseconds(), latched = opened;
        if (strcmp(door, "-") != 0) {
            int is_kernels = notes < 0;
            // A change needs time to be seen as one, also where others are busy.
            struct timespec moment = {0, 30000000};
            move(door, is_kernels ? "pull-down" : "0");
            nanosleep(&moment, NULL);
            latched = microseconds();
            move(door, is_kernels ? "pull-up" : "1");
        }
        await(word);
        printf("%.1f %.1f\n", opened - scanned, microseconds() - latched);
        close(file);
    }
    return 0;
}
