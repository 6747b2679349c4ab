"""`python -m tests.benchmarks [name …]`: run the benchmarks and print their figures side by side."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable, Collection
from functools import partial

from tests.benchmarks.catalog_size import catalog_size
from tests.benchmarks.commits import raw_commits
from tests.benchmarks.gateway import closed_loop, open_loop
from tests.benchmarks.history import turn_cost
from tests.benchmarks.rasa_stack import RasaStack
from tests.benchmarks.report import Report
from tests.benchmarks.sale import sale
from tests.benchmarks.stack import Bench
from tests.benchmarks.throughput import throughput
from tests.benchmarks.turns import on_time, own_webhook, retake

ALONE: dict[str, Callable[[Report], None]] = {
    "commits": raw_commits,
    "closed": closed_loop,
    "open": open_loop,
}
# These share one start of Rasa, which takes most of a minute.
WITH_RASA: dict[str, Callable[[Report, RasaStack], None]] = {
    "on-time": on_time,
    "own-webhook": own_webhook,
    "throughput": throughput,
    "history": turn_cost,
    "retake": retake,
    "sale": sale,
    "catalog": catalog_size,
}


def main(names: list[str]) -> int:
    """Run the benchmarks called `names` (all when empty); the exit code is 1 when one could not run."""
    known = [*ALONE, *WITH_RASA]
    if unknown := sorted(set(names) - set(known)):
        print(f"There is no benchmark {', '.join(unknown)}; choose from: {', '.join(known)}", file=sys.stderr)
        return 2
    # Ended from outside, it still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report, broken = Report(), list[str]()

    def run(name: str, benchmark: Callable[[], object]) -> None:
        try:
            benchmark()
        except Exception:  # the others still have something to say
            traceback.print_exc()
            broken.append(name)

    wanted = names or known
    for name, benchmark in ALONE.items():
        if name in wanted:
            run(name, partial(benchmark, report))
    if not set(WITH_RASA).isdisjoint(wanted):
        run("with Rasa", lambda: _with_rasa(wanted, report, run))
    report.summary()
    if broken:
        print(f"These could not run: {', '.join(broken)}")
    return 1 if broken else 0


def _with_rasa(
    wanted: Collection[str], report: Report, run: Callable[[str, Callable[[], object]], None]
) -> None:
    with Bench() as bench:
        stack = RasaStack(bench, report)
        for name, benchmark in WITH_RASA.items():
            if name in wanted:
                run(name, partial(benchmark, report, stack))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
