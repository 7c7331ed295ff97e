"""The figures of a load, worked out by hand."""

from __future__ import annotations

import pytest

from benchmarks.load import Figures, by_minute, percentile, summary
from benchmarks.viewer import Opened


@pytest.mark.parametrize(("values", "share", "expected"), [
    ([], 0.95, 0.0),
    ([3.0], 0.95, 3.0),
    ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0),
    ([float(number) for number in range(1, 101)], 0.95, 95.0),
    ([float(number) for number in range(1, 22)], 0.95, 20.0),
])  # fmt: skip
def test_a_percentile_is_the_smallest_that_so_many_do_not_exceed(values, share, expected):
    assert percentile(values, share) == expected


def test_memory_is_told_by_whole_minutes():
    assert by_minute([(0.0, 100.0), (59.9, 200.0), (60.0, 300.4), (185.0, 10.0)]) == [150, 300, 10]
    assert by_minute([]) == []


def test_the_minute_in_which_caches_fill_is_apart_and_failures_are_counted():
    kept = Figures(
        opened=[
            (30.0, Opened("overview", 9.0, 1 << 20, False)),
            (70.0, Opened("overview", 1.0, 1 << 20, False)),
            (80.0, Opened("filing", 3.0, 1 << 20, True)),
        ],
        memory=[(10.0, 500.0), (90.0, 600.0), (110.0, 620.0), (130.0, 640.0), (170.0, 660.0)],
    )
    kept.failed["took too long"] += 1
    told = summary(kept, 180.0)
    assert (told["opened"], told["warm"], told["showed_an_error"]) == (3, 2, 1)
    assert (told["p50"], told["p95"], told["longest"], told["first_minute_p95"]) == (2.0, 3.0, 3.0, 9.0)
    assert told["not_opened"] == {"took too long": 1}
    assert told["memory_mb"] == 660.0
    assert told["memory_growth_mb"] == pytest.approx(650.0 - 610.0)
    assert told["slowest"][0] == {"page": "filing", "p95": 3.0, "opened": 1}
