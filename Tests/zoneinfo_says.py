"""What Python's zoneinfo says of clock changes and of due times: one JSON line for each zone named.

usage: zoneinfo_says.py ZONE...

A line holds "changes" from 2020 to 2040, each [UTC second, offset before, offset after], and "dues", each [now, days,
minute of the day, due], times in UTC seconds: a local time that is shown twice means the later one, one that is skipped
the instant of the change, and what would not be later than now is due a day later.
"""

import json
import random
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

FIRST = int(datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp())
LAST = int(datetime(2041, 1, 1, tzinfo=timezone.utc).timestamp())


def offset(zone, second):
    return int(datetime.fromtimestamp(second, zone).utcoffset().total_seconds())


def changes(zone):
    found = []
    for low in range(FIRST, LAST, 3600):
        before, after = offset(zone, low), offset(zone, low + 3600)
        if before != after:
            left, right = low, low + 3600
            while right - left > 1:
                middle = (left + right) // 2
                if offset(zone, middle) == before:
                    left = middle
                else:
                    right = middle
            found.append([right, before, after])
    return found


def instant(zone, shown, known):
    candidates = [int(shown.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1)]
    right = [one for one in candidates if datetime.fromtimestamp(one, zone).replace(tzinfo=None) == shown]
    if right:
        return max(right)
    naive = int(shown.replace(tzinfo=timezone.utc).timestamp())
    return next(one for one, before, after in known if before + one <= naive < after + one)


def due(zone, now, days, minute, known):
    midnight = datetime.fromtimestamp(now, zone).replace(tzinfo=None, hour=0, minute=0, second=0)
    for more in (0, 1):
        found = instant(zone, midnight + timedelta(days=days + more, minutes=minute), known)
        if found > now:
            return found
    raise AssertionError("a due time that is never later than now")


def main():
    for name in sys.argv[1:]:
        zone, chance = ZoneInfo(name), random.Random(name)
        known = changes(zone)
        dues = []
        moments = [one + delta for one, _, _ in known for delta in (-86400, -7200, -1, 0, 1, 5400)]
        moments += [chance.randrange(FIRST, LAST) for _ in range(200)]
        for now in moments:
            if FIRST <= now < LAST - 60 * 86400:
                days, minute = chance.choice([0, 0, 1, 1, 3, 14, 28]), chance.randrange(1440)
                dues.append([now, days, minute, due(zone, now, days, minute, known)])
                # Where the clock changes around the due time itself.
                dues.append([now, 1, chance.randrange(240), 0])
                dues[-1][3] = due(zone, now, 1, dues[-1][2], known)
        print(json.dumps({"changes": known, "dues": dues}))


if __name__ == "__main__":
    main()
