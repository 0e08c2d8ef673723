"""What biip, another implementation, reads in GS1 labels: one JSON list of texts in, one JSON line for each text out.

usage: biip_says.py scanned|printed|link FILE

A line is null where biip refuses the text, else the list of its elements, each [identifier, data, is-checked]: the last
is false where biip found a wrong check digit in it.
"""

import json
import sys

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message

READERS = {"scanned": GS1Message.parse, "printed": GS1Message.parse_hri, "link": GS1DigitalLinkURI.parse}


def elements(read, text):
    try:
        found = read(text).element_strings
    except ParseError:
        return None
    return [[one.ai.ai, one.value, not (one.gtin_error or one.sscc_error or one.gln_error)] for one in found]


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in READERS:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as file:
        texts = json.load(file)
    for text in texts:
        print(json.dumps(elements(READERS[sys.argv[1]], text)))


if __name__ == "__main__":
    main()
