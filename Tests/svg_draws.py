"""Draws an SVG of filled paths made of M, h, v, H and z, as the pool writes them, into a grey picture (PGM): a drawer of our own
would only say what the pool meant, this one does what the text says."""

import re
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    svg = re.search(r"<svg.*?</svg>", file.read(), re.S).group()
left, top, width, height = map(int, re.search(r'viewBox="([^"]+)"', svg).group(1).split())
assert (left, top) == (0, 0)
scale = 6
picture = [bytearray(b"\x80" * (width * scale)) for _ in range(height * scale)]
for fill, path in re.findall(r'<path fill="#([0-9a-f]{3})" d="([^"]+)"/>', svg):
    for shape in path.split("z")[:-1]:
        corners, x, y = [], 0, 0
        for letter, numbers in re.findall(r"([Mhv H])([-0-9 ]+)", shape):
            values = [int(number) for number in numbers.split()]
            if letter == "M":
                x, y = values
            elif letter == "h":
                x += values[0]
            elif letter == "H":
                x = values[0]
            elif letter == "v":
                y += values[0]
            corners.append((x, y))
        (x0, x1), (y0, y1) = ((min(c), max(c)) for c in zip(*corners))
        for row in range(y0 * scale, y1 * scale):
            picture[row][x0 * scale : x1 * scale] = bytes([int(fill[0], 16) * 17]) * ((x1 - x0) * scale)
with open(sys.argv[2], "wb") as file:
    file.write(b"P5 %d %d 255\n" % (width * scale, height * scale) + b"".join(picture))
