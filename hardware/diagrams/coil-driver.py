TITLE = "Coil driver with pull-down, limiter and flyback diode"
DESCRIPTION = (
    "A line of the board drives, through a limiter, the gate of an N-channel MOSFET that switches the coil of a lock to "
    "ground. 10 kilohms hold the line and the gate low. A series capacitor ends a pulse that lasts too long. A diode across "
    "the coil takes its energy, a resettable fuse ends what the limiter can't, a fuse and a suppressor protect the rail.")


def draw(pen):
    elm = pen.elm
    pen.terminal((0, 0), "line of\nthe board\n(active high)")
    pen.wire((0, 0), (1, 0))
    pen.dot((1, 0), (6.4, 0), (8, 0), (13.4, 0))
    pen.part(elm.Resistor, (1, 0), (1, -2.6), "R1\n10 kΩ", "bottom")
    pen.part(elm.Resistor, (1, 0), (3.2, 0), "R2  1 kΩ")
    pen.wire((3.2, 0), (4, 0))
    pen.part(elm.Capacitor, (4, 0), (6, 0), "C1  4.7 µF")
    pen.wire((6, 0), (8.8, 0))
    pen.part(elm.Resistor, (6.4, 0), (6.4, -2.6), "R3\n270 kΩ", "top")
    pen.part(elm.Schottky, (8, -2.6), (8, 0), "D1", "bottom")
    buffer = pen.put(pen.logic.Schmitt().theta(0).at((8.8, 0)).anchor("in1"))
    pen.text((9.1, 0.8), "U1")
    pen.wire(buffer.out, (11, 0))
    pen.part(elm.Resistor, (11, 0), (13.4, 0), "R4  100 Ω")
    pen.part(elm.Resistor, (13.4, 0), (13.4, -2.6), "R5\n10 kΩ", "top")
    pen.wire((13.4, 0), (14.4, 0))
    fet = pen.put(elm.NMos().theta(0).at((14.4, 0)).anchor("gate"))
    x = fet.drain[0]
    pen.text((x + 0.3, 0.35), "Q1", "left")
    pen.wire(fet.source, (x, -2.6))
    pen.ground((1, -2.6), (6.4, -2.6), (8, -2.6), (13.4, -2.6), (x, -2.6), (x + 4, -2.6))
    pen.wire(fet.drain, (x, 2))
    pen.dot((x, 2), (x, 4.8), (x + 4, 6.8))
    pen.part(elm.Inductor2, (x, 2), (x, 4.8), "lock coil\n12 V, 1 A ", "top", loops=4)
    pen.wire((x, 2), (x + 2, 2))
    pen.part(elm.Diode, (x + 2, 2), (x + 2, 4.8), "D2", "bottom")
    pen.wire((x, 4.8), (x + 2, 4.8))
    pen.part(elm.Fuse, (x, 4.8), (x, 6.8), "F2  resettable,\nholds 0.5 A ", "top")
    pen.wire((x, 6.8), (x + 4, 6.8))
    pen.part(elm.Zener, (x + 4, -2.6), (x + 4, 6.8), "D3\nsuppressor", "bottom")
    pen.part(elm.Fuse, (x + 4, 6.8), (x + 7, 6.8), "F1  T 1.25 A")
    pen.terminal((x + 7, 6.8), "+12 V", "right")
    pen.box((3.5, -3.9), 7.2, 5.3, style="--", color="#555555")
    pen.text((7.1, 1.85), "limiter: ends a pulse after 0.6 to 2.5 s", color="#555555")
    pen.text((0, -4.6), "U1: Schmitt-trigger buffer at 3.3 V.  Q1: N-channel MOSFET, its resistance given for a gate at 2.5 V.",
             "left", 11)
