#!/usr/bin/env python3
"""Shows that verify_journal.py finds what it is for: usage: test_verify_journal.py EXPORT.ndjson CHECKPOINT KEY

EXPORT is a whole journal, CHECKPOINT its station's word on its end.
"""

import sys
import unittest

import verify_journal
from verify_journal import Finding, read_checkpoint, verify


class VerifyJournal(unittest.TestCase):
    export, checkpoint, key = "", "", ""

    def setUp(self):
        with open(self.export, "rb") as file:
            self.lines = file.readlines()
        with open(self.checkpoint, encoding="utf-8", newline="") as file:
            self.note = file.read()

    def finding(self, lines, checkpoint=None):
        with self.assertRaises(Finding) as caught:
            verify(lines, checkpoint)
        return str(caught.exception)

    def test_a_whole_journal_is_whole_and_leads_through_its_checkpoint(self):
        checkpoint = read_checkpoint(self.note, self.key)
        self.assertEqual(checkpoint["sequence"], len(self.lines))
        self.assertEqual(verify(self.lines, checkpoint), len(self.lines))

    def test_every_flipped_byte_is_found_in_its_entry(self):
        flips = 0
        for number, line in enumerate(self.lines):
            for place in range(len(line)):
                flipped = line[:place] + bytes([line[place] ^ 1 << place % 7]) + line[place + 1:]
                lines = b"".join(self.lines[:number] + [flipped] + self.lines[number + 1:]).splitlines(keepends=True)
                self.assertTrue(self.finding(lines).startswith(f"entry {number + 1}"), f"byte {place} of {flipped}")
                flips += 1
        self.assertGreater(flips, 1000)

    def test_every_missing_entry_is_found(self):
        checkpoint = read_checkpoint(self.note, self.key)
        for number in range(len(self.lines)):
            lines = self.lines[:number] + self.lines[number + 1:]
            self.assertTrue(self.finding(lines, checkpoint).startswith(f"entry {number + 1}: "))

    def test_every_swap_of_two_entries_is_found(self):
        for one in range(len(self.lines)):
            for other in range(one + 1, len(self.lines)):
                lines = list(self.lines)
                lines[one], lines[other] = lines[other], lines[one]
                self.assertTrue(self.finding(lines).startswith(f"entry {one + 1}: "))

    def test_every_cut_tail_is_found_against_the_checkpoint(self):
        checkpoint = read_checkpoint(self.note, self.key)
        for number in range(len(self.lines)):
            self.assertIn("cut off", self.finding(self.lines[:number], checkpoint))

    def test_an_erased_disclosure_leaves_the_journal_whole_and_another_one_does_not(self):
        number = next(number for number, line in enumerate(self.lines) if b'"disclosure"' in line)
        before, _, rest = self.lines[number].partition(b'"disclosure":"')
        erased = before + rest.partition(b'",')[2]
        lines = self.lines[:number] + [erased] + self.lines[number + 1:]
        self.assertEqual(verify(lines), len(lines))
        other = before + b'"disclosure":"WyJhIiwiYm9ycm93ZXIiLCJiIl0",' + rest.partition(b'",')[2]
        lines[number] = other
        self.assertIn("disclosure", self.finding(lines))

    def test_a_checkpoint_that_was_edited_or_signed_by_another_is_none(self):
        for place in range(len(self.note)):
            edited = self.note[:place] + chr(ord(self.note[place]) ^ 1) + self.note[place + 1:]
            with self.assertRaises(Finding, msg=f"character {place}"):
                checkpoint = read_checkpoint(edited, self.key)
                verify(self.lines, checkpoint)

    def test_what_is_not_strict_json_is_refused(self):
        for line in [b'{"a":1,"a":1}', b'{"a":1.0}', b'{"a":NaN}', b"[]", b"\xff", b"{}", b"null", b'{"b":1,"a":1}']:
            self.assertTrue(self.finding([line + b"\n"]).startswith("entry 1: "))

    def test_signatures_after_rfc_8032(self):
        # RFC 8032, section 7.1, tests 1 and 2.
        for public, message, signature in [
            ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
             "d25bf5f0595bbe24655141438e7a100b"),
            ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
             "387b2eaeb4302aeeb00d291612bb0c00"),
        ]:
            key, text, signed = map(bytes.fromhex, (public, message, signature))
            self.assertTrue(verify_journal.is_signed(key, text, signed))
            self.assertFalse(verify_journal.is_signed(key, text + b"x", signed))


if __name__ == "__main__":
    VerifyJournal.export, VerifyJournal.checkpoint, VerifyJournal.key = sys.argv[1:4]
    unittest.main(argv=sys.argv[:1])
