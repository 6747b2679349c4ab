"""What a benchmark says: progress while it works, tables side by side, and each aim with its verdict."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of `values` that at least `percent` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100) - 1, 0)]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return percentile(values, 50)


def milliseconds(value: float) -> str:
    """A duration in milliseconds as people read it: three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


@dataclass(frozen=True)
class Aim:
    """One aim of the project and what this run saw of it."""

    sentence: str
    seen: float
    limit: float
    unit: str
    # Whether the limit is a floor (a rate) instead of a ceiling (a latency).
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        return self.seen >= self.limit if self.at_least else self.seen <= self.limit

    def verdict(self) -> str:
        """`met`, or by how much it is missed."""
        seen = f"{self.seen:.3g} {self.unit}"
        if self.is_met:
            return f"met: {seen}"
        missing = abs(self.seen - self.limit)
        share = f" ({self.seen / self.limit:.2f} of the limit)" if self.limit else ""
        return f"MISSED by {missing:.3g} {self.unit}{share}: {seen}"


class Report:
    """Collects what the benchmarks of one run say and prints it as it comes."""

    def __init__(self) -> None:
        self._aims: list[Aim] = []
        self._began = time.monotonic()
        self._loads: list[float] = []

    def progress(self, sentence: str) -> None:
        """A sign of life, on stderr: the tables stay readable when stdout is kept."""
        load = os.getloadavg()[0]
        self._loads.append(load)
        print(
            f"[{time.monotonic() - self._began:5.0f} s, load {load:.1f}] {sentence}",
            file=sys.stderr,
            flush=True,
        )

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *notes: str) -> None:
        """Print a table: the first column is what the others are about."""
        widths = [max(len(row[index]) for row in (columns, *rows)) for index in range(len(columns))]

        def line(cells: Sequence[str]) -> str:
            first, *others = [
                cell.ljust(width) if not index else cell.rjust(width)
                for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
            ]
            return "  ".join([first, *others])

        print(f"\n{title}  (load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")
        print(line(columns))
        print("  ".join("-" * width for width in widths))
        for row in rows:
            print(line(row))
        for note in notes:
            print(f"  {note}")
        sys.stdout.flush()

    def aim(self, aim: Aim) -> None:
        """Keep an aim for the summary."""
        self._aims.append(aim)

    def summary(self) -> None:
        """Each aim that was measured, and how busy the machine was."""
        if self._aims:
            self.table(
                "Aims",
                ("aim", "limit", "this run"),
                [
                    (
                        aim.sentence,
                        f"{'>=' if aim.at_least else '<='} {aim.limit:g} {aim.unit}",
                        aim.verdict(),
                    )
                    for aim in self._aims
                ],
            )
        loads = self._loads or [os.getloadavg()[0]]
        print(
            f"\n{time.monotonic() - self._began:.0f} s in all; load average seen {min(loads):.1f} to "
            f"{max(loads):.1f} on {os.cpu_count()} cores, the benchmark's own work included. "
            "Nothing here is asserted: ratios of one run can be trusted, absolute figures depend on the "
            "machine."
        )
