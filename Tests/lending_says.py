"""What the rules of lending say, written anew from their words: one JSON line with a case in, one with the answer out.

usage: lending_says.py < CASES

Times are UTC milliseconds, amounts cents, terms and hours as docs/pool.md spells them; what is not known is left out.
A case has "now", "zone", "policy", "reach" (whether the pool is in reach), "confirmed", "borrower", "loans" and "items"
(the borrower's), "item" (with its "loans" and "bookings"), "weak" (the card), "pin" and "approved" (what was proven), and
"room" (whether it is one, which nobody has to take back).
An answer is one of

    {"says": "granted", "due": …, "shortened": …}      shortened where a booking ends the loan early
    {"says": "needs-pin"}                              {"says": "needs-approval", "deposit": …}
    {"says": REFUSAL}                                  with "when" where it names a time
"""

import json
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

SECOND, HOUR = 1000, 3_600_000
DAYS_OF_WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# How far a house is looked for that is open again: closed for longer, it is as good as gone.
OUTLOOK = 800


def local(zone, moment):
    return (EPOCH + timedelta(milliseconds=moment)).astimezone(zone)


def milliseconds(moment):
    return (moment - EPOCH) // timedelta(milliseconds=1)


def instant(zone, day, minute):
    """When a local minute of a day is: the later one of two, the clock change where it is skipped. 1440 is midnight."""
    shown = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    found = [shown.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc) for fold in (0, 1)]
    right = [one for one in found if one.astimezone(zone).replace(tzinfo=None) == shown]
    if right:
        return milliseconds(max(right))
    # Both guesses miss, one on each side of the change: between them is the first second of the new offset.
    early, late = sorted(milliseconds(one) // SECOND for one in found)
    before = local(zone, early * SECOND).utcoffset()
    while late - early > 1:
        middle = (early + late) // 2
        if local(zone, middle * SECOND).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late * SECOND


def intervals(text):
    """The intervals in a text such as 10:00-13:00, 15:00-19:00, in minutes of the day."""
    found = []
    for piece in filter(None, (piece.strip() for piece in text.split(","))):
        ends = [int(end[:2]) * 60 + int(end[3:]) for end in piece.split("-")]
        found.append((ends[0], ends[1]))
    return sorted(found)


def hours_of(policy, day):
    """When a house with opening hours is open on a day."""
    for closed in policy.get("closed", []):
        first, _, last = closed.partition("/")
        if date.fromisoformat(first) <= day <= date.fromisoformat(last or first):
            return []
    return intervals(policy["hours"].get(DAYS_OF_WEEK[day.weekday()], ""))


def terms_of(policy, item, borrower):
    terms = dict(policy["standard"])
    for rule in policy["rules"]:
        if rule.get("category", item["category"]) != item["category"]:
            continue
        if "group" in rule and rule["group"] not in borrower["groups"]:
            continue
        terms.update(rule["terms"])
    return terms


def age(born, today):
    try:
        birthday = born.replace(year=today.year)
    except ValueError:
        birthday = date(today.year, 3, 1)
    return today.year - born.year - (1 if today < birthday else 0)


def is_quiet(text, minute):
    for opens, closes in intervals(text):
        if opens < closes:
            if opens <= minute < closes:
                return True
        elif minute >= opens or minute < closes:
            return True
    return False


def due_minute(policy, day, until):
    """At which minute of a day something is due that should be due at `until`; None on a day that is closed."""
    if "hours" not in policy:
        return until
    today = hours_of(policy, day)
    if not today:
        return None
    if any(opens <= until < closes for opens, closes in today):
        return until
    closings = [closes for _, closes in today]
    return max((one for one in closings if one <= until), default=min(closings))


def usual_due(case, zone, terms):
    day = local(zone, case["now"]).date() + timedelta(days=terms.get("days", 14))
    hour, minute = terms.get("until", "18:00").split(":")
    return due_from(case, zone, day, int(hour) * 60 + int(minute))


def booked_due(case, zone, until):
    """When something is due that its borrower has booked until then: in the same way as anything else."""
    end = local(zone, until)
    minute = end.hour * 60 + end.minute
    if due_minute(case["policy"], end.date(), minute) == minute:
        return until
    return due_from(case, zone, end.date(), minute)


def due_from(case, zone, day, until):
    for _ in range(OUTLOOK):
        at = due_minute(case["policy"], day, until)
        if at is not None:
            found = instant(zone, day, at)
            if found > case["now"]:
                return found
        day += timedelta(days=1)
    raise AssertionError("a house that is never open")


def last_open(case, zone, moment):
    """The last moment that is not later than another and at which the house is open; None where there was none."""
    policy = case["policy"]
    if "hours" not in policy:
        return moment
    day = local(zone, moment).date()
    for _ in range(OUTLOOK):
        found = [
            min(instant(zone, day, closes), moment)
            for opens, closes in hours_of(policy, day)
            if instant(zone, day, opens) <= moment
        ]
        if found:
            return max(found)
        day -= timedelta(days=1)
        if instant(zone, day, 1440) < case["now"]:
            return None
    return None


def is_too_old(case, right):
    limit = case["policy"]["maximum-age"].get(right)
    if limit is None:
        return False
    return "confirmed" not in case or case["now"] - case["confirmed"] > limit * HOUR


def qualification(terms):
    named = terms.get("qualification", "none")
    return None if named == "none" else named


def who_may_not(case, zone, terms):
    """What speaks against this borrower, whatever the item's bookings."""
    now, borrower, item = case["now"], case["borrower"], case["item"]
    if borrower["blocked"]:
        return "borrower-blocked"
    if now > borrower.get("valid-until", now):
        return "borrower-expired"

    needed = qualification(terms)
    if not case["reach"]:
        if case["policy"]["offline"] != "both" or is_too_old(case, "borrowing"):
            return "pool-out-of-reach"
        if needed and is_too_old(case, "qualifications"):
            return "pool-out-of-reach"

    if terms.get("minimum-age", 0) > 0:
        if "born" not in borrower:
            return "age-unknown"
        if age(date.fromisoformat(borrower["born"]), local(zone, now).date()) < terms["minimum-age"]:
            return "too-young"

    if needed:
        if needed not in borrower["qualifications"]:
            return "not-qualified"
        if borrower["qualifications"][needed].get("until", now) < now:
            return "not-qualified"

    known = [case["items"][loan["item"]] for loan in case["loans"] if loan["item"] in case["items"]]
    if len(case["loans"]) >= terms.get("maximum-loans", 20):
        return "too-many-loans"
    alike = [one for one in known if one["category"] == item["category"]]
    if "maximum-of-category" in terms and len(alike) >= terms["maximum-of-category"]:
        return "too-many-of-category"
    worth = item["value"] + sum(one["value"] for one in known)
    if "maximum-value" in terms and worth > terms["maximum-value"]:
        return "too-valuable"

    shown = local(zone, now)
    if item["locker"] and terms.get("quiet-hours", "none") != "none":
        if is_quiet(terms["quiet-hours"], shown.hour * 60 + shown.minute):
            return "quiet-hours"
    return None


def period(case, zone, terms):
    """Until when the item can be had, or the refusal."""
    now, item, me = case["now"], case["item"], case["borrower"]["id"]
    mine = [
        one["until"] for one in item["bookings"] if one["borrower"] == me and one["from"] <= now < one["until"]
    ]
    due = booked_due(case, zone, max(mine)) if mine else usual_due(case, zone, terms)

    having = {loan["borrower"] for loan in item["loans"]}
    others = [
        one
        for one in item["bookings"]
        if one["borrower"] != me
        and one["until"] > now
        and not (one["from"] <= now and one["borrower"] in having)
    ]
    starts = sorted({one["from"] for one in others if now < one["from"] < due})
    for moment in [now] + starts:
        away = [loan for loan in item["loans"] if moment == now or loan["due"] > moment]
        active = [one for one in others if one["from"] <= moment < one["until"]]
        if len(away) + len(active) + 1 <= item["quantity"]:
            continue
        if moment == now:
            return {"says": "booked"} | ({"when": min(one["until"] for one in active)} if active else {})
        if mine and max(mine) <= moment:
            # Whoever comes next has booked too, and nobody opens the house in between.
            return {"due": max(mine), "shortened": False}
        end = last_open(case, zone, moment)
        if end is None or end - now < HOUR:
            return {"says": "booked-soon", "when": moment}
        return {"due": end, "shortened": True}
    return {"due": due, "shortened": False}


def needs(case, terms):
    """What is still missing for the loan; None where nothing is."""
    value = case["item"]["value"]
    is_asked = "pin-above" in terms and value > terms["pin-above"]
    if case["weak"] and value > terms.get("card-pin-above", 0):
        is_asked = True
    if is_asked and not case["pin"]:
        return {"says": "needs-pin"}
    deposit = terms.get("deposit", 0)
    if (deposit > 0 or terms.get("confirmation", "none") == "staff") and not case["approved"]:
        return {"says": "needs-approval", "deposit": deposit}
    return None


def answer(case):
    zone = ZoneInfo(case["zone"])
    if case["room"]:
        # Who gives a room back needs nobody in the house: its hours say nothing about it.
        case = case | {"policy": {key: value for key, value in case["policy"].items() if key != "hours"}}
    terms = terms_of(case["policy"], case["item"], case["borrower"])
    refusal = who_may_not(case, zone, terms)
    if refusal:
        return {"says": refusal}
    found = period(case, zone, terms)
    if "says" in found:
        return found
    missing = needs(case, terms)
    return missing if missing else {"says": "granted"} | found


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))))


if __name__ == "__main__":
    main()
