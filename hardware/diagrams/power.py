TITLE = "Power distribution with fuses"
DESCRIPTION = (
    "One 12 V supply feeds, each through a fuse of its own, the coils of group 1, the coils of group 2, the lamps, and a "
    "converter to 5 V for the board, which feeds the scanner over USB. All returns meet at one point beside the supply.")


def draw(pen):
    elm = pen.elm
    pen.box((0, 0), 3.4, 7, "supply\n230 V AC\nto 12 V DC, 5 A\nwith limited\noutput")
    pen.terminal((-1.6, 5.6), "mains", "left")
    pen.wire((-1.6, 5.6), (0, 5.6))
    pen.wire((3.4, 6), (5.4, 6))
    pen.wire((5.4, 0.6), (5.4, 6))
    rows = [
        (6, "F1  T 1.25 A", "coils of lockers 1 to 8, one at a time"),
        (4.2, "F3  T 1.25 A", "coils of lockers 9 to 16, one at a time"),
        (2.4, "F4  T 1 A", "lamps"),
        (0.6, "F5  T 3.15 A", None),
    ]
    for y, fuse, load in rows:
        pen.dot((5.4, y))
        pen.part(elm.Fuse, (5.4, y), (8.4, y), fuse)
        if load:
            pen.box((8.4, y - 0.6), 9.2, 1.2, load)
            pen.wire((17.6, y), (18.6, y))
            pen.dot((18.6, y))
    pen.box((8.4, 0), 3.6, 1.2, "12 V to 5 V, 5 A")
    pen.wire((12, 0.6), (13.4, 0.6), arrow=True)
    pen.box((13.4, 0), 4.2, 1.2, "board, scanner")
    pen.wire((17.6, 0.6), (18.6, 0.6))
    pen.wire((18.6, 6), (18.6, -1.4), (1.7, -1.4))
    pen.wire((1.7, 0), (1.7, -1.4))
    pen.dot((18.6, 0.6), (1.7, -1.4))
    pen.ground((1.7, -1.4))
    pen.text((2.3, -2), "the one point where all returns meet", "left", 11)
