"""Draws how figures grow with the journal, as an SVG that reads in light and dark."""

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 760, 300, 60, 46, 44
INK, GRID, COLOURS = "#444", "#ccc", ("#0b6e99", "#c2410c")


def growth(points):
    """Two panels over the number of entries: a start in seconds, a scan in milliseconds."""
    panels = [
        ("start to ready, s", {
            "file not in memory": {entries: point["start"]["cold"] for entries, point in points.items()},
            "file in memory": {entries: point["start"]["warm"] for entries, point in points.items()}}),
        ("scan to coil, ms", {
            "p99": {entries: point["scan"]["p99"] / 1e3 for entries, point in points.items()},
            "median": {entries: point["scan"]["median"] / 1e3 for entries, point in points.items()}}),
    ]
    body = "".join(panel(title, series, LEFT + index * WIDTH // 2) for index, (title, series) in enumerate(panels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}</svg>\n')


def panel(title, series, left):
    width, height = WIDTH // 2 - LEFT - 44, HEIGHT - TOP - BOTTOM
    highest = nice(1.05 * max(value for values in series.values() for value in values.values()))
    names = list(next(iter(series.values())))
    bottom = TOP + height

    def x(place):
        return left + width * place / max(1, len(names) - 1)

    def y(value):
        return bottom - height * value / highest

    drawn = [text(left, TOP - 26, title, "start", INK, 'font-weight="bold"')]
    for part in range(5):
        value = highest * part / 4
        drawn.append(f'<path d="M{left} {y(value):.1f}h{width}" stroke="{GRID}"/>')
        drawn.append(text(left - 6, y(value) + 4, f"{value:g}", "end", INK))
    for place, entries in enumerate(names):
        drawn.append(text(x(place), bottom + 18, f"{int(entries):,}", "middle", INK))
    drawn.append(text(left + width / 2, bottom + 36, "entries in the journal", "middle", INK))
    for index, ((name, values), colour) in enumerate(zip(series.items(), COLOURS)):
        places = [(x(place), y(value)) for place, value in enumerate(values.values())]
        drawn.append(
            f'<path d="M{"L".join(f"{a:.1f} {b:.1f}" for a, b in places)}" fill="none" stroke="{colour}" stroke-width="2"'
            f'{" stroke-dasharray=" + chr(34) + "5 4" + chr(34) if index else ""}/>')
        drawn += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in places]
        drawn.append(text(left + index * 160, TOP - 10, f"{'– –' if index else '––'} {name}", "start", colour))
    return "\n".join(drawn) + "\n"


def text(x, y, words, anchor, colour, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" {more}>{words}</text>'


def nice(value):
    """The next larger number of 1, 2, 4, 5 and 8 with zeros: a scale's end that can be divided."""
    size = 10.0 ** -6
    while True:
        for step in (1, 2, 4, 5, 8):
            if step * size >= value:
                return step * size
        size *= 10
