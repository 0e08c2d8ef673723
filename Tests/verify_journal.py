#!/usr/bin/env python3
"""Verifies a journal that `mila-station journal export` wrote, without any of MilaStation's own code.

usage: verify_journal.py EXPORT.ndjson [--checkpoint FILE --key KEY]

EXPORT is NDJSON, one entry a line. With a checkpoint and the station's public key (`journal status` prints it), a tail
that was cut off shows too. Exit codes: 0 the journal is whole, 1 it is not (the first finding is printed), 2 wrong use.

Standard library only. docs/journal.md describes the form that is checked here.
"""

import argparse
import base64
import hashlib
import json
import re
import sys

ENTRY_ID = re.compile(r"^([0-9a-f]{16})-([0-9]{12})$")
HASH = re.compile(r"^[0-9a-f]{64}$")
MEMBERS = {
    "clockquality", "data", "datacontenttype", "disclosure", "entryhash", "epoch", "id", "previoushash", "sequence",
    "source", "specversion", "time", "type",
}
ZEROS = "0" * 64


class Finding(Exception):
    """What is wrong, and at which entry."""


def strict_members(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Finding("a member is there twice")
    return members


def refuse_number(text):
    raise Finding(f"{text} is no whole number")


def canonical(value):
    """The RFC 8785 form of strings, booleans, whole numbers up to 2^53-1, lists and objects."""
    if value is True or value is False:
        return b"true" if value else b"false"
    if isinstance(value, int):
        if abs(value) > 2**53 - 1:
            raise Finding(f"{value} is beyond 2^53-1")
        return str(value).encode()
    if isinstance(value, str):
        # Python escapes the same characters in the same way as RFC 8785 does.
        return json.dumps(value, ensure_ascii=False).encode("utf-8")
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return b"{" + b",".join(canonical(name) + b":" + canonical(value[name]) for name in names) + b"}"
    raise Finding(f"{value!r} is none of string, boolean, whole number, list and object")


def read_entry(line):
    try:
        entry = json.loads(
            line.decode("utf-8"), object_pairs_hook=strict_members, parse_float=refuse_number,
            parse_constant=refuse_number)
        if not isinstance(entry, dict):
            raise Finding("it is no object")
        if canonical(entry) != line:
            raise Finding("it is not in its canonical form")
    except (ValueError, RecursionError) as error:
        raise Finding(f"it is no JSON: {error}") from error
    missing = MEMBERS - {"disclosure"} - entry.keys()
    if missing or entry.keys() - MEMBERS:
        raise Finding(f"its members are not those of an entry: {sorted(missing | (entry.keys() - MEMBERS))}")
    return entry


def check_disclosure(entry):
    """The disclosure, where it was not erased, is what the chained digest was made of."""
    disclosure = entry.get("disclosure")
    if disclosure is None:
        return
    digest = hashlib.sha256(disclosure.encode("ascii")).hexdigest()
    roles = [role for role in ("borrower", "staff", "admin") if entry["data"].get(role) == digest]
    if not roles:
        raise Finding("its disclosure is not the one that it was written with")
    parts = json.loads(base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4)))
    if len(parts) != 3 or parts[1] != roles[0]:
        raise Finding(f"its disclosure is none of a {roles[0]}")


def check_entry(entry, expected, previous, first):
    match = ENTRY_ID.match(entry["id"])
    if entry["specversion"] != "1.0" or not match:
        raise Finding("it is no CloudEvent of a journal")
    if (entry["epoch"], entry["sequence"]) != match.groups():
        raise Finding("its id is not its epoch and its sequence")
    if first and (entry["source"], entry["epoch"]) != (first["source"], first["epoch"]):
        raise Finding("it belongs to another journal")
    sequence = int(entry["sequence"])
    if sequence > expected:
        raise Finding(f"entries are missing before it: it has the number {sequence}")
    if sequence < expected:
        raise Finding(f"it is out of order: it has the number {sequence}")
    chained = {name: value for name, value in entry.items() if name not in ("entryhash", "disclosure")}
    if hashlib.sha256(canonical(chained)).hexdigest() != entry["entryhash"]:
        raise Finding("it was edited: its hash does not fit")
    if not HASH.match(entry["entryhash"]) or entry["previoushash"] != previous:
        raise Finding("it does not follow from the entry before it")
    check_disclosure(entry)


