TITLE = "The enabling contact of a machine"
DESCRIPTION = (
    "Control circuit at 24 V. Emergency stop and stop button come first. The station's enabling contact is in series with the "
    "start button only. Contactor K1 holds itself past both and runs the machine. An auxiliary contact of K1 starts the "
    "extraction through a relay that drops off late, so that the extraction runs on after the machine.")


def draw(pen):
    elm = pen.elm
    pen.wire((0, 4), (21.6, 4))
    pen.terminal((0, 4), "+24 V")
    pen.wire((0, -9.6), (21.6, -9.6))
    pen.terminal((0, -9.6), "0 V")

    # the machine's path
    x = 4.6
    pen.dot((x, 4), (x, -9.6))
    pen.part(elm.Button, (x, 4), (x, 2), None, nc=True)
    pen.text((x - 0.7, 3), "safety relay of the\nemergency stop (opens)", "right")
    pen.part(elm.Button, (x, 2), (x, 0), None, nc=True)
    pen.text((x - 0.7, 1), "stop button\n(opens)", "right")
    pen.wire((x, 0), (x, -0.6))
    pen.dot((x, -0.6), (x, -5.6))
    pen.part(elm.Button, (x, -0.6), (x, -2.8), None)
    pen.text((x - 0.7, -1.7), "start button\n(closes)", "right")
    pen.part(elm.Switch, (x, -2.8), (x, -5), None)
    pen.text((x - 0.7, -3.9), "enabling contact\nof the station", "right")
    pen.wire((x, -5), (x, -7))
    pen.wire((x, -0.6), (x + 3.4, -0.6), (x + 3.4, -2))
    pen.part(elm.Switch, (x + 3.4, -2), (x + 3.4, -4.2), None)
    pen.text((x + 4.1, -3.1), "K1 holds\nitself", "left")
    pen.wire((x + 3.4, -4.2), (x + 3.4, -5.6), (x, -5.6))
    pen.part(elm.RBox, (x, -7), (x, -9), None)
    pen.text((x + 0.6, -8), "K1: runs the machine", "left")
    pen.wire((x, -9), (x, -9.6))

    # the extraction's path
    x = 15.4
    pen.dot((x, 4), (x, -9.6))
    pen.wire((x, 4), (x, 0))
    pen.part(elm.Switch, (x, 0), (x, -2.4), None)
    pen.text((x + 0.7, -1.2), "auxiliary contact of K1", "left")
    pen.wire((x, -2.4), (x, -7))
    pen.part(elm.RBox, (x, -7), (x, -9), None)
    pen.text((x + 0.6, -8), "K2: relay that drops off late,\nswitches the extraction,\nholds on for 2 to 10 minutes", "left")
    pen.wire((x, -9), (x, -9.6))
    pen.text((0, -10.9), "The station's contact can refuse a start. It can't stop a machine, and nothing it does reaches K2.", "left")
