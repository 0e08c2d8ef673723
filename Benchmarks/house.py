"""A house to measure: its files, and the three programs as they are shipped."""

import contextlib
import http.client
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATIENCE = 20
READY, TAKEN = b"is ready.", b"yours until"
"""What a station and its yardsticks say."""


def check_character(text):
    """ISO 7064 MOD 37,36, as house codes have it."""
    product = 36
    for letter in text:
        product = ((product + int(letter, 36)) % 36 or 36) * 2 % 37
    value = (37 - product) % 36
    return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value]


def code(kind, body):
    """A house code: `M`, its kind, a body, and the check character."""
    return f"M{kind}{body}" + check_character(f"M{kind}{body}")


def spelled(kind, body):
    """A house code with this body and one letter more: house codes do without letters that are easily taken for others."""
    return next(text for letter in "ABCDEFGH" if (text := code(kind, body + letter))[-1] not in "IOYZ")


def item_label(locker):
    return spelled("T", f"B{locker:03}")


def shelf_label(item):
    return spelled("T", f"S{item:03}")


def locker_label(locker):
    return spelled("L", f"B{locker:03}")


def card(borrower):
    return spelled("B", f"1234ABCD567{borrower:04}")


FINISH = code("C", "FN1")


class Trouble(Exception):
    """A program did not do its part."""