def verify(lines, checkpoint=None):
    """The number of entries; raises Finding where the chain breaks, or does not lead through the checkpoint."""
    previous, first, count, reached = ZEROS, None, 0, checkpoint is None or checkpoint["sequence"] == 0
    for line in lines:
        count += 1
        try:
            if not line.endswith(b"\n"):
                raise Finding("it was cut off")
            entry = read_entry(line[:-1])
            check_entry(entry, count, previous, first)
            first = first or entry
            previous = entry["entryhash"]
            if checkpoint and checkpoint["sequence"] == count:
                if (checkpoint["source"], checkpoint["epoch"]) != (entry["source"], entry["epoch"]):
                    raise Finding("the checkpoint is of another journal")
                if checkpoint["hash"] != previous:
                    raise Finding("it is not the one that the station signed")
                reached = True
        except Finding as finding:
            raise Finding(f"entry {count}: {finding}") from finding
    if not reached:
        raise Finding(f"entry {count + 1}: cut off: the station signed {checkpoint['sequence']} entries")
    return count


# Ed25519 after RFC 8032, section 6: slow and simple, for one signature.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * ROOT % P
    if (x * x - x2) % P != 0:
        return None
    return P - x if x & 1 != sign else x


def decompress(data):
    y = int.from_bytes(data, "little")
    x = recover_x(y & ((1 << 255) - 1), y >> 255)
    return None if x is None else (x, y & ((1 << 255) - 1), 1, x * (y & ((1 << 255) - 1)) % P)


def add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def is_signed(public, message, signature):
    base_y = 4 * pow(5, P - 2, P) % P
    base_x = recover_x(base_y, 0)
    base = (base_x, base_y, 1, base_x * base_y % P)
    key, r, s = decompress(public), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = multiply(s, base), add(r, multiply(digest, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def read_checkpoint(encoded, key):
    """A station's checkpoint from a C2SP signed note, checked with its key `NAME+HEX+BASE64`."""
    try:
        name, _, encoded_key = key.split("+", 2)
        public = base64.b64decode(encoded_key, validate=True)[1:]
        text, _, last = encoded.rpartition("\n\n")
        dash, signer, signature = last.removesuffix("\n").split(" ")
        blob = base64.b64decode(signature, validate=True)
        if not last.endswith("\n") or base64.b64encode(blob).decode() != signature:
            raise ValueError("its signature is not in its canonical form")
        title, source, epoch, sequence, digest = text.split("\n")
    except ValueError as error:
        raise Finding(f"checkpoint: it is none: {error}") from error
    identifier = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    if (dash, signer, blob[:4], title) != ("—", name, identifier, "milastation checkpoint v1"):
        raise Finding("checkpoint: it is not this station's")
    if not is_signed(public, (text + "\n").encode(), blob[4:]):
        raise Finding("checkpoint: its signature is wrong")
    return {"source": source, "epoch": epoch, "sequence": int(sequence), "hash": digest}


def main():
    parser = argparse.ArgumentParser(description="Verifies an exported journal.")
    parser.add_argument("export")
    parser.add_argument("--checkpoint")
    parser.add_argument("--key")
    arguments = parser.parse_args()
    if (arguments.checkpoint is None) != (arguments.key is None):
        parser.error("--checkpoint and --key belong together")
    try:
        checkpoint = None
        if arguments.checkpoint:
            with open(arguments.checkpoint, encoding="utf-8", newline="") as file:
                checkpoint = read_checkpoint(file.read(), arguments.key)
        with open(arguments.export, "rb") as file:
            count = verify(file, checkpoint)
    except Finding as finding:
        print(finding)
        return 1
    except OSError as error:
        parser.error(str(error))
    print(f"{count} entries, whole")
    return 0


if __name__ == "__main__":
    sys.exit(main())
