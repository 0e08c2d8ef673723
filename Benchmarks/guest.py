"""What is measured inside the test bench: GPIO lines of a kernel, and a disk whose every byte is counted.

    guest.py FOLDER PROGRAMS VISITS

Prints JSON. The disk is a loop device with ext4 in the guest's memory, so that nobody else writes to it.
"""

import json
import pathlib
import subprocess
import sys

import house
import rows_scans
import visits

LABEL, LOCKERS = "bench", 16


class Inside:
    """What the measurements ask of a run, in here."""

    def __init__(self, folder, programs, journal=None):
        self.place, self.programs, self.journal = folder, programs, journal

    def file(self, name):
        return self.place / name

    def tables(self, name):
        return visits.empty_tables(self.journal, self.file(f"{name}.sqlite"))


class Disk:
    """A disk of its own, and what was written to it."""

    def __init__(self, size=96 << 20):
        image = pathlib.Path("/run/disk")
        with open(image, "wb") as file:
            file.truncate(size)
        self.device = subprocess.run(
            ["losetup", "--find", "--show", image], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        subprocess.run(["mkfs.ext4", "-q", self.device], check=True)
        self.folder = pathlib.Path("/run/mounted")
        self.folder.mkdir()
        subprocess.run(["mount", "-o", "noatime", self.device, self.folder], check=True)

    def written(self):
        """Bytes and flushes so far: fields 7 and 16 of the device's `stat`."""
        subprocess.run(["sync", "-f", self.folder], check=True)
        fields = pathlib.Path("/sys/block", self.device.rsplit("/", 1)[1], "stat").read_text().split()
        return int(fields[6]) * 512, int(fields[15])

    def count(self, work):
        """Does work, which gives its number of commits; bytes and flushes for each of them."""
        before = self.written()
        commits = work()
        after = self.written()
        return {"bytes": (after[0] - before[0]) / commits, "flushes": (after[1] - before[1]) / commits, "commits": commits}


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
    """What station and yardsticks write for each commit."""
    disk = Disk()
    counted = {}
    with house.House(folder / "disk", programs, sensed=0, relays=LOCKERS, chip=LABEL, data=disk.folder / "station") as home:
        home.write()
        home.start_all(pool=False)

        def visit(process, of_station):
            plan = visits.plan(range(1, LOCKERS + 1), visited, of_station=of_station, coil=home.coil)
            return 2 * len(visits.visit(bench, home.folder, plan, process, home.lines))

        counted["station"] = disk.count(lambda: visit(home.station, True))
        home.stop(home.guard)
        beside = Inside(disk.folder, programs, bench.journal)
        for name, process in (
                ("bare C", visits.bare(programs, beside.tables("bare"), LABEL, LOCKERS)),
                ("Python", visits.maker(beside.file("maker.sqlite"), LABEL, LOCKERS))):
            counted[name] = disk.count(lambda: visit(process, False))
            visits.finish(process)
    return counted


if __name__ == "__main__":
    main()
