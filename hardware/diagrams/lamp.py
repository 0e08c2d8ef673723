TITLE = "Two ways to drive a lamp"
DESCRIPTION = (
    "A red or yellow light-emitting diode directly at a line, with 470 ohms. A 12 V lamp of several colours, each switched to "
    "ground by a MOSFET with a pull-down at its gate; drawn for one colour.")


def draw(pen):
    elm = pen.elm
    pen.text((2.4, 4.2), "a small red or yellow LED")
    pen.terminal((0, 1.4), "line")
    pen.part(elm.Resistor, (0, 1.4), (2.8, 1.4), "R1  470 Ω")
    pen.wire((2.8, 1.4), (3.4, 1.4))
    pen.part(elm.LED, (3.4, 1.4), (3.4, -1), "LED\n2.0 V, 3 mA", "top")
    pen.ground((3.4, -1))

    x = 9.4
    pen.text((x + 3, 4.2), "a 12 V lamp, for each of its colours")
    pen.terminal((x, -0.4), "line")
    pen.part(elm.Resistor, (x, -0.4), (x + 2.4, -0.4), "R2  100 Ω")
    pen.wire((x + 2.4, -0.4), (x + 3.6, -0.4))
    pen.dot((x + 2.6, -0.4))
    pen.part(elm.Resistor, (x + 2.6, -0.4), (x + 2.6, -2.8), "R3\n10 kΩ", "top")
    fet = pen.put(elm.NMos().theta(0).at((x + 3.6, -0.4)).anchor("gate"))
    d = fet.drain[0]
    pen.text((d + 0.3, 0), "Q2", "left")
    pen.wire(fet.source, (d, -2.8))
    pen.ground((x + 2.6, -2.8), (d, -2.8))
    pen.wire(fet.drain, (d, 1.4))
    pen.part(elm.Resistor, (d, 1.4), (d, 3.2), None)
    pen.text((d + 0.5, 2.3), "R4  910 Ω", "left")
    pen.wire((d, 3.2), (d + 3.2, 3.2))
    pen.part(elm.LED, (d + 5.6, 3.2), (d + 3.2, 3.2), None)
    pen.text((d + 4.4, 1.9), "3.0 V, 10 mA")
    pen.wire((d + 5.6, 3.2), (d + 6, 3.2))
    pen.terminal((d + 6, 3.2), "+12 V\nthrough F4", "right")
