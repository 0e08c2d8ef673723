"""Holds entries against the schema of the contract: each must fit; without a member that it needs, with one of another
kind's, with one that nobody knows and with a value of another form it must not.

usage: contract_says.py CONTRACT ENTRIES, one JSON object a line. Prints what is wrong, and leaves with 1 then.
"""
import json
import sys

import jsonschema
import yaml


def needed(schema, entry):
    """The members of the data that the kind of an entry cannot do without."""
    for kind in schema["components"]["schemas"]["Entry"]["oneOf"]:
        if kind["properties"]["type"]["const"] == entry["type"]:
            return kind["properties"]["data"].get("required", [])
    return []


def spoiled(schema, entry):
    """Entries that are none, each with a word on what was done to it."""
    yield "another version", {**entry, "specversion": "0.3"}
    yield "another type", {**entry, "type": entry["type"] + "x"}
    yield "a member that nobody knows", {**entry, "colour": "red"}
    yield "data that nobody knows", {**entry, "data": {**entry["data"], "colour": "red"}}
    for member in entry:
        if member != "disclosure":
            yield f"without {member}", {name: value for name, value in entry.items() if name != member}
    for member in needed(schema, entry):
        data = {name: value for name, value in entry["data"].items() if name != member}
        yield f"without {member} in its data", {**entry, "data": data}
    for member in entry["data"]:
        yield f"{member} of another form", {**entry, "data": {**entry["data"], member: ["x"]}}
    other = "register" if entry["type"] != "org.milastation.register-applied.v1" else "label"
    yield "a member of another kind", {**entry, "data": {**entry["data"], other: "a/1"}}


def main(contract, entries):
    with open(contract, encoding="utf-8") as file:
        schema = yaml.safe_load(file)
    check = jsonschema.Draft202012Validator({"$ref": "#/components/schemas/Entry", "components": schema["components"]})
    wrong = 0
    kinds = set()
    with open(entries, encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            kinds.add(entry["type"])
            if not check.is_valid(entry):
                wrong += 1
                print(f"{entry['type']} does not fit: {jsonschema.exceptions.best_match(check.iter_errors(entry)).message}")
            for what, other in spoiled(schema, entry):
                if check.is_valid(other):
                    wrong += 1
                    print(f"{entry['type']} fits though it is spoiled: {what}")
    listed = {kind["properties"]["type"]["const"] for kind in schema["components"]["schemas"]["Entry"]["oneOf"]}
    for kind in sorted(listed ^ kinds):
        wrong += 1
        print(f"{kind} is in the contract or in the program, and not in both")
    for example in schema["components"]["schemas"]["Entry"]["examples"]:
        if not check.is_valid(example):
            wrong += 1
            print("the contract's own example does not fit")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
