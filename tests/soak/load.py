"""`python -m tests.soak.load`: customers by the thousand through everything, with one Rasa and with two.

Prints what one and two Rasa processes make of the same customers, side by side, and checks that each burst
was answered once and nothing was lost: the exit code is 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from storage.pool import create_engine
from tests.benchmarks.majlis_stack import MajlisStack
from tests.benchmarks.report import Aim, Report, milliseconds, percentile
from tests.benchmarks.search_speed import FEW, store_products
from tests.benchmarks.stack import CHANNEL_ID, Bench
from tests.soak.measure import Plan, Seen, measure
from tests.soak.playing import Target

DEBOUNCE_SECONDS = 3.0
# A process that grows by less in 1,000 turns is taken for one that does not grow.
FLAT_MIB = 1.0
TOLD_AT_MOST = 20


@contextmanager
def started(report: Report, rasas: int) -> Iterator[Target]:
    """Everything, with so many Rasa processes and the sample catalog, ready and warm."""
    report.progress(f"{rasas} Rasa: starting everything")
    with Bench() as bench:
        asyncio.run(_store_catalog(bench.postgres.url))
        stack = MajlisStack(bench, report, rasas=rasas, debounce_seconds=DEBOUNCE_SECONDS)
        stack.wait_until_ready()
        ours = (stack.gateway, stack.worker, stack.actions, *stack.rasas)
        yield Target(
            sandbox_url=f"http://127.0.0.1:{stack.sandbox_port}",
            database_url=bench.postgres.url,
            channel_id=CHANNEL_ID,
            debounce_seconds=DEBOUNCE_SECONDS,
            ours={child.name: child.pid for child in ours},
            # The stand-ins forget nothing: what customers saw is checked at the end.
            around={"Postgres": bench.postgres_pid, "stand-ins": stack.sandbox.pid},
        )


async def _store_catalog(url: str) -> None:
    """The sample catalog with vectors of no meaning: the worker would read for minutes meanwhile."""
    engine = create_engine(url, test_clock=False, size=1)
    await store_products(engine, FEW)
    await engine.dispose()


def show(report: Report, plan: Plan, seen: Mapping[int, Seen]) -> None:
    """The figures of all runs side by side, with the ratio of the last to the first."""
    runs = list(seen.values())
    names = [f"{rasas} Rasa" for rasas in seen]
    ratio = ["ratio"] if len(runs) > 1 else []

    def row(name: str, values: Sequence[float], written: Callable[[float], str]) -> tuple[str, ...]:
        cells = [name, *map(written, values)]
        return (*cells, f"{values[-1] / values[0]:.2f}") if ratio else tuple(cells)

    rates = {
        "customers' messages a second": [each.messages_a_second for each in runs],
        "turns a second": [each.turns_a_second for each in runs],
        f"turns a second, {plan.rush} customers at once": [each.rushed for each in runs],
    }
    times: dict[str, list[Sequence[float]]] = {
        "ack of a webhook": [each.played.acks for each in runs],
        "due to start": [each.starts for each in runs],
        "due to reply accepted": [each.replies for each in runs],
    }
    pauses = "as people" if plan.hurry == 1 else f"{plan.hurry:g} times as fast as people"
    report.table(
        f"{plan.turns:,} turns of {len(plan.people()):,} customers who read and type {pauses}, about"
        f" {plan.rate:g} turns a second offered",
        ("", *names, *ratio),
        [
            *(row(name, values, "{:.1f}".format) for name, values in rates.items()),
            *(
                row(f"{name}, p{percent} ms", [percentile(of, percent) for of in seen_times], milliseconds)
                for name, seen_times in times.items()
                for percent in (50, 95, 99)
            ),
        ],
        "Gateway, worker, Rasa, actions, Postgres, the stand-ins and the customers share the cores.",
    )
    for title, by_process in (
        ("CPU milliseconds a turn", [each.cpu for each in runs]),
        ("Own memory at the end, MiB", [each.last.memory for each in runs]),
        ("Memory growth, MiB per 1,000 turns", [each.slopes for each in runs]),
    ):
        processes = dict.fromkeys(process for each in by_process for process in each)
        report.table(
            title,
            ("", *names),
            [
                (process, *(f"{each[process]:.2f}" if process in each else "-" for each in by_process))
                for process in processes
            ],
        )
    for name, each in zip(names, runs, strict=True):
        grown = max(each.ours, key=lambda process: each.slopes[process])
        sentence = f"memory growth per 1,000 turns, {name}: the most, {grown}"
        report.aim(Aim(sentence, each.slopes[grown], FLAT_MIB, "MiB"))


def tell_broken(seen: Mapping[int, Seen]) -> bool:
    """Say what was broken, or that nothing was; whether anything was."""
    for rasas, each in seen.items():
        bursts = len(each.played.bursts)
        print(f"\n{rasas} Rasa: {bursts:,} bursts and the rush: {len(each.broken)} promises broken.")
        if each.torn:
            print(f"  {each.torn} bursts left so slowly that they may have become two turns.")
        for sentence in each.broken[:TOLD_AT_MOST]:
            print(f"  {sentence}")
    return any(each.broken for each in seen.values())


def main() -> int:
    """Run it; 0: every promise was kept, 1: one was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.load", description=__doc__)
    parser.add_argument("--turns", type=int, default=10_000, help="bursts that customers write in all")
    parser.add_argument("--rate", type=float, default=6.0, help="how many of them a second, about")
    parser.add_argument("--rush", type=int, default=200, help="customers who write at once in the end")
    parser.add_argument("--rasas", type=int, nargs="+", default=[1, 2], help="Rasa processes, run by run")
    parser.add_argument("--seed", type=int, default=1, help="the same customers again")
    parser.add_argument("--hurry", type=float, default=1.0, help="how many times faster than people they are")
    options = parser.parse_args()
    plan = Plan(
        turns=options.turns, rate=options.rate, rush=options.rush, seed=options.seed, hurry=options.hurry
    )
    # Ended from outside, it still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = Report()
    seen = dict[int, Seen]()
    for rasas in options.rasas:
        with started(report, rasas) as target:
            seen[rasas] = asyncio.run(measure(report, plan, target, f"{rasas} Rasa"))
    show(report, plan, seen)
    report.summary()
    return 1 if tell_broken(seen) else 0


if __name__ == "__main__":
    sys.exit(main())
