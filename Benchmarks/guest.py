"""What is measured inside the test bench: GPIO lines of a kernel, and a disk whose every byte is counted.

    guest.py FOLDER PROGRAMS VISITS

Prints JSON. The disk is a loop device with ext4 in the guest's memory, so that nobody else writes to it.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys

import house
import rows_scans
import visits
from figures import median

LABEL, LOCKERS, ROUNDS = "bench", 16, 10


class Inside:
    """What the measurements ask of a run, in here."""

    def __init__(self, folder, programs, journal=None):
        self.place, self.programs, self.journal = folder, programs, journal

    def file(self, name):
        return self.place / name

    def tables(self, name):
        return visits.empty_tables(self.journal, self.file(f"{name}.sqlite"))


class Disk:
    """A disk of its own; what was written to it, and how often a program had it synced."""

    def __init__(self, size=96 << 20):
        image = pathlib.Path("/run/disk")
        with open(image, "wb") as file:
            file.truncate(size)
        self.device = subprocess.run(
            ["losetup", "--find", "--show", image], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        # Blocks as on a large disk; mkfs would take smaller ones for a small one.
        subprocess.run(["mkfs.ext4", "-q", "-b", "4096", self.device], check=True)
        self.folder = pathlib.Path("/run/mounted")
        self.folder.mkdir()
        subprocess.run(["mount", "-o", "noatime", self.device, self.folder], check=True)
        self.syncs = pathlib.Path("/run/syncs")

    @contextlib.contextmanager
    def watching(self, programs):
        """Has programs that are started meanwhile count their syncs, from nothing."""
        self.syncs.unlink(missing_ok=True)
        self.syncs.write_bytes(bytes(8))
        os.environ.update(SYNCS=str(self.syncs), LD_PRELOAD=str(programs / "syncs.so"))
        yield
        del os.environ["LD_PRELOAD"]

    def now(self):
        """Bytes written and syncs so far: field 7 of the device's `stat`, and the program's count."""
        subprocess.run(["sync", "-f", self.folder], check=True)
        fields = pathlib.Path("/sys/block", self.device.rsplit("/", 1)[1], "stat").read_text().split()
        return int(fields[6]) * 512, int.from_bytes(self.syncs.read_bytes(), "little")

    def count(self, work, rounds):
        """Does work some times, which gives its number of commits each time; bytes and syncs for each of these.

        In some rounds the log is written back into the database, which has syncs of its own: they count in the mean, and not
        in the median, which is what a commit has.
        """
        bytes, syncs, commits = [], [], 0
        for _ in range(rounds):
            before = self.now()
            made = work()
            after = self.now()
            bytes.append(after[0] - before[0])
            syncs.append(after[1] - before[1])
            commits += made
        return {
            "bytes": sum(bytes) / commits, "syncs": median(syncs) * rounds / commits, "syncs, write-backs too": sum(syncs) / commits,
            "commits": commits}


def main():
    folder, programs, visited = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    with house.House(folder / "begun", programs, sensed=0, relays=LOCKERS, chip=LABEL) as home:
        home.write()
        home.start_all()
    bench = Inside(folder, programs, home.journal)
    with house.House(folder / "kernel", programs, sensed=0, relays=LOCKERS, chip=LABEL) as home:
        home.write()
        home.start_all(pool=False)
        scans = rows_scans.timed_scans(bench, home, visited, 1)
    json.dump({"scans": scans, "disk": disk(folder, programs, bench, visited)}, sys.stdout)


def disk(folder, programs, bench, visited):
    """What station and yardsticks write for each commit, once the write-ahead log has its size."""
    disk = Disk()
    counted = {}
    with house.House(folder / "disk", programs, sensed=0, relays=LOCKERS, chip=LABEL, data=disk.folder / "station") as home:
        home.write()
        home.start_pool()
        home.start_guard()
        with disk.watching(programs):
            home.start_station()
        house.wait_for(lambda: home.status().get("backlog") == 0, "the register")
        home.stop(home.pool)

        def visit(process, count):
            plan = visits.plan(
                range(1, LOCKERS + 1), count, of_station=process is home.station, coil=lambda _: "-")
            visits.visit(bench, home.folder, plan, process, home.lines)
            return 2 * sum(line.startswith("MT") for line in plan)

        rows_scans.shelf_rate(bench, home)
        counted["station"] = disk.count(lambda: visit(home.station, visited // ROUNDS), ROUNDS)
        home.stop(home.guard)
        home.pulse_ms = 1  # Nobody looks at the lines.
        beside = Inside(disk.folder, programs, bench.journal)
        for name, start in visits.YARDSTICKS.items():
            with disk.watching(programs):
                process = start(beside, home)
            visit(process, 200)
            counted[name] = disk.count(lambda: visit(process, visited // ROUNDS), ROUNDS)
            visits.finish(process)
    return counted


if __name__ == "__main__":
    main()
