"""`python -m tests.soak.profile PY_SPY`: where the time of a turn goes, process by process.

Plays customers as `tests.soak.load` does and looks into gateway, worker, action server and Rasa meanwhile,
100 times a second, from outside: nothing in them is changed. PY_SPY is the path of py-spy (`make profile`
installs it).
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.report import Report
from tests.soak.load import started
from tests.soak.measure import Plan, Seen, measure
from tests.soak.playing import Target
from tests.soak.stacks import Profile, read_profile

TOP = 12
# Of what calls others only these are told: what all of a process runs within says nothing.
_ROOMS = (
    "actions/",
    "catalog/",
    "connectors/",
    "engine/",
    "offscript/",
    "rasa/",
    "sales/",
    "storage/",
    "turns/",
)
_MOST_OF_ALL = 0.9
_END_SECONDS = 30.0


def profile(report: Report, plan: Plan, target: Target, py_spy: Path) -> tuple[Seen, dict[str, Profile]]:
    """Play the customers and sample the processes of `target` meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        watchers = {
            name: subprocess.Popen(
                [str(py_spy), "record", "--pid", str(pid), "--rate", "100", "--format", "raw",
                 "--output", f"{folder}/{name}", "--duration", "unlimited"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for name, pid in target.ours.items()
        }  # fmt: skip
        try:
            seen = asyncio.run(measure(report, plan, target, "profile"))
        finally:
            # It writes what it has seen when it is interrupted.
            for watcher in watchers.values():
                watcher.send_signal(signal.SIGINT)
            for watcher in watchers.values():
                watcher.wait(_END_SECONDS)
        return seen, {name: read_profile(Path(folder, name).read_text().splitlines()) for name in watchers}


def show(report: Report, seen: Seen, profiles: Mapping[str, Profile]) -> None:
    """CPU milliseconds a turn by process, and the functions in which they are spent."""
    total = sum(seen.cpu.values())
    report.table(
        "CPU milliseconds a turn",
        ("", "ms a turn", "share"),
        [
            *((name, f"{spent:.1f}", f"{spent / total:.0%}") for name, spent in seen.cpu.items()),
            ("all together", f"{total:.1f}", "100%"),
        ],
        f"{len(seen.played.bursts):,} turns; what runs beside them (watching, keeping time) is included.",
    )
    for name, found in profiles.items():
        spent = seen.cpu[name]
        within = {
            place: share
            for place, share in found.within.items()
            if share < _MOST_OF_ALL and place.partition("(")[2].startswith(_ROOMS)
        }
        for title, shares in (("by itself", found.own), ("with what it calls", within)):
            chosen = list(shares.items())[:TOP]
            report.table(
                f"{name}, {spent:.1f} ms a turn: functions, each {title}",
                ("function (file)", "ms a turn", "share"),
                [(place, f"{spent * share:.2f}", f"{share:.1%}") for place, share in chosen],
                f"{found.samples:,} samples.",
            )


def main() -> int:
    """Run it; the exit code is 1 when a promise to a customer was broken meanwhile."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.profile", description=__doc__)
    parser.add_argument("py_spy", type=Path, help="the path of py-spy")
    parser.add_argument("--turns", type=int, default=600)
    parser.add_argument("--rate", type=float, default=5.0, help="turns a second, about")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = Report()
    plan = Plan(turns=options.turns, rate=options.rate, rush=1)
    with started(report, 1) as target:
        seen, profiles = profile(report, plan, target, options.py_spy)
    show(report, seen, profiles)
    report.summary()
    for sentence in seen.broken:
        print(sentence)
    return 1 if seen.broken else 0


if __name__ == "__main__":
    sys.exit(main())
