// The bare C program that a station is measured against: it reads a line, makes one commit of the same rows, sets the
// coil, and after the pulse makes the second commit. No rules, no facts, no hashes, no process but one.
//
// usage: bare visits DATABASE --simulated DIR|--chip LABEL COUNT PULSE_MS     scans on standard input
//        bare doors DATABASE COUNT LOCKERS                                    so many checkouts and returns, as fast as they go
//        bare shelf DATABASE COUNT                                            so many checkouts from the open shelf
//        bare read DATABASE                                                   all entries, as fast as they go
//        bare tail DATABASE COUNT                                             the last entries, as a start reads them

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lines.h"
#include "rows.h"

static double seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void say(const char *words) {
    if (write(STDOUT_FILENO, words, strlen(words)) < 0) exit(70);
}

/// Serves scans until standard input ends. A label `MTB012…` is the item in locker 12; anything else is a card.
static void visits(struct rows *rows, int pulse) {
    char line[256];
    static char lent[512];
    struct timespec rest = {pulse / 1000, pulse % 1000 * 1000000L};
    while (fgets(line, sizeof line, stdin)) {
        if (strncmp(line, "MTB", 3) != 0) {
            say("Welcome.\n");
            continue;
        }
        char digits[4] = {line[3], line[4], line[5], 0};
        int locker = atoi(digits);
        rows_begin(rows, locker);
        lines_set(locker, 1);
        nanosleep(&rest, NULL);
        lines_set(locker, 0);
        rows_end(rows, locker);
        lent[locker] = !lent[locker];
        say(lent[locker] ? "It is yours until Friday.\n" : "It is back.\n");
    }
}

/// The time of each checkout, in microseconds, one a line. Returns come between them and are not timed.
static void doors(struct rows *rows, int count, int lockers) {
    for (int index = 0; index < count; index++) {
        int locker = index % lockers + 1;
        double began = seconds();
        rows_begin(rows, locker);
        rows_end(rows, locker);
        printf("%.1f\n", (seconds() - began) * 1e6);
        rows_begin(rows, locker);
        rows_end(rows, locker);
    }
}

int main(int count, char **words) {
    if (count < 3) {
        fprintf(stderr, "usage: bare visits|doors|shelf|read|tail DATABASE …\n");
        return 2;
    }
    double began = seconds();
    struct rows *rows = rows_open(words[2]);
    if (strcmp(words[1], "visits") == 0 && count == 7) {
        lines_open(words[4], strcmp(words[3], "--chip") == 0, atoi(words[5]));
        say("The station is ready.\n");
        visits(rows, atoi(words[6]));
    } else if (strcmp(words[1], "doors") == 0 && count == 5) {
        doors(rows, atoi(words[3]), atoi(words[4]));
    } else if (strcmp(words[1], "shelf") == 0 && count == 4) {
        for (int item = 1; item <= atoi(words[3]); item++) rows_take(rows, item);
        printf("%.6f\n", seconds() - began);
    } else if (strcmp(words[1], "read") == 0) {
        long entries = rows_read(rows);
        printf("%ld %.6f\n", entries, seconds() - began);
    } else if (strcmp(words[1], "tail") == 0 && count == 4) {
        long entries = rows_read_tail(rows, atoi(words[3]));
        printf("%ld %.6f\n", entries, seconds() - began);
    } else {
        return 2;
    }
    rows_close(rows);
    return 0;
}
