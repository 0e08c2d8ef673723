TITLE = "Input for a door sensor"
DESCRIPTION = (
    "A reed contact at the latch connects the input to ground while the door is latched. 4.7 kilohms pull it up to 3.3 V, so "
    "that a cut wire reads as not latched. 1 kilohm and 1 microfarad take the bounce, a suppressor takes discharges.")


def draw(pen):
    elm = pen.elm
    pen.part(elm.SwitchReed, (0, -2.4), (0, 0))
    pen.text((-0.6, -1.2), "reed at\nthe latch,\nclosed when\nlatched", "right")
    pen.wire((0, 0), (5.2, 0))
    pen.wire((0, -2.4), (5.2, -2.4))
    pen.put(elm.Line().at((1.2, 0.35)).to((1.2, -2.75)).linestyle("--").color("#555555"))
    pen.put(elm.Line().at((4.4, 0.35)).to((4.4, -2.75)).linestyle("--").color("#555555"))
    pen.text((2.8, -1.2), "twisted pair,\nat most 10 m", color="#555555")
    pen.wire((5.2, -2.4), (5.2, -2.6))
    pen.wire((5.2, 0), (9.4, 0))
    pen.dot((6.2, 0), (8.6, 0))
    pen.part(elm.Zener, (6.2, -2.6), (6.2, 0), "D1\n3.3 V\nsuppressor", "bottom")
    pen.part(elm.Resistor, (8.6, 2.6), (8.6, 0), "R1\n4.7 kΩ", "bottom")
    pen.put(elm.Vdd().at((8.6, 2.6)).label("3.3 V of the board"))
    pen.part(elm.Resistor, (9.4, 0), (12, 0), "R2  1 kΩ")
    pen.dot((12.6, 0))
    pen.wire((12, 0), (13.8, 0))
    pen.part(elm.Capacitor, (12.6, 0), (12.6, -2.6), "C1\n1 µF", "top")
    pen.ground((5.2, -2.6), (6.2, -2.6), (12.6, -2.6))
    pen.terminal((13.8, 0), "line of\nthe board\n(active: low)", "right")
    pen.text((-2.6, -4.2), "Latched reads low. A cut wire, a missing magnet and an open door read high: not latched.", "left", 11)
