"""What check-boards finds, and that it finds nothing in the profiles that are here.

    python3 -m unittest hardware/test_check_boards.py
"""

import contextlib
import importlib.machinery
import importlib.util
import io
import pathlib
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent


def load(name):
    loader = importlib.machinery.SourceFileLoader("check_boards", str(HERE / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_boards", loader))
    loader.exec_module(module)
    return module


check_boards = load("check-boards")

GOOD = """\
board: house
name: A board
system: any
chips:
  - { label: chip-a, on-release: keeps }
limits: { millivolts: 3300, line-milliamperes: 8, total-milliamperes: 50 }
pins:
  - { pin: "1", chip: chip-a, line: GPIO1, reset: low, use: [coil, lamp, sensor] }
  - { pin: "2", chip: chip-a, line: GPIO2, reset: high, use: [sensor], why: "a relay here is on at boot" }
"""

# What is changed in GOOD, into what, and what the finding must say: one rule each.
BAD = [
    ("a coil where the line is high at boot", "use: [sensor], why", "use: [coil, sensor], why",
     "pin 2: a relay could be on"),
    ("a coil where the line floats", "reset: low", "reset: floating", "('reset' is floating); drop coil"),
    ("a coil on a pin that nobody has verified", "lamp, sensor] }", "lamp, sensor], verified: false }",
     "measure it, or drop coil"),
    ("a use is missing without a reason", ', why: "a relay here is on at boot"', "",
     "pin 2: say in 'why' what speaks against coil and lamp"),
    ("a reason that is no sentence", "a relay here is on at boot", "bad", "write a sentence"),
    ("a reason against nothing", "lamp, sensor] }", 'lamp, sensor], why: "a relay here is on" }', "drop 'why'"),
    ("an unknown use", "use: [sensor]", "use: [motor]", "'use' is motor; it must be one of coil, lamp, sensor"),
    ("uses out of order", "[coil, lamp, sensor]", "[lamp, coil, sensor]", "in the order coil, lamp, sensor"),
    ("a use that is there twice", "use: [sensor]", "use: [sensor, sensor]", "write each use once"),
    ("an unknown level", "reset: high", "reset: up", "'reset' is up; it must be one of low"),
    ("an unknown word for release", "keeps", "holds", "'on-release' is holds"),
    ("an unknown key of a pin", "reset: high", "level: high", "a pin has no key 'level'"),
    ("a missing key of a pin", "reset: high, ", "", "pin 2: a pin lacks 'reset'"),
    ("an unknown key of the board", "system: any", "system: any\ncolour: red", "a board has no key 'colour'"),
    ("a missing key of the board", "system: any\n", "", "a board lacks 'system'; add it"),
    ("a key that is there twice", "system: any", "system: any\nsystem: other", "'system' is there twice"),
    ("a pin that is there twice", 'pin: "2"', 'pin: "1"', "this pin is there twice"),
    ("a line that is there twice", "GPIO2", "GPIO1", "the line GPIO1 of chip-a is at another pin too"),
    ("a chip that is there twice", "chips:", "chips:\n  - { label: chip-a, on-release: keeps }",
     "the chip chip-a is there twice"),
    ("a chip that nobody declared", "chip: chip-a, line: GPIO2", "chip: chip-b, line: GPIO2", "'chips' lacks chip-b"),
    ("a chip without pins", "chips:", "chips:\n  - { label: chip-b, on-release: keeps }",
     "no pin is on the chip chip-b"),
    ("a line that the guard can't name", "GPIO2", '"P9_22 [spi0]"', "the guard can't name the line 'P9_22 [spi0]'"),
    ("another name than the file's", "board: house", "board: home", "it must be the file's name, house"),
    ("a name in capitals", "board: house", "board: House", "it must be the file's name"),
    ("a limit that is no number", "8,", "8 mA,", "'line-milliamperes' is 8 mA"),
    ("a limit of zero", "millivolts: 3300", "millivolts: 0", "a whole number from 1 to 99999"),
    ("a line that gives more than all", "line-milliamperes: 8", "line-milliamperes: 80", "one of the two is wrong"),
    ("verified with yes", "system: any", "system: any\nverified: yes", "'verified' is yes; it must be one of false"),
    ("a board that takes any name and lists pins", "system: any", "system: any\nany: true",
     "leave the list of pins empty"),
    ("an anchor", "system: any", "system: &a any", "anchors, aliases, tags"),
    ("a tag", "system: any", "system: !!str any", "anchors, aliases, tags"),
    ("a text over several lines", "system: any", "system: |-\n  any", "plain or quoted text"),
    ("an empty text", "system: any", 'system: ""', "'system' must be one text"),
    ("a list where a text belongs", "system: any", "system: [any]", "'system' must be one text"),
    ("two documents", "board: house", "board: house\n---\nboard: house", "a profile is one document"),
    ("no YAML", "pins:", "pins: [", "this is no YAML"),
]


class Boards(unittest.TestCase):
    def findings(self, text, name="house.yaml"):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.write_text(text, encoding="utf-8")
            return check_boards.findings([path])

    def test_a_good_profile_has_no_findings(self):
        self.assertEqual(self.findings(GOOD), [])

    def test_each_rule_is_found_with_file_and_line(self):
        for title, old, new, expected in BAD:
            with self.subTest(title):
                self.assertIn(old, GOOD)
                found = self.findings(GOOD.replace(old, new, 1))
                self.assertTrue(any(expected in finding for finding in found), found)
                for finding in found:
                    self.assertRegex(finding, r"^house\.yaml:[0-9]+: ")

    def test_every_cut_of_a_profile_is_answered(self):
        for end in range(len(GOOD)):
            self.findings(GOOD[:end])

    def test_an_empty_profile_is_a_finding(self):
        for text in ("", "# only words\n", "[]\n", "text\n"):
            with self.subTest(text):
                self.assertTrue(self.findings(text))

    def test_a_profile_that_is_too_long_or_too_deep_is_a_finding(self):
        self.assertIn("at most 65536", self.findings(GOOD + "#" * 65536)[0])
        self.assertIn("too deep", self.findings("[" * 60000)[0])

    def test_a_board_that_takes_any_name_has_no_pins(self):
        text = GOOD[: GOOD.index("chips:")] + "any: true\nchips: []\npins: []\n" + (
            "limits: { millivolts: 3300, line-milliamperes: 8, total-milliamperes: 50 }\n")
        self.assertEqual(self.findings(text), [])

    def test_the_profiles_that_are_here_have_no_findings(self):
        paths = sorted(HERE.glob("boards/*.yaml"))
        self.assertGreaterEqual(len(paths), 9)
        self.assertEqual(check_boards.findings(paths), [])

    def test_the_exit_code_is_one_with_findings_and_two_without_a_file(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
            path = pathlib.Path(folder) / "house.yaml"
            path.write_text(GOOD.replace("keeps", "holds"), encoding="utf-8")
            self.assertEqual(check_boards.main([str(path)]), 1)
            self.assertIn("house.yaml:5: 'on-release' is holds", said.getvalue())
            with contextlib.redirect_stderr(io.StringIO()):
                self.assertEqual(check_boards.main([str(pathlib.Path(folder) / "none.yaml")]), 2)


if __name__ == "__main__":
    unittest.main()
