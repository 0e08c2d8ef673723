"""What a station needs while nobody is there, and whether scans without end make it grow."""

import time

import house
import process
import visits
from figures import Row, number

WARM = 20_000
"""After so many scans every cache has its size."""


def measure(bench):
    with bench.house("rest") as home:
        home.start_all()
        time.sleep(8)  # The station lets go of what its start needed after five seconds.
        memory = {"mila-station": process.memory(home.station.pid), "lock-guard": process.memory(home.guard.pid)}
        maker = visits.maker(bench, home)
        time.sleep(1)
        memory["Python"] = process.memory(maker.pid)
        seconds = bench.choose(20, 5)
        load = process.load([home.station.pid, home.guard.pid], seconds)
        beside = process.load([maker.pid], 2)
        visits.finish(maker)
        home.stop(home.station)
        grown, scans = growth(bench, home)
    bench.keep("memory at rest, bytes", memory)
    bench.keep("processor at rest, %", {"both": load, "Python": beside})
    bench.keep("growth of private memory over scans, bytes", {"scans": scans, **grown})
    station, guardian = memory["mila-station"], memory["lock-guard"]
    python = memory["Python"]
    return [
        Row("mila-station at rest, resident", station["resident"] / 1e6, "MB", 40,
            beside=f"Python {number(python['resident'] / 1e6)} MB"),
        Row("mila-station at rest, private", station["private"] / 1e6, "MB", 8, beside=f"Python {number(python['private'] / 1e6)} MB"),
        Row("lock-guard at rest, resident", guardian["resident"] / 1e6, "MB", 8),
        Row("lock-guard at rest, private", guardian["private"] / 1e6, "MB", 1),
        Row(f"growth over {number(scans)} scans, private", sum(grown.values()) / 1e6, "MB", 1,
            beside=f"both programs, from scan {number(max(WARM, scans // 10))} on"),
        Row("processor at rest, both programs", load, "%", 0.2, beside=f"of one core, over {seconds} s; Python {number(beside)} %"),
    ]


def growth(bench, home):
    """How much private memory is more at the end of many scans than after their first part; and how many there were.

    Of 1,000 scans one is a visit with two commits: a borrower with one open loan scans other borrowers' items meanwhile.
    """
    home.start_station(screen="none")
    count = bench.scans
    # What needs no commit: items without a session, unknown and mistyped codes; what does: cards and an item of one's own.
    idle = "\n".join([house.item_label(1), "MTB0010", "4006381333931", "nobody knows this", house.FINISH] * 20) + "\n"
    visit = f"{house.card(1)}\n{house.item_label(house_item(home))}\n"
    before = None
    for done in range(0, count, 100):
        home.station.stdin.write(idle.encode())
        if done % 1000 == 0:
            home.station.stdin.write(visit.encode())
        home.station.stdin.flush()
        if before is None and done >= max(WARM, count // 10):
            settle(home)
            before = private(home)
    settle(home)
    after = private(home)
    home.stop(home.station)
    return {name: after[name] - before[name] for name in after}, count


def house_item(home):
    """A locker without a sensor: its visits end by themselves."""
    return home.lockers


def settle(home):
    """Waits until the station has taken all scans."""
    known = -1
    while (now := home.status().get("unknowncodes", 0)) != known:
        known = now
        time.sleep(0.3)


def private(home):
    return {name: process.memory(pid)["private"] for name, pid in (("station", home.station.pid), ("guard", home.guard.pid))}
