"""Puts a run's results into the handbook: between the marks in docs/figures.md, and the plot beside it."""

import pathlib

import figures
import plot

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- Written by `Benchmarks/bench --document`: not by hand. -->", "<!-- Here it ends. -->"


def refresh(results, rows, growth):
    page = DOCS / "figures.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{page} has lost the marks that the table goes between")
    page.write_text(before + BEGIN + "\n" + text(results, rows) + END + after, encoding="utf-8")
    if growth:
        (DOCS / "figures-growth.svg").write_text(plot.growth(growth), encoding="utf-8")


def text(results, rows):
    """Date and machine, then the table."""
    machine = results["machine"]
    words = (
        f"Measured on {results['date'][:10]} in {results['seconds']} s: {machine['cores']} cores of {machine['processor']}, "
        f"{machine['system']}, Linux {machine['kernel']}, {machine['file system']}, SQLite {machine['SQLite']}. "
        f"Load before: {machine['load before']}{', so that times and ratios say little' if machine['load before'] > 0.5 else ''}.")
    return f"\n{words}\n\n{figures.table(rows)}\n"
