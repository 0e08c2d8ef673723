"""What a maker would write today: one Python script with sqlite3, libgpiod's bindings and requests, as durable as the station.

It reads scans, writes each visit down before it sets a coil and again after its pulse, and uploads what it wrote from a
thread. One table of JSON, one of loans; no rules, no hashes, no guard.

    maker.py visits DATABASE --simulated DIR|--chip LABEL COUNT PULSE_MS [URL]   scans on standard input
    maker.py fill DATABASE COUNT                                                 so many events
    maker.py export DATABASE                                                     all events to standard output, a line each
    maker.py upload FILE URL TOKEN BATCH                                         sends such lines to a pool, so many at once
"""

import datetime
import json
import os
import sqlite3
import sys
import threading
import time

PAGE_SIZE = 1024


def open_database(path):
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, payload TEXT NOT NULL)")
    database.execute("CREATE TABLE IF NOT EXISTS loan (item TEXT PRIMARY KEY, card TEXT NOT NULL, due TEXT NOT NULL)")
    return database


def event(kind, locker, **more):
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
    return json.dumps(
        {"time": now, "station": "tag:bench.example,2026:station:bench", "kind": kind, "item": f"item-{locker:03}",
         "locker": f"{locker:03}", **more})


class SimulatedLine:
    """A line that is a file, with its orders in the trace, as the guard keeps them."""

    def __init__(self, folder, name):
        self.file = os.open(f"{folder}/outputs/bench.{name}", os.O_RDWR | os.O_CREAT)
        self.trace = os.open(f"{folder}/trace", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.name = name
        os.pwrite(self.file, b"0", 0)

    def set_value(self, value):
        os.pread(self.file, 1, 0)
        os.pwrite(self.file, b"%d" % value, 0)
        os.write(self.trace, f"{time.clock_gettime_ns(time.CLOCK_BOOTTIME)} bench/{self.name} {value}\n".encode())


def kernel_line(label, name):
    import gpiod

    line = gpiod.Chip(label, gpiod.Chip.OPEN_BY_LABEL).find_line(name)
    line.request(consumer="maker", type=gpiod.LINE_REQ_DIR_OUT)
    return line


def upload_for_ever(database, lock, url):
    import requests

    after = 0
    while True:
        with lock:
            rows = database.execute("SELECT id, payload FROM event WHERE id > ? LIMIT 500", (after,)).fetchall()
        try:
            if rows:
                requests.post(url, json=[json.loads(payload) for _, payload in rows], timeout=10).raise_for_status()
                after = rows[-1][0]
        except requests.RequestException:
            pass
        time.sleep(5)


def begin(database, locker, card):
    """Writes down that somebody takes the item of a locker, or brings it back; whether it was lent before."""
    item = f"item-{locker:03}"
    is_lent = database.execute("SELECT 1 FROM loan WHERE item = ?", (item,)).fetchone()
    database.execute("BEGIN IMMEDIATE")
    if is_lent:
        database.execute("DELETE FROM loan WHERE item = ?", (item,))
    else:
        due = (datetime.datetime.now() + datetime.timedelta(days=14)).isoformat()
        database.execute("INSERT INTO loan VALUES (?, ?, ?)", (item, card, due))
    database.execute("INSERT INTO event (payload) VALUES (?)", (event("return" if is_lent else "checkout", locker, card=card),))
    database.execute("COMMIT")
    return is_lent


def visits(path, place, is_chip, count, pulse, url):
    database, lock = open_database(path), threading.Lock()
    names = {locker: f"coil-{locker:03}" for locker in range(1, count + 1)}
    lines = {
        locker: kernel_line(place, name) if is_chip else SimulatedLine(place, name) for locker, name in names.items()}
    if url:
        threading.Thread(target=upload_for_ever, args=(database, lock, url), daemon=True).start()
    card = None
    print("The station is ready.", flush=True)
    for scan in sys.stdin:
        code = scan.strip()
        if not code.startswith("MTB"):
            card = code
            print("Welcome.", flush=True)
            continue
        locker = int(code[3:6])
        with lock:
            is_lent = begin(database, locker, card)
        lines[locker].set_value(1)
        time.sleep(pulse / 1000)
        lines[locker].set_value(0)
        with lock:
            database.execute("INSERT INTO event (payload) VALUES (?)", (event("done", locker),))
        print("It is back." if is_lent else "It is yours until Friday.", flush=True)


def fill(path, count):
    database = open_database(path)
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO event (payload) VALUES (?)", ((event("checkout", n % 48 + 1, card="MB1234"),) for n in range(count)))
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def export(path):
    for (payload,) in open_database(path).execute("SELECT payload FROM event ORDER BY id"):
        print(payload)


def upload(path, url, token, batch):
    import requests

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents-batch+json"}
    with requests.Session() as session, open(path, encoding="utf-8") as file:
        while lines := [line.rstrip("\n") for line, _ in zip(file, range(batch))]:
            session.post(url, data=("[" + ",".join(lines) + "]").encode(), headers=headers, timeout=60).raise_for_status()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["visits", database, kind, place, count, pulse, *url]:
            visits(database, place, kind == "--chip", int(count), int(pulse), url[0] if url else None)
        case ["fill", database, count]:
            fill(database, int(count))
        case ["export", database]:
            export(database)
        case ["upload", file, url, token, batch]:
            upload(file, url, token, int(batch))
        case _:
            sys.exit(__doc__)
