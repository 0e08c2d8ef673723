"""What the kernel says of a process: its memory, its time on the processor, the bytes it had written."""

import pathlib
import time


def memory(pid):
    """Resident and private memory, in bytes: `Rss` and `Private_Dirty` of /proc/PID/smaps_rollup."""
    sizes = {}
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size, _ = line.split()
        sizes[name.rstrip(":")] = int(size) * 1024
    return {"resident": sizes["Rss"], "private": sizes["Private_Dirty"], "anonymous": sizes["Anonymous"]}


def peak(pid):
    """The most resident memory so far, in bytes."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"process {pid} has no peak")


def processor(pid):
    """Seconds on a processor so far, of all threads: to the nanosecond, where `stat` counts in ticks."""
    return sum(
        int((task / "schedstat").read_text().split()[0]) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()) / 1e9


def load(pids, seconds):
    """The share of one processor that processes take together, in percent, over some seconds."""
    before = sum(map(processor, pids))
    began = time.monotonic()
    time.sleep(seconds)
    return 100 * (sum(map(processor, pids)) - before) / (time.monotonic() - began)
