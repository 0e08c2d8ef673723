TITLE = "A station as a whole"
DESCRIPTION = (
    "The board reads scanner and keypad over USB and drives the display. Its lines go to the coil drivers and lamps and come "
    "from the door sensors. A supply of 12 V feeds the coils through fuses, a converter feeds the board with 5 V. A clock chip "
    "is on the I2C bus. The mechanical key works without any of it.")


def draw(pen):
    def block(x, y, width, height, text):
        pen.box((x, y), width, height, text)

    block(0, 6, 3.6, 1.4, "scanner")
    block(0, 4, 3.6, 1.4, "keypad")
    block(0, 2, 3.6, 1.4, "display")
    block(0, 0, 3.6, 1.4, "shutdown button")
    block(6.4, 0, 4.4, 7.4, "board\n\nmila-station\nlock-guard\n\nmemory card\nwatchdog")
    block(6.4, -2.6, 4.4, 1.4, "clock with battery (I²C)")
    block(13.8, 5.6, 4.6, 1.8, "coil drivers\nwith limiters")
    block(13.8, 2.8, 4.6, 1.8, "door sensors\nwith pull-ups")
    block(13.8, 0, 4.6, 1.8, "lamps")
    block(21.2, 5.6, 4.2, 1.8, "locks\n(shut without power)")
    block(21.2, 2.8, 4.2, 1.8, "latches of the doors")
    block(21.2, 0, 4.2, 1.8, "mechanical key,\nrelease inside")
    block(13.8, -2.6, 4.6, 1.4, "12 V supply, fuses")
    block(21.2, -2.6, 4.2, 1.4, "mains, protected")

    pen.wire((3.6, 6.7), (6.4, 6.7), arrow=True)
    pen.text((5, 7.05), "USB", size=11)
    pen.wire((3.6, 4.7), (6.4, 4.7), arrow=True)
    pen.text((5, 5.05), "USB", size=11)
    pen.wire((6.4, 2.7), (3.6, 2.7), arrow=True)
    pen.text((5, 3.05), "HDMI", size=11)
    pen.wire((3.6, 0.7), (6.4, 0.7), arrow=True)
    pen.wire((8.6, -1.2), (8.6, 0), arrow=True)
    pen.wire((10.8, 6.5), (13.8, 6.5), arrow=True)
    pen.text((12.3, 6.85), "lines", size=11)
    pen.wire((13.8, 3.7), (10.8, 3.7), arrow=True)
    pen.wire((10.8, 0.9), (13.8, 0.9), arrow=True)
    pen.wire((18.4, 6.5), (21.2, 6.5), arrow=True)
    pen.text((19.8, 6.85), "12 V pulse", size=11)
    pen.wire((21.2, 3.7), (18.4, 3.7), arrow=True)
    pen.wire((25.4, 0.9), (26.2, 0.9), (26.2, 6.5), (25.4, 6.5), arrow=True)
    pen.wire((21.2, -1.9), (18.4, -1.9), arrow=True)
    pen.wire((13.8, -1.9), (12.3, -1.9), (12.3, -0.6), (10.2, -0.6), (10.2, 0), arrow=True)
    pen.text((11.4, -0.95), "5 V", size=11)
    pen.wire((18.4, -1.5), (19.4, -1.5), (19.4, 5.9), (18.4, 5.9), arrow=True)
    pen.text((19.55, 2.2), "12 V", "left", size=11)
