"""How long a station that was offline for weeks needs to bring everything to its pool."""

import time

import chain
import house
from figures import Row, number

ENTRIES, BATCH = 100_000, 500


def measure(bench):
    with bench.house("upload", begun=True) as home:
        chain.extend(home.journal, ENTRIES, home.lockers, acknowledged=False)
        verified = bench.output("mila-station", "journal", "verify", "--database", home.journal)
        if "chain whole" not in verified:
            raise house.Trouble(f"the journal that was made is not whole: {verified}")
        export = bench.file("upload.ndjson")
        with open(export, "w", encoding="utf-8") as file:
            bench.run("mila-station", "journal", "export", "--database", home.journal, stdout=file)
        home.start_pool()
        home.start_guard()
        began = time.monotonic()
        home.start_station()
        house.wait_for(lambda: home.status().get("backlog") == 0, "the last entry")
        took = time.monotonic() - began
    with bench.house("upload-python") as beside:
        beside.start_pool()
        began = time.monotonic()
        bench.python(
            "maker.py", "upload", export, f"http://127.0.0.1:{beside.free_port}/v1/stations/bench/entries", beside.token, BATCH)
        python = time.monotonic() - began
    bench.keep("upload, s", {"station": took, "Python": python, "entries": ENTRIES})
    return [Row(
        f"upload of {number(ENTRIES)} entries", took, "s", 10,
        beside=f"from the start of the station; a Python script with requests sends the same to the same pool in {number(python)} s")]
