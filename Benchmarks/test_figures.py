#!/usr/bin/env python3
"""Tries the benchmark's arithmetic on cases whose results are known: Benchmarks/test_figures.py"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import chain  # noqa: E402
import figures  # noqa: E402


class Percentiles(unittest.TestCase):
    def test_the_99th_of_100_is_the_second_largest(self):
        self.assertEqual(figures.percentile(range(1, 101), 0.99), 99)

    def test_the_99th_of_few_is_the_largest(self):
        self.assertEqual(figures.percentile([5, 1, 3], 0.99), 5)

    def test_the_median_is_a_sample_whatever_the_order(self):
        self.assertEqual(figures.median([9, 1, 5]), 5)
        self.assertEqual(figures.median([4, 1, 3, 2]), 2)

    def test_one_sample_is_all_of_its_percentiles(self):
        self.assertEqual(figures.spread([7]), {"median": 7, "p99": 7, "count": 1})

    def test_no_samples_have_none(self):
        with self.assertRaises(ValueError):
            figures.percentile([], 0.5)


class Ratios(unittest.TestCase):
    def test_ours_is_so_many_times_theirs(self):
        self.assertEqual(figures.ratio(6, 4), 1.5)

    def test_nothing_has_no_ratio(self):
        self.assertIsNone(figures.ratio(6, 0))


class Rows(unittest.TestCase):
    def test_a_goal_itself_is_reached_from_either_side(self):
        self.assertTrue(figures.Row("a", 1.5, "×", 1.5).reached)
        self.assertTrue(figures.Row("a", 0.7, "×", 0.7, most=False).reached)

    def test_what_is_beyond_it_is_not(self):
        self.assertFalse(figures.Row("a", 1.51, "×", 1.5).reached)
        self.assertFalse(figures.Row("a", 0.69, "×", 0.7, most=False).reached)

    def test_what_was_not_measured_is_neither(self):
        self.assertIsNone(figures.Row("a", None, "×", 1.5).reached)

    def test_a_table_says_goal_figure_and_verdict(self):
        rows = [figures.Row("upload", 12.3456, "s", 10, beside="Python 20 s"), figures.Row("rate", None, "/s", 1e5, most=False)]
        self.assertEqual(
            figures.table(rows).splitlines()[2:],
            ["| upload | ≤ 10.0 s | 12.3 s | **not reached** | Python 20 s |", "| rate | ≥ 100,000/s | – | not measured |  |"])

    def test_numbers_have_three_digits_that_count(self):
        self.assertEqual([figures.number(value) for value in (0.012345, 1.5, 99.96, 123456)], ["0.0123", "1.50", "100.0", "123,456"])


class Chains(unittest.TestCase):
    def test_the_generator_writes_what_the_handbook_s_check_accepts(self):
        import hashlib
        import json

        source, previous = "tag:bench.example,2026:station:bench", "0" * 64
        entries = chain.entries("0123456789abcdef", source, after=0, previous=previous, count=12, lockers=2, start=1_700_000_000_000)
        for place, entry in enumerate(entries, 1):
            document = json.loads(entry.document)
            chained = {name: value for name, value in document.items() if name not in ("entryhash", "disclosure")}
            text = json.dumps(chained, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
            self.assertEqual(document["entryhash"], hashlib.sha256(text).hexdigest())
            self.assertEqual((document["previoushash"], int(document["sequence"])), (previous, place))
            if "disclosure" in document:
                self.assertEqual(document["data"]["borrower"], hashlib.sha256(document["disclosure"].encode()).hexdigest())
            previous = document["entryhash"]


if __name__ == "__main__":
    unittest.main()
