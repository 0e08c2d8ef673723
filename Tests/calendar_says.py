"""Reads a calendar (RFC 5545) with Python's icalendar and prints its events, one a line. Leaves with 1 where it is none, or
lacks what the standard wants."""

import sys

from icalendar import Calendar


def written(value):
    if hasattr(value, "hour"):
        assert value.utcoffset() is not None and not value.utcoffset(), "a time that is not in UTC"
        return value.strftime("%Y%m%dT%H%M%SZ")
    return value.strftime("%Y%m%d")


with open(sys.argv[1], "rb") as file:
    calendar = Calendar.from_ical(file.read())
assert calendar["VERSION"] == "2.0" and calendar["PRODID"], "no version, or no program"
seen = set()
for component in calendar.walk():
    assert not component.errors, component.errors
for event in calendar.walk("VEVENT"):
    assert event["UID"] not in seen, "a name is there twice"
    seen.add(event["UID"])
    assert event["DTSTAMP"].dt.utcoffset() is not None
    summary = str(event["SUMMARY"]).replace("\n", "\\n")
    print(event["UID"], written(event["DTSTART"].dt), written(event["DTEND"].dt), event["TRANSP"], summary)
