"""The arithmetic of the benchmark: percentiles, ratios, and rows that say whether they reached what they were to reach."""

import dataclasses
import math


def percentile(samples, share):
    """The smallest sample that at least this share (0 to 1) of all are not above: the nearest-rank method."""
    if not samples:
        raise ValueError("there are no samples")
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(samples):
    return percentile(samples, 0.5)


def mean(samples):
    return sum(samples) / len(samples)


def spread(samples):
    """Median, p99 and number of samples, as bench.json has them."""
    return {"median": median(samples), "p99": percentile(samples, 0.99), "count": len(samples)}


def ratio(ours, theirs):
    """How many times theirs ours is; none where theirs is nothing."""
    return ours / theirs if theirs else None


@dataclasses.dataclass
class Row:
    """One row of the table: a figure, what it was to reach, and what others reached in the same run."""

    what: str
    figure: float | None
    unit: str
    goal: float
    most: bool = True
    """Whether the figure is to be the goal at most, or at least."""
    beside: str = ""
    """What it was measured against, in words."""
    note: str = ""

    @property
    def reached(self):
        if self.figure is None:
            return None
        return self.figure <= self.goal if self.most else self.figure >= self.goal

    @property
    def verdict(self):
        return {True: "reached", False: "**not reached**", None: "not measured"}[self.reached]

    def json(self):
        return {
            "what": self.what, "figure": self.figure, "unit": self.unit, "goal": self.goal,
            "direction": "at most" if self.most else "at least", "beside": self.beside, "note": self.note,
            "reached": self.reached}


def number(value):
    """A number as people read it: three digits that count, thousands apart."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{round(value, digits):,.{digits}f}"


def table(rows):
    """The rows as a table in Markdown."""
    lines = ["| what | to reach | measured | | beside it |", "|---|---|---|---|---|"]
    for row in rows:
        unit = row.unit and (" " if row.unit[0].isalnum() or row.unit[0] in "µ%" else "") + row.unit
        goal = f"{'≤' if row.most else '≥'} {number(row.goal)}{unit}"
        figure = number(row.figure) + (unit if row.figure is not None else "")
        beside = "; ".join(part for part in (row.beside, row.note) if part)
        lines.append(f"| {row.what} | {goal} | {figure} | {row.verdict} | {beside} |")
    return "\n".join(lines) + "\n"
