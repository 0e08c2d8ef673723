"""What Babel, another implementation, knows of languages: one JSON object a line.

usage: babel_says.py FILE [TAG…]

FILE holds whole numbers, one a line. Each object has the language's tag, its plural rules by category, the category of
each number, and the names of weekdays (from Monday on) and months as they stand in a date. Without tags: all languages
that Babel has, without their regions.
"""

import json
import sys

from babel import Locale
from babel.localedata import locale_identifiers


def rule(text):
    """A rule as the CLDR writes it now; Babel keeps it in the words of earlier editions."""
    for old, new in ((" not in ", " != "), (" in ", " = "), (" mod ", " % ")):
        text = text.replace(old, new)
    return text


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        numbers = [int(line) for line in file]
    tags = sys.argv[2:] or [tag for tag in locale_identifiers() if "_" not in tag]
    for tag in tags:
        locale = Locale.parse(tag)
        print(
            json.dumps(
                {
                    "tag": tag,
                    "rules": {name: rule(text) for name, text in locale.plural_form.rules.items()},
                    "categories": [locale.plural_form(number) for number in numbers],
                    "weekdays": [locale.days["format"]["wide"][day] for day in range(7)],
                    "months": [locale.months["format"]["wide"][month] for month in range(1, 13)],
                }
            )
        )


if __name__ == "__main__":
    main()
