"""What a journal costs as it grows: room, start, scans, and what pulling all of it does to who scans meanwhile."""

import os
import subprocess
import time

import chain
import house
import process
import visits
from figures import Row, number, spread


def measure(bench):
    growth, rows = {}, []
    for entries in bench.choose((1_000, 100_000, 1_000_000), (1_000, 100_000)):
        with bench.house(f"growth-{entries}", begun=True) as home:
            chain.extend(home.journal, entries, home.lockers, acknowledged=True)
            point = {"bytes": home.journal.stat().st_size, "start": start(home)}
            point["scan"] = spread(scans(bench, home, bench.choose(120, 60)))
            if entries == 100_000:
                rows.append(size_row(bench, point["bytes"], entries))
            if entries >= 100_000:
                pulled = pull(bench, home, entries)
        growth[entries] = point
    bench.keep("growth, by entries", growth)
    bench.keep(f"pulling {entries} entries", pulled)
    beside = bench.output("bare", "tail", home.journal, 256).split()[1]
    rows.append(Row(
        f"start to ready, {number(entries)} entries", point["start"]["cold"], "s", 0.5,
        beside=f"its file not in memory; {number(point['start']['warm'])} s where it is; raw C SQLite reads the tail in {number(float(beside))} s"))
    return rows + pull_rows(bench, home, pulled, entries)


def size_row(bench, size, entries):
    maker = bench.file("fill.sqlite")
    bench.python("maker.py", "fill", maker, entries)
    return Row(
        f"{number(entries)} entries kept", size / (1 << 20), "MiB", 32,
        beside=f"Python, the same as JSON: {number(maker.stat().st_size / (1 << 20))} MiB")


def start(home):
    """How long a start takes, in seconds, the guard being there: with the journal's file in memory, and without."""
    home.start_guard()
    took = {}
    for way in ("warm", "cold"):
        if way == "cold":
            forget(home.journal)
        took[way] = home.start_station()
        if way == "warm":
            home.stop(home.station)
    return took


def forget(path):
    """Has the kernel drop what it holds of a file."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def scans(bench, home, count):
    plan = visits.plan(range(home.sensed + 1, home.lockers + 1), count, of_station=True, coil=home.coil)
    return [to_coil for to_coil, _ in visits.visit(bench, home.folder, plan, home.station, home.lines)]


def pull(bench, home, entries):
    """Pulls all entries, then all of them again and again while somebody scans."""
    words = [bench.programs / "mila-station", "journal", "export", "--config", home.configuration]
    before = process.memory(home.station.pid)
    began = time.monotonic()
    with subprocess.Popen(words, stdout=subprocess.PIPE) as export:
        lines = sum(part.count(b"\n") for part in iter(lambda: export.stdout.read(1 << 20), b""))
    took = time.monotonic() - began
    if export.returncode != 0 or lines < entries - 3:
        raise house.Trouble(f"{lines} of {entries} entries were pulled")
    alone = scans(bench, home, bench.choose(160, 60))
    pulling = subprocess.Popen(
        ["sh", "-c", 'while :; do "$@" >/dev/null || exit; done', "pull", *words], start_new_session=True)
    beside = scans(bench, home, bench.choose(160, 60))
    os.killpg(pulling.pid, 15)
    pulling.wait()
    after = process.memory(home.station.pid)
    return {
        "entries a second": lines / took, "scan alone, µs": spread(alone), "scan beside it, µs": spread(beside),
        "growth of private memory, bytes": after["private"] - before["private"]}


def pull_rows(bench, home, pulled, entries):
    count, seconds = bench.output("bare", "read", home.journal).split()
    maker = bench.file("fill.sqlite")
    began = time.monotonic()
    bench.python("maker.py", "export", maker, stdout=subprocess.DEVNULL)
    python = 100_000 / (time.monotonic() - began)
    grows = pulled["scan beside it, µs"]["p99"] - pulled["scan alone, µs"]["p99"]
    return [
        Row(f"pulling {number(entries)} entries", pulled["entries a second"], "entries/s", 100_000, most=False,
            beside=f"raw C SQLite reads {number(int(count) / float(seconds))}, Python exports {number(python)} entries/s"),
        Row("pulling: growth of private memory", pulled["growth of private memory, bytes"] / 1e6, "MB", 2),
        Row("pulling: growth of scan to coil, p99", grows / 1e3, "ms", 2,
            beside=f"{number(pulled['scan alone, µs']['p99'] / 1e3)} ms without it"),
    ]


