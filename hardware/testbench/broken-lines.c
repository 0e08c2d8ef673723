// What makes a guard that can't be trusted out of the one that is shipped: preloaded, it stands between `lock-guard` and
// libgpiod, version 1 or 2, and breaks one thing. The tests of the bench have to find each of them by the lines alone.
//
// BROKEN_LINES says what is broken; K and L are offsets of lines, MS milliseconds:
//
//   late:K:MS   K goes off that much later than it was told to
//   again:K:MS  a moment after K went off it goes on once more, for that long
//   stuck:K     K never goes off
//   beside:K:L  L does what K is told, too
//   start:K     K is on when it is requested
//   mute        a request that is refused gets no answer
//   leak        memory and descriptors are lost with each answer
//
// And one thing that breaks nothing, but lets the tests see what is over at once otherwise:
//
//   linger      no line is let go of before standard input ends

#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINES = 64, REFUSED = 68, REST_MS = 100, LOST_BYTES = 512, DESCRIPTOR_EVERY = 16 };

static char fault[16];
static long first = -1, second = -1;
static void *handles[LINES]; // a line of version 1, a request of version 2

__attribute__((constructor)) static void read_fault(void) {
    char text[64] = "";
    strncpy(text, getenv("BROKEN_LINES") ? getenv("BROKEN_LINES") : "", sizeof text - 1);
    char *rest = text;
    strncpy(fault, strsep(&rest, ":"), sizeof fault - 1);
    if (rest) first = atol(strsep(&rest, ":"));
    if (rest) second = atol(rest);
}

static int is(const char *name, long offset) { return strcmp(fault, name) == 0 && offset == first; }

static int move_line(void *handle, unsigned offset, int value) {
    if (!handle) return -1;
    int (*set)(void *, unsigned, int) = dlsym(RTLD_NEXT, "gpiod_line_request_set_value");
    if (set) return set(handle, offset, value);
    int (*set_alone)(void *, int) = dlsym(RTLD_NEXT, "gpiod_line_set_value");
    return set_alone(handle, value);
}

static void *off_later(void *handle) {
    usleep((useconds_t)second * 1000);
    move_line(handle, (unsigned)first, 0);
    return NULL;
}

static void *on_again(void *handle) {
    usleep(REST_MS * 1000);
    move_line(handle, (unsigned)first, 1);
    return off_later(handle);
}

static int in_background(void *(*work)(void *), void *handle) {
    pthread_t thread;
    return pthread_create(&thread, NULL, work, handle) == 0 ? pthread_detach(thread) : -1;
}

static int move(void *handle, unsigned offset, int value) {
    if (!value && is("stuck", offset)) return 0;
    if (!value && is("late", offset)) return in_background(off_later, handle);
    if (is("beside", offset) && second < LINES) move_line(handles[second], (unsigned)second, value);
    int result = move_line(handle, offset, value);
    if (!value && is("again", offset)) in_background(on_again, handle);
    return result;
}

static void *keep(unsigned offset, void *handle) {
    if (offset < LINES) handles[offset] = handle;
    return handle;
}

static void linger(void) {
    char byte;
    while (strcmp(fault, "linger") == 0 && read(STDIN_FILENO, &byte, 1) > 0) continue;
}

// Version 1.

int gpiod_line_request(void *line, const void *config, int value) {
    int (*request)(void *, const void *, int) = dlsym(RTLD_NEXT, "gpiod_line_request");
    unsigned (*offset_of)(void *) = dlsym(RTLD_NEXT, "gpiod_line_offset");
    int result = request(line, config, value || is("start", offset_of(line)));
    if (result == 0) keep(offset_of(line), line);
    return result;
}

int gpiod_line_set_value(void *line, int value) {
    unsigned (*offset_of)(void *) = dlsym(RTLD_NEXT, "gpiod_line_offset");
    return move(line, offset_of(line), value);
}

void gpiod_line_release(void *line) {
    void (*release)(void *) = dlsym(RTLD_NEXT, "gpiod_line_release");
    linger();
    release(line);
}

// Version 2.

int gpiod_line_config_add_line_settings(void *config, const unsigned *offsets, size_t count, void *settings) {
    int (*add)(void *, const unsigned *, size_t, void *) = dlsym(RTLD_NEXT, "gpiod_line_config_add_line_settings");
    int (*set_first)(void *, int) = dlsym(RTLD_NEXT, "gpiod_line_settings_set_output_value");
    if (is("start", offsets[0])) set_first(settings, 1);
    return add(config, offsets, count, settings);
}

void *gpiod_chip_request_lines(void *chip, void *config, void *lines) {
    void *(*request)(void *, void *, void *) = dlsym(RTLD_NEXT, "gpiod_chip_request_lines");
    size_t (*offsets_of)(void *, unsigned *, size_t) = dlsym(RTLD_NEXT, "gpiod_line_request_get_requested_offsets");
    void *made = request(chip, config, lines);
    unsigned offset = LINES;
    if (made) offsets_of(made, &offset, 1);
    return keep(offset, made);
}

int gpiod_line_request_set_value(void *request, unsigned offset, int value) {
    return move(request, offset, value);
}

void gpiod_line_request_release(void *request) {
    void (*release)(void *) = dlsym(RTLD_NEXT, "gpiod_line_request_release");
    linger();
    release(request);
}

// What the guard says.

ssize_t send(int socket, const void *bytes, size_t count, int flags) {
    ssize_t (*really)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");
    if (strcmp(fault, "mute") == 0 && count == 64 && *(const unsigned char *)bytes == REFUSED) return (ssize_t)count;
    static unsigned answers;
    if (strcmp(fault, "leak") == 0) {
        char *volatile lost = malloc(LOST_BYTES);
        if (lost) memset(lost, 1, LOST_BYTES);
        // Not of the socket: epoll would go on to report a connection of which a descriptor is left.
        if (answers++ % DESCRIPTOR_EVERY == 0 && dup(STDERR_FILENO) < 0) return -1;
    }
    return really(socket, bytes, count, flags);
}
