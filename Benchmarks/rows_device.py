"""What is measured in the test bench: device bytes and syncs of a commit, and scans on a kernel's own GPIO lines."""

import json
import pathlib
import subprocess

import guest
from figures import Row, median, number, percentile, ratio, spread

HERE = pathlib.Path(__file__).resolve().parent


def measure(bench):
    folder = bench.folder("guest")
    names = " ".join(f"coil-{locker:03}" for locker in range(1, guest.LOCKERS + 1))
    answer = json.loads(subprocess.run(
        [HERE.parent / "hardware/testbench/run-in", "--memory", "1G", "--chip", f"{guest.LABEL} {names}", "--write", folder,
         "/usr/bin/python3", HERE / "guest.py", folder, bench.programs, str(bench.choose(160, 48))],
        check=True, stdout=subprocess.PIPE, text=True).stdout)
    disk, scans = answer["disk"], answer["scans"]
    bench.keep("device, for each commit", disk)
    bench.keep("scan to coil on a kernel's lines, µs", {name: spread(times) for name, times in scans.items()})
    p99 = {name: percentile(times, 0.99) for name, times in scans.items()}
    words = [f"{name} {number(p99[name] / 1e3)} ms, median {number(median(times) / 1e3)}" for name, times in scans.items()]
    return [
        Row("scan to coil on a kernel's lines, p99 beside bare C", ratio(p99["station"], p99["bare C"]), "×", 1.5,
            beside="; ".join(words)),
        Row("device bytes of a commit", disk["station"]["bytes"] / 1e3, "KB", 9,
            beside="; ".join(f"{name} {number(one['bytes'] / 1e3)} KB" for name, one in disk.items() if name != "station")),
        Row("syncs of a commit", round(disk["station"]["syncs"], 2), "", 1,
            beside=f"{number(disk['station']['syncs, write-backs too'])} with those of the log's write-backs; "
            + "; ".join(f"{name} {number(one['syncs'])}" for name, one in disk.items() if name != "station")),
    ]
