"""From a scan to the coil, and checkouts a second: the station beside the bare program and the maker's script."""

import time

import house
import visits
from figures import Row, mean, median, number, percentile, ratio, spread

WARM = 8
"""The first so many visits fill caches and are not counted."""


def measure(bench):
    rows = measure_on(bench, "scans", "")
    with bench.card() as milliseconds:
        return rows + measure_on(bench, "card", f", a card's sync of {milliseconds} ms")


def measure_on(bench, name, disk):
    """The rows on one disk, which `disk` names."""
    with bench.house(name) as home:
        # The pool's own syncs would count on the same disk, and a station is not beside its pool.
        home.start_all(pool=False)
        shelf = shelf_rate(bench, home)
        doors = timed_doors(bench, home)
        scans = timed_scans(bench, home, bench.choose(300, 120), 1 if disk else bench.choose(2, 1))
    raw = bench.output("bare", "doors", bench.tables("doors"), bench.choose(120, 48), home.sensed)
    raw_shelf = home.shelf / float(bench.output("bare", "shelf", bench.tables("shelf"), home.shelf))
    return [
        scan_row(bench, scans, disk), shelf_row(bench, shelf, raw_shelf, disk),
        door_row(bench, doors, [float(line) for line in raw.split()], disk)]


def shelf_rate(bench, home):
    """Checkouts a second from the open shelf: all scans wait in the pipe, borrowers take five things each and leave."""
    scans = []
    for first in range(1, home.shelf + 1, 5):
        scans += [house.card(first), *map(house.shelf_label, range(first, first + 5)), house.FINISH]
    began = time.monotonic()
    home.station.stdin.write(("\n".join(scans) + "\n").encode())
    home.station.stdin.flush()
    house.await_words(home.station.stdout, house.TAKEN, times=home.shelf)
    return home.shelf / (time.monotonic() - began)


def timed_doors(bench, home):
    """The station's own time of each checkout, without the time the door took, in microseconds."""
    plan = visits.plan(
        range(1, home.sensed + 1), bench.choose(240, 96), of_station=True, coil=home.coil, door=home.door)
    times = visits.visit(bench, home.folder, plan, home.station, home.lines)
    # Of a plan's groups of visits every second one brings back.
    return [sum(both) for index, both in enumerate(times) if index // visits.PER_SESSION % 2 == 0]


def timed_scans(bench, home, count, rounds):
    """For each contender, the times from scan to coil, in microseconds. They take turns, so that a slow minute is everybody's."""
    relays = range(home.sensed + 1, home.lockers + 1)
    scans = {}

    def take(name, process):
        plan = visits.plan(relays, count, of_station=name == "station", coil=home.coil)
        times = visits.visit(bench, home.folder, plan, process, home.lines)
        scans.setdefault(name, []).extend(to_coil for to_coil, _ in times[WARM:])

    for _ in range(rounds):
        take("station", home.station)
        home.stop(home.guard)  # It holds the lines.
        for name, start in visits.YARDSTICKS.items():
            process = start(bench, home)
            take(name, process)
            visits.finish(process)
        home.start_guard()
        house.wait_for(lambda: home.status().get("guard") == "present", "the guard")
    return scans


def scan_row(bench, scans, disk):
    bench.keep(f"scan to coil{disk}, µs", {name: spread(times) for name, times in scans.items()})
    p99 = {name: percentile(times, 0.99) for name, times in scans.items()}
    words = [f"{name} {number(p99[name] / 1e3)} ms, median {number(median(times) / 1e3)}" for name, times in scans.items()]
    return Row(f"scan to coil, p99 beside bare C{disk}", ratio(p99["station"], p99["bare C"]), "×", 1.5, beside="; ".join(words))


def shelf_row(bench, ours, theirs, disk):
    bench.keep(f"checkouts from the open shelf{disk}, a second", {"station": ours, "raw SQLite": theirs})
    return Row(
        f"checkouts a second beside raw SQLite, open shelf{disk}", ratio(ours, theirs), "×", 0.7, most=False,
        beside=f"station {number(ours)}/s, raw C SQLite {number(theirs)}/s")


def door_row(bench, ours, theirs, disk):
    bench.keep(f"checkout through a door{disk}, µs", {"station": spread(ours), "raw SQLite": spread(theirs)})
    rates = 1e6 / mean(ours), 1e6 / mean(theirs)
    return Row(
        f"checkouts a second beside raw SQLite, through a door{disk}", ratio(*rates), "×", 0.7, most=False,
        beside=f"station {number(rates[0])}/s, raw C SQLite {number(rates[1])}/s; the time of the door itself is left out")
