"""`python -m tests.benchmarks [name …]`: run the benchmarks and print their figures side by side."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable

from tests.benchmarks.commits import raw_commits
from tests.benchmarks.gateway import closed_loop, open_loop
from tests.benchmarks.report import Report

BENCHMARKS: dict[str, Callable[[Report], None]] = {
    "commits": raw_commits,
    "closed": closed_loop,
    "open": open_loop,
}


def main(names: list[str]) -> int:
    """Run the benchmarks called `names` (all when empty); the exit code is 1 when one could not run."""
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        known = ", ".join(BENCHMARKS)
        print(f"There is no benchmark {', '.join(unknown)}; choose from: {known}", file=sys.stderr)
        return 2
    # Ended from outside, it still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report, broken = Report(), []
    for name, benchmark in BENCHMARKS.items():
        if names and name not in names:
            continue
        try:
            benchmark(report)
        except Exception:  # the others still have something to say
            traceback.print_exc()
            broken.append(name)
    report.summary()
    if broken:
        print(f"These could not run: {', '.join(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