class House:
    """A station with its guard and its pool in a folder. Lockers up to `sensed` have a sensor, the rest are relays alone; so many
    more items are on an open shelf."""

    def __init__(self, folder, programs, *, sensed=24, relays=16, shelf=300, chip=None, data=None):
        self.folder, self.programs, self.chip = pathlib.Path(folder), pathlib.Path(programs), chip
        self.sensed, self.lockers, self.shelf = sensed, sensed + relays, shelf
        self.data = pathlib.Path(data or self.folder / "station")
        self.lines = pathlib.Path("/run/gpio-sim", chip) if chip else self.folder / "lines"
        # Whoever looks at a kernel's lines has to come round in time.
        self.pulse_ms = 50 if chip else 10
        self.running = []
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.folder / "pool-port"

    # MARK: files

    def coil(self, locker):
        """The file with the level of a locker's coil, below `lines`."""
        return f"sim_gpio{locker - 1}/value" if self.chip else f"outputs/bench.coil-{locker:03}"

    def door(self, locker):
        return f"inputs/bench.door-{locker:03}"

    def run(self, program, *words, **more):
        with open(self.folder / f"{program}.log", "ab") as log:
            return subprocess.run(
                [self.programs / program, *map(str, words)], check=True, stdout=subprocess.PIPE, stderr=log, text=True,
                **more).stdout.strip()

    def write(self):
        """Writes the configuration, makes the station known to a new pool, and compiles the table."""
        pool = self.folder / "pool"
        self.token = self.run("city-pool", "station", "add", "bench", "--city-domain", "bench.example", "--data", pool)
        token = self.folder / "pool-token"
        token.touch(0o600)
        token.write_text(self.token)
        self.key = self.run("city-pool", "key", "--data", pool)
        (self.folder / "house.yaml").write_text(self.register())
        self.free_port = unused_port()
        self.configuration.write_text(self.station_yaml())
        self.run("mila-station", "lines", "--config", self.configuration)

    @property
    def configuration(self):
        return self.folder / "station.yaml"

    @property
    def journal(self):
        return self.data / "journal.sqlite"

    def register(self):
        numbers = range(1, self.lockers + 1)
        lockers = [f'      - {{ id: "{n:03}", name: {{ de: Fach {n}, en: Locker {n} }}, label: {locker_label(n)} }}' for n in numbers]
        items = [
            f'  - {{ id: item-{n:03}, name: {{ de: Bohrmaschine {n}, en: Drill {n} }}, label: {item_label(n)}, category: tools,'
            f' station: bench, locker: "{n:03}" }}' for n in numbers]
        items += [
            f'  - {{ id: shelf-{n:03}, name: {{ de: Buch {n}, en: Book {n} }}, label: {shelf_label(n)}, category: books, station: bench }}'
            for n in range(1, self.shelf + 1)]
        borrowers = [f"  - {{ id: b-{n:03}, cards: [{card(n)}] }}" for n in range(1, max(self.lockers, self.shelf) + 1)]
        return "\n".join(
            ["policy:", '  standard: { days: 14, until: "18:00" }', "stations:", "  - id: bench", "    lockers:", *lockers,
             "items:", *items, "borrowers:", *borrowers, ""])

    def station_yaml(self):
        chip = self.chip or "bench"
        lockers = []
        for n in range(1, self.lockers + 1):
            lockers.append(f'  - id: "{n:03}"\n    coil: {{ chip: {chip}, line: coil-{n:03} }}')
            if n <= self.sensed:
                lockers.append(f"    sensor: {{ chip: {chip}, line: door-{n:03}, debounce: 0 ms }}")
            lockers.append(f"    pulse: {self.pulse_ms} ms\n    cap: 500 ms\n    rest: 0 ms")
        return "\n".join([
            "station:", "  id: bench", "  city-domain: bench.example", "  name: Haus", "  contact: Fragen Sie im Büro.",
            "  time-zone: Europe/Berlin", "  language: en", f"data: {self.data}", "session-timeout: 600 s", "guard:",
            f"  socket: {self.guard_socket}", "  table: lines.table", f"  backend: {'gpiod' if self.chip else 'simulated'}",
            "  coils: 16", "lockers:", *lockers, "pool:", f"  url: http://127.0.0.1:{self.free_port}", f"  key: {self.key}",
            "  token-file: pool-token", ""])

    @property
    def guard_socket(self):
        return self.folder / "guard.socket"

    # MARK: programs

    def start_pool(self):
        self.port.unlink(missing_ok=True)
        self.pool = self.start(
            "city-pool", "serve", "--data", self.folder / "pool", "--port", self.free_port, "--port-file", self.port, "--load",
            self.folder / "house.yaml")
        wait_for(self.port.exists, "the pool")

    def start_guard(self):
        words = [] if self.chip else ["--simulated", self.lines]
        self.guard = self.start("lock-guard", "--lines", self.folder / "lines.table", "--socket", self.guard_socket, *words)
        wait_for(self.guard_socket.exists, "the guard")

    def start_station(self, screen="text"):
        """Starts the station and waits until it is ready; how long that took, in seconds."""
        began = time.monotonic()
        self.station = self.start(
            "mila-station", "run", "--config", self.configuration, "--screen", screen, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        if screen == "text":
            await_words(self.station.stdout, READY)
        else:
            wait_for(lambda: self.status().get("guard") == "present", "the station")
        return time.monotonic() - began

    def start(self, program, *words, **more):
        log = open(self.folder / f"{program}.log", "ab")
        with log:
            process = subprocess.Popen(
                [self.programs / program, *map(str, words)], stderr=log, **{"stdin": subprocess.DEVNULL, **more})
        self.running.append(process)
        return process

    def stop(self, process):
        """Ends a program in good order."""
        self.running.remove(process)
        process.send_signal(signal.SIGTERM)
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Trouble(f"{process.args[0]} did not end") from None

    def stop_all(self):
        for process in reversed(list(self.running)):
            with contextlib.suppress(Trouble):
                self.stop(process)

    def start_all(self, *, pool=True):
        """Starts guard and station, with a register from the pool, which goes again where it is not wanted."""
        self.start_pool()
        self.start_guard()
        took = self.start_station()
        wait_for(lambda: "register" in self.status(), "the register")
        wait_for(lambda: self.status()["backlog"] == 0, "the uplink")
        if not pool:
            self.stop(self.pool)
        return took

    def ask(self, path):
        """What the running station answers on its control socket."""
        with control(self.data / "control.socket") as connection:
            connection.request("GET", path)
            return connection.getresponse().read()

    def status(self):
        try:
            return json.loads(self.ask("/v1/status"))
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return {}

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.stop_all()
        if kind:
            for log in self.folder.glob("*.log"):
                print(f"last words of {log.stem}: {log.read_text(errors='replace')[-500:]}", file=sys.stderr)

    def remove(self):
        self.stop_all()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def control(path):
    connection = http.client.HTTPConnection("localhost", timeout=PATIENCE)
    connection.sock = socket.socket(socket.AF_UNIX)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # An address has room for some hundred bytes; this one is short wherever the folder is.
        connection.sock.connect(f"/proc/self/fd/{folder}/{path.name}")
        yield connection
    finally:
        os.close(folder)
        connection.close()


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(is_so, what, patience=PATIENCE):
    limit = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > limit:
            raise Trouble(f"{what} did not come within {patience} s")
        time.sleep(0.005)


def await_words(pipe, words, patience=PATIENCE, times=1):
    """Reads a pipe until these words came, so many times."""
    limit, said = time.monotonic() + patience, b""
    while (found := said.count(words)) < times:
        if found:
            times -= found
            said = said[said.rindex(words) + len(words):]
        if not select.select([pipe], [], [], max(0, limit - time.monotonic()))[0]:
            raise Trouble(f"{words!r} was not said")
        part = os.read(pipe.fileno(), 65536)
        if not part:
            raise Trouble(f"it ended before it said {words!r}; it said {said!r}")
        said = said[-200:] + part
