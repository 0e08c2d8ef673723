#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOCKERS = 512 };

struct rows {
    sqlite3 *database;
    sqlite3_stmt *begin, *commit;
    sqlite3_stmt *entry, *loan, *unloan, *errand, *unerrand, *content;
    sqlite3_int64 sequence;
    sqlite3_int64 loans[LOCKERS], openings[LOCKERS];
    unsigned char hash[32];
};

static void check(struct rows *rows, int is_right, const char *what) {
    if (is_right) return;
    fprintf(stderr, "%s: %s\n", what, rows->database ? sqlite3_errmsg(rows->database) : "no memory");
    exit(70);
}

static sqlite3_stmt *prepare(struct rows *rows, const char *sql) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v3(rows->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    check(rows, code == SQLITE_OK, sql);
    return statement;
}

static void run(struct rows *rows, sqlite3_stmt *statement) {
    check(rows, sqlite3_step(statement) == SQLITE_DONE, sqlite3_sql(statement));
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

struct rows *rows_open(const char *path) {
    struct rows *rows = calloc(1, sizeof *rows);
    if (!rows) exit(70);
    check(rows, sqlite3_open(path, &rows->database) == SQLITE_OK, path);
    const char *settings = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                           "PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON";
    check(rows, sqlite3_exec(rows->database, settings, NULL, NULL, NULL) == SQLITE_OK, settings);
    rows->begin = prepare(rows, "BEGIN IMMEDIATE");
    rows->commit = prepare(rows, "COMMIT");
    rows->entry = prepare(
        rows, "INSERT INTO entry (sequence, time, quality, kind, hash, basis, borrower, content, due, item, latched, loan,"
              " locker, opened, opening, predecessor, predecessorhash, program, purpose, reason, register, disclosure,"
              " staff, card, count, label, parts, admin)"
              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    rows->loan = prepare(rows, "INSERT INTO loan (id, item, borrower, due) VALUES (?, ?, ?, ?)");
    rows->unloan = prepare(rows, "DELETE FROM loan WHERE id = ?");
    rows->errand = prepare(
        rows, "INSERT OR REPLACE INTO errand (loan, purpose, opening, item, locker) VALUES (?, ?, ?, ?, ?)");
    rows->unerrand = prepare(rows, "DELETE FROM errand WHERE loan = ? AND purpose = ?");
    rows->content = prepare(
        rows, "INSERT INTO content (locker, content) VALUES (?, ?)"
              " ON CONFLICT (locker) DO UPDATE SET content = excluded.content WHERE content <> excluded.content");
    sqlite3_stmt *last = prepare(rows, "SELECT max(sequence) FROM entry");
    check(rows, sqlite3_step(last) == SQLITE_ROW, "the last entry");
    rows->sequence = sqlite3_column_int64(last, 0);
    sqlite3_finalize(last);
    return rows;
}

static sqlite3_int64 now(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (sqlite3_int64)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void text(sqlite3_stmt *statement, int place, const char *value) {
    sqlite3_bind_text(statement, place, value, -1, SQLITE_TRANSIENT);
}

// Entries are known by these names of 29 characters in the books.
static const char *name(char buffer[32], sqlite3_int64 sequence) {
    snprintf(buffer, 32, "0123456789abcdef-%012lld", sequence);
    return buffer;
}

static void put_entry(struct rows *rows, const char *kind, const char *item, const char *locker) {
    rows->sequence++;
    memcpy(rows->hash, &rows->sequence, sizeof rows->sequence);
    sqlite3_bind_int64(rows->entry, 1, rows->sequence);
    sqlite3_bind_int64(rows->entry, 2, now());
    text(rows->entry, 3, "synchronised");
    text(rows->entry, 4, kind);
    sqlite3_bind_blob(rows->entry, 5, rows->hash, 32, SQLITE_TRANSIENT);
    text(rows->entry, 10, item);
    text(rows->entry, 13, locker);
    run(rows, rows->entry);
}

/// The entry and the row of a loan that begins.
static void put_loan(struct rows *rows, const char *item, const char *locker) {
    char loan[32];
    // The borrower's digest, when it is due, and the disclosure.
    sqlite3_bind_blob(rows->entry, 7, rows->hash, 32, SQLITE_TRANSIENT);
    sqlite3_bind_int64(rows->entry, 9, now() + 1209600000);
    text(rows->entry, 22, "WyI3Ynd2S2dNWDNJZENiSmlGMlF3aTh3IiwiYm9ycm93ZXIiLCJiLTAwMSJd");
    put_entry(rows, "checkout-begun", item, locker);
    text(rows->loan, 1, name(loan, rows->sequence));
    text(rows->loan, 2, item);
    text(rows->loan, 3, "b-001");
    sqlite3_bind_int64(rows->loan, 4, now() + 1209600000);
    run(rows, rows->loan);
}

void rows_take(struct rows *rows, int number) {
    char item[16];
    snprintf(item, sizeof item, "shelf-%03d", number);
    run(rows, rows->begin);
    put_loan(rows, item, NULL);
    sqlite3_bind_int64(rows->entry, 12, rows->sequence);
    sqlite3_bind_int64(rows->entry, 15, rows->sequence);
    put_entry(rows, "checkout-completed", item, NULL);
    run(rows, rows->commit);
}

void rows_begin(struct rows *rows, int locker) {
    char item[16], place[16], loan[32], opening[32];
    snprintf(item, sizeof item, "item-%03d", locker);
    snprintf(place, sizeof place, "%03d", locker);
    run(rows, rows->begin);
    int is_checkout = rows->loans[locker] == 0;
    if (is_checkout) {
        put_loan(rows, item, place);
        rows->loans[locker] = rows->sequence;
    } else {
        sqlite3_bind_int64(rows->entry, 12, rows->loans[locker]);
        put_entry(rows, "return-begun", item, place);
    }
    rows->openings[locker] = rows->sequence;
    text(rows->errand, 1, name(loan, rows->loans[locker]));
    text(rows->errand, 2, is_checkout ? "checkout" : "return");
    text(rows->errand, 3, name(opening, rows->sequence));
    text(rows->errand, 4, item);
    text(rows->errand, 5, place);
    run(rows, rows->errand);
    run(rows, rows->commit);
}

void rows_end(struct rows *rows, int locker) {
    char item[16], place[16], loan[32];
    snprintf(item, sizeof item, "item-%03d", locker);
    snprintf(place, sizeof place, "%03d", locker);
    run(rows, rows->begin);
    sqlite3_int64 began = rows->loans[locker], opening = rows->openings[locker];
    int is_checkout = began == opening;
    text(rows->entry, 6, "sensed");
    text(rows->entry, 8, is_checkout ? "empty" : "holds");
    sqlite3_bind_int64(rows->entry, 11, now());
    sqlite3_bind_int64(rows->entry, 12, began);
    sqlite3_bind_int64(rows->entry, 14, now());
    sqlite3_bind_int64(rows->entry, 15, opening);
    put_entry(rows, is_checkout ? "checkout-completed" : "return-completed", item, place);
    text(rows->unerrand, 1, name(loan, began));
    text(rows->unerrand, 2, is_checkout ? "checkout" : "return");
    run(rows, rows->unerrand);
    if (!is_checkout) {
        text(rows->unloan, 1, loan);
        run(rows, rows->unloan);
        rows->loans[locker] = 0;
    }
    text(rows->content, 1, place);
    text(rows->content, 2, is_checkout ? "empty" : "holds");
    run(rows, rows->content);
    run(rows, rows->commit);
}

static long read_all(struct rows *rows, sqlite3_stmt *statement) {
    long count = 0, bytes = 0;
    for (int code; (code = sqlite3_step(statement)) != SQLITE_DONE; count++) {
        check(rows, code == SQLITE_ROW, "reading");
        for (int column = 0; column < sqlite3_column_count(statement); column++) {
            bytes += sqlite3_column_bytes(statement, column);
        }
    }
    sqlite3_finalize(statement);
    return bytes > 0 ? count : 0;
}

long rows_read(struct rows *rows) {
    return read_all(rows, prepare(rows, "SELECT * FROM entry ORDER BY sequence"));
}

long rows_read_tail(struct rows *rows, int count) {
    sqlite3_stmt *statement = prepare(rows, "SELECT * FROM entry WHERE sequence > ? ORDER BY sequence");
    sqlite3_bind_int64(statement, 1, rows->sequence - count);
    return read_all(rows, statement);
}

void rows_close(struct rows *rows) {
    sqlite3_stmt *statements[] = {rows->begin, rows->commit, rows->entry, rows->loan, rows->unloan, rows->errand,
                                  rows->unerrand, rows->content};
    for (unsigned index = 0; index < sizeof statements / sizeof *statements; index++) {
        sqlite3_finalize(statements[index]);
    }
    check(rows, sqlite3_close(rows->database) == SQLITE_OK, "closing");
    free(rows);
}
