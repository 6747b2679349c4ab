"""How soon: a turn after it is due, its reply, a webhook's acknowledgement, and after a worker's death."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from storage.lease import LEASE_SECONDS
from tests.benchmarks.gateway import message_body
from tests.benchmarks.load import Load, poisson, run_load
from tests.benchmarks.majlis_stack import WORDS
from tests.benchmarks.rasa_stack import RasaStack
from tests.benchmarks.report import Aim, Report, milliseconds, percentile
from tests.benchmarks.stack import WEBHOOK, Child, wait_until

RATE = 4.0
SECONDS = 30.0
BUSY_CHATS = 100
BUSY_CONNECTIONS = 16
ACK_SECONDS = 10.0
RETAKES = 3
_FIRST_CHAT = 971_510_000_000
_REST = "/webhooks/rest/webhook"
_KILLED_STEP = "worker.claimed"


def on_time(report: Report, stack: RasaStack) -> None:
    """Debounced messages at a steady rate: when their turns start and when their replies leave."""
    report.progress(f"due to start and reply: {RATE:g} chats a second for {SECONDS:g} s")
    load = Load(
        ports=(stack.sandbox_port,), path="/control/customer", body=stack.customer_body, connections=16,
        arrivals=poisson(RATE, SECONDS), first_chat=_FIRST_CHAT,
    )  # fmt: skip
    run_load(load)
    stack.wait_until_at_rest()
    started, stored, sent = zip(
        *stack.rows(
            "select extract(epoch from t.started_at - t.due_at)::float8 * 1000,"
            " extract(epoch from t.finished_at - t.due_at)::float8 * 1000,"
            " extract(epoch from o.accepted_at - t.due_at)::float8 * 1000"
            " from turns t join conversations c on c.id = t.conversation_id join outbox o on o.turn_id = t.id"
            " where c.chat_id >= %s and t.state = 'done' and o.accepted_at is not null",
            str(_FIRST_CHAT),
        ),
        strict=True,
    )
    report.table(
        f"Turns that were due after the debounce of 3 s: {len(started)} chats, {RATE:g} a second",
        ("from due to ...", "p50 ms", "p95 ms", "p99 ms", "longest ms"),
        [
            ("turn started", *_spread(started)),
            ("reply stored (turn ended)", *_spread(stored)),
            ("reply accepted by Wazzup's stand-in", *_spread(sent)),
        ],
        "Gateway, worker, Rasa, action server, Wazzup's stand-in and Postgres share the cores.",
    )
    report.aim(Aim("due-to-start p99 of debounced turns", percentile(started, 99), 50, "ms"))
    report.aim(Aim("reply of a rule-only turn, p95 after it is due", percentile(sent, 95), 300, "ms"))


def _spread(values: Sequence[float]) -> tuple[str, ...]:
    shares = [percentile(values, percent) for percent in (50, 95, 99, 100)]
    return tuple(milliseconds(share) for share in shares)


def own_webhook(report: Report, stack: RasaStack) -> None:
    """The ack a Rasa user's webhook gives today, beside ours, with Rasa at work behind both."""
    rows = []
    for name, port, path, body in (
        ("Majlis' gateway", stack.gateway_port, WEBHOOK, message_body(WORDS)),
        ("plain Rasa's REST webhook", stack.plain_port, _REST, stack.plain_body),
    ):
        report.progress(f"own webhook: {name}, {RATE:g}/s")
        load = Load(
            ports=(port,), path=path, body=body, connections=32,
            arrivals=poisson(RATE, ACK_SECONDS, seed=7), first_chat=_FIRST_CHAT + 100_000,
        )  # fmt: skip
        seen = run_load(load)
        rows.append((name, f"{RATE:g}/s", milliseconds(seen.p50), milliseconds(seen.p99)))
        stack.wait_until_at_rest()
    load = Load(
        ports=(stack.plain_port,), path=_REST, body=stack.plain_body, connections=BUSY_CONNECTIONS,
        requests=BUSY_CHATS, first_chat=_FIRST_CHAT + 200_000,
    )  # fmt: skip
    report.progress(f"own webhook: plain Rasa, {BUSY_CONNECTIONS} connections")
    seen = run_load(load)
    name = f"plain Rasa's REST webhook, {BUSY_CONNECTIONS} connections ({seen.per_second:.0f} acks/s)"
    rows.append((name, "closed", milliseconds(seen.p50), milliseconds(seen.p99)))
    report.table(
        "A webhook's acknowledgement while Rasa works: what a Rasa user has today, and ours",
        ("", "rate", "ack p50 ms", "ack p99 ms"),
        rows,
    )


def retake(report: Report, stack: RasaStack) -> None:
    """A worker dies with a chat in hand: when another one runs the chat's turn."""
    faults = stack.bench.home / "faults"
    faults.mkdir(exist_ok=True)
    stack.debounce(0.05)
    stack.worker.stop()
    workers = [_start_worker(stack, name, faults) for name in ("worker-a", "worker-b")]
    took = []
    for number in range(RETAKES):
        report.progress(f"retake: round {number + 1} of {RETAKES}")
        (faults / _KILLED_STEP).write_text("kill")
        stack.customer_writes(str(_FIRST_CHAT + 300_000 + number))
        died = _death_of_one(workers)
        stack.wait_until_at_rest()
        ((started,),) = stack.rows("select extract(epoch from max(started_at))::float8 from turns")
        took.append(started - died)
        workers = [
            worker if worker.lives else _start_worker(stack, worker.name, faults) for worker in workers
        ]
    for worker in workers:
        worker.stop()
    stack.worker = _start_worker(stack, "worker")
    stack.debounce(3.0)
    report.table(
        f"A worker is killed with a chat in hand (lease {LEASE_SECONDS:g} s)",
        ("", "rounds", "fastest s", "slowest s"),
        [("another worker runs the turn after", str(RETAKES), f"{min(took):.2f}", f"{max(took):.2f}")],
    )
    report.aim(Aim("retake of a killed worker's turn", max(took), LEASE_SECONDS + 1, "s"))


def _death_of_one(workers: Sequence[Child]) -> float:
    """Wait until one of `workers` is gone; when that was (seconds of the epoch)."""
    wait_until(
        lambda: not all(worker.lives for worker in workers),
        seconds=20,
        what="a worker dies",
        pause_seconds=0.005,
    )
    return time.time()


def _start_worker(stack: RasaStack, name: str, faults: Path | None = None) -> Child:
    """Another worker, at work when this returns; it obeys the orders in `faults` (`storage.steps`)."""
    worker = stack.bench.run("worker", stack.settings(), name=name, faults=faults)
    wait_until(
        lambda: bool(stack.rows("select from workers where name like %s", f"%:{worker.pid}")),
        seconds=30,
        what=f"{name} is at work",
    )
    return worker
