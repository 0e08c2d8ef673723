"""Visits of borrowers, for station and yardsticks alike: the same codes through a pipe, the same eyes on the coils."""

import itertools
import pathlib
import sqlite3
import subprocess

import house

PER_SESSION = 4
SOURCES = pathlib.Path(__file__).parent / "yardsticks"
PYTHON = "/usr/bin/python3"
"""Debian's own, which has libgpiod's bindings."""


def plan(lockers, count, *, of_station, coil, door=None):
    """So many visits: a borrower takes what is in some lockers; then the same borrower brings it back.

    `coil` and `door` name the file of a locker's coil or door.
    """
    lines, made, borrower = [], 0, 0
    for group in itertools.cycle(batches(lockers, PER_SESSION)):
        borrower = borrower % len(lockers) + 1
        for word in ("yours", "back."):
            lines.append(f"{house.card(borrower)} Welcome - -")
            for locker in group:
                lines.append(f'{house.item_label(locker)} {word} {coil(locker)} {door(locker) if door else "-"}')
                made += 1
            if of_station:
                lines.append(f"{house.FINISH} Goodbye - -")
        if made >= count:
            return lines
    raise AssertionError


def batches(items, size):
    return [items[start:start + size] for start in range(0, len(items), size)]


def visit(bench, folder, lines, process, levels):
    """Makes the visits of a plan at a running program; the two times of each, in microseconds."""
    (folder / "plan").write_text("\n".join(lines) + "\n")
    scans, words = process.stdin.fileno(), process.stdout.fileno()
    answer = subprocess.run(
        [bench.programs / "visitor", folder / "plan", levels, str(scans), str(words)], pass_fds=(scans, words),
        stdout=subprocess.PIPE, text=True, check=True)
    return [tuple(map(float, line.split())) for line in answer.stdout.splitlines()]


def empty_tables(journal, path):
    """Makes a database with the tables and the page size of a station's journal, and no rows."""
    with sqlite3.connect(journal) as source:
        tables = source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        page = source.execute("PRAGMA page_size").fetchone()[0]
    source.close()
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA page_size = {page}")
    database.execute("PRAGMA journal_mode = WAL")
    for (sql,) in tables:
        database.execute(sql)
    database.commit()
    database.close()
    return path


def start(words, **more):
    process = subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **more)
    house.await_words(process.stdout, house.READY)
    return process


def finish(process):
    process.stdin.close()
    process.stdout.read()  # Its last words may still be on their way.
    process.stdout.close()
    if process.wait(house.PATIENCE) != 0:
        raise house.Trouble(f"{process.args[0]} failed")


def bare(bench, home):
    """The bare C program at the lines of a house whose guard has let go of them."""
    return start([bench.programs / "bare", "visits", bench.tables("bare"), *where(home)])


def maker(bench, home):
    """The Python script there; the pool that it uploads to is out of reach, as the station's is."""
    return start([PYTHON, SOURCES / "maker.py", "visits", bench.file("maker.sqlite"), *where(home), "http://127.0.0.1:9/"])


YARDSTICKS = {"bare C": bare, "Python": maker}


def where(home):
    kind = ["--chip", home.chip] if home.chip else ["--simulated", home.lines]
    return [*kind, home.lockers, home.pulse_ms]
