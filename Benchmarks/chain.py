"""Makes long journals: visits of a house whose every loan came back, chained as docs/journal.md has it.

A real station begins the journal, this continues it, and `mila-station journal verify` has to find it whole. The books stay
those of the beginning, since what was taken was brought back.
"""

import base64
import datetime
import hashlib
import os
import sqlite3
import typing

DAY = 86_400_000


class Entry(typing.NamedTuple):
    """A row of the table, by its columns, and the entry as it travels."""

    sequence: int
    time: int
    kind: str
    hash: bytes
    fields: dict
    document: str


def iso8601(milliseconds):
    moment = datetime.datetime.fromtimestamp(milliseconds // 1000, datetime.timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"


def entries(epoch, source, *, after, previous, count, lockers, start, step=60_000):
    """So many entries after a sequence and its hash (hex): checkouts and returns, locker by locker, from a time on.

    `step` is how many milliseconds lie between two of them.
    """
    sequence, now = after, start
    ending = f'"source":"{source}","specversion":"1.0","time":"'

    def seal(kind, data, columns, disclosure=None):
        nonlocal sequence, previous
        sequence += 1
        time = iso8601(now)
        head = f'{{"clockquality":"synchronised","data":{{{data}}},"datacontenttype":"application/json",'
        tail = (
            f'"epoch":"{epoch}","id":"{epoch}-{sequence:012}","previoushash":"{previous}","sequence":"{sequence:012}",'
            f'{ending}{time}","type":"org.milastation.{kind}.v1"}}')
        digest = hashlib.sha256((head + tail).encode())
        previous = digest.hexdigest()
        beside = f'"disclosure":"{disclosure}",' if disclosure else ""
        if disclosure:
            columns["disclosure"] = disclosure
        document = f'{head}{beside}"entryhash":"{previous}",{tail}'
        return Entry(sequence, now, kind, digest.digest(), columns, document)

    while sequence < after + count:
        locker = f"{(sequence - after) // 4 % lockers + 1:03}"
        item, due = f"item-{locker}", now + 14 * DAY
        salt = base64.urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode()
        disclosure = base64.urlsafe_b64encode(f'["{salt}","borrower","b-{locker}"]'.encode()).rstrip(b"=").decode()
        borrower = hashlib.sha256(disclosure.encode())
        loan = sequence + 1
        yield seal(
            "checkout-begun", f'"borrower":"{borrower.hexdigest()}","due":"{iso8601(due)}","item":"{item}","locker":"{locker}"',
            {"borrower": borrower.digest(), "due": due, "item": item, "locker": locker}, disclosure)
        for kind, content in (("checkout", "empty"), ("return", "holds")):
            opening, opened, latched = sequence, now + step // 4, now + step // 2
            name = f'"loan":"{epoch}-{loan:012}","locker":"{locker}"'
            if kind == "return":
                yield seal(
                    "return-begun", f'"item":"{item}",{name}', {"item": item, "loan": loan, "locker": locker})
                opening = sequence
            now += step
            yield seal(
                f"{kind}-completed",
                f'"basis":"sensed","content":"{content}","item":"{item}","latched":"{iso8601(latched)}",{name},'
                f'"opened":"{iso8601(opened)}","opening":"{epoch}-{opening:012}"',
                {"basis": "sensed", "content": content, "item": item, "latched": latched, "loan": loan, "locker": locker,
                 "opened": opened, "opening": opening})
            now += step


COLUMNS = (
    "basis", "borrower", "content", "due", "item", "latched", "loan", "locker", "opened", "opening", "disclosure")


def extend(path, count, lockers, acknowledged):
    """Continues a journal, which no station has open, until it has so many entries.

    `acknowledged` says whether the pool has them all.
    """
    database = sqlite3.connect(path)
    epoch, source = database.execute("SELECT epoch, source FROM journal").fetchone()
    after, last, hash = database.execute("SELECT sequence, time, hash FROM entry ORDER BY sequence DESC LIMIT 1").fetchone()
    # Young enough that nothing is forgotten yet, and all of it in the past: a clock that runs behind its journal is not believed.
    span = 20 * DAY
    chained = entries(
        epoch, source, after=after, previous=hash.hex(), count=max(0, count - after) // 4 * 4, lockers=lockers, start=last - span,
        step=max(1, span // max(1, count)))
    places = ", ".join("?" * (5 + len(COLUMNS)))
    with database:
        database.executemany(
            f"INSERT INTO entry (sequence, time, quality, kind, hash, {', '.join(COLUMNS)}) VALUES ({places})",
            ((entry.sequence, entry.time, "synchronised", entry.kind, entry.hash, *map(entry.fields.get, COLUMNS))
             for entry in chained))
        if acknowledged:
            database.execute("UPDATE upload SET acknowledged = (SELECT max(sequence) FROM entry)")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
