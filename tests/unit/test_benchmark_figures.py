"""The arithmetic of `make bench`: percentiles, verdicts and arrival times."""

from __future__ import annotations

import pytest

from tests.benchmarks.load import poisson
from tests.benchmarks.report import Aim, percentile


@pytest.mark.parametrize(
    ("percent", "expected"), [(50, 50), (95, 95), (99, 99), (100, 100), (0.5, 1), (99.5, 100)]
)
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(percent: float, expected: float) -> None:
    assert percentile([float(value) for value in range(100, 0, -1)], percent) == expected


def test_a_ceiling_is_met_at_its_limit_and_missed_above() -> None:
    assert Aim("ack", 10.0, 10.0, "ms").verdict() == "met: 10 ms"
    assert Aim("ack", 12.5, 10.0, "ms").verdict() == "MISSED by 2.5 ms (1.25 of the limit): 12.5 ms"


def test_a_floor_is_met_at_its_limit_and_missed_below() -> None:
    assert Aim("rate", 0.55, 0.55, "of it", at_least=True).is_met
    assert Aim("rate", 0.5, 1.0, "of it", at_least=True).verdict().startswith("MISSED by 0.5 of it (0.50")


def test_arrivals_come_in_order_at_the_rate_and_are_the_same_for_a_seed() -> None:
    arrivals = poisson(500, 10.0, seed=4)
    assert arrivals == sorted(arrivals) == poisson(500, 10.0, seed=4)
    assert arrivals[-1] < 10.0
    assert len(arrivals) == pytest.approx(5_000, rel=0.05)
