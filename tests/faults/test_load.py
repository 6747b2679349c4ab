"""`make soak` in small: customers with pauses and bursts over everything, and the tables it prints."""

from __future__ import annotations

import pytest

from tests.benchmarks.report import Report
from tests.faults.stack import CHANNEL_ID, DEBOUNCE_SECONDS, Stack
from tests.soak.load import show, tell_broken
from tests.soak.measure import Plan, measure
from tests.soak.playing import Target

pytestmark = pytest.mark.asyncio(loop_scope="session")

# A burst has three lines at most.
MORE_LINES = 2
PLAN = Plan(turns=60, rate=12.0, rush=10, hurry=8.0, sample_seconds=0.5)


@pytest.mark.timeout(600)
async def test_each_customer_of_a_small_load_is_answered_once(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = {"gateway": stack.gateways[0], "worker": stack.workers[0], "rasa": stack.rasa}
    target = Target(
        sandbox_url=stack.sandbox_url,
        database_url=stack.postgres.url,
        channel_id=CHANNEL_ID,
        debounce_seconds=DEBOUNCE_SECONDS,
        ours={name: process.pid for name, process in ours.items()},
        around={"stand-ins": stack.sandbox.pid},
    )
    report = Report()
    seen = {1: await measure(report, PLAN, target, "small")}
    assert seen[1].broken == []
    assert len(seen[1].played.bursts) == PLAN.turns
    # A burst whose lines were posted slowly, on a busy machine, may be as many turns as it has lines.
    assert PLAN.turns <= len(seen[1].starts) <= PLAN.turns + MORE_LINES * seen[1].torn
    assert all(spent > 0 for spent in seen[1].cpu.values())
    show(report, PLAN, seen)
    assert tell_broken(seen) is False
    told = capsys.readouterr().out
    for line in ("due to reply accepted, p99 ms", "CPU milliseconds a turn", "Memory growth", "0 promises"):
        assert line in told
