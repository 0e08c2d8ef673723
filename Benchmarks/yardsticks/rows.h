// The rows that a station writes for one visit, on raw SQLite: the same tables, columns and lengths, the same two
// transactions. What bare.c measures with them is what the work costs at least.

#pragma once

#include <sqlite3.h>

/// A journal's database with its prepared statements.
struct rows;

/// Opens a database that has the station's tables, with the station's settings. Ends the program where it can't.
struct rows *rows_open(const char *path);

/// The first transaction of a visit to a locker: somebody may take what is in it, or bring it back. Synced on return.
void rows_begin(struct rows *rows, int locker);

/// The second transaction: what the door did.
void rows_end(struct rows *rows, int locker);

/// A checkout from the open shelf: all of it in one transaction. Synced on return.
void rows_take(struct rows *rows, int item);

/// Reads every entry with all its columns; how many there were.
long rows_read(struct rows *rows);

/// Reads the last entries with all their columns, as a start does.
long rows_read_tail(struct rows *rows, int count);

/// Writes back the write-ahead log and closes the file.
void rows_close(struct rows *rows);
