"""How soon and how many: due to start, reply after due, turns per second, retake; against plain Rasa."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storage.lease import LEASE_SECONDS
from tests.benchmarks.gateway import message_body
from tests.benchmarks.load import Load, poisson, run_load
from tests.benchmarks.rasa_stack import WORDS, RasaStack
from tests.benchmarks.report import Aim, Report, median, milliseconds, percentile
from tests.benchmarks.stack import WEBHOOK, Child, wait_until

RATE = 4.0
SECONDS = 30.0
DRAIN_CHATS = 100
DRAIN_ROUNDS = 2
# As many turns at once as a worker runs, so that both Rasas have the same queue in front of them.
DRAIN_CONNECTIONS = 16
ACK_SECONDS = 10.0
RETAKES = 3
_FIRST_CHAT = 971_510_000_000
_CUSTOMER = "/control/customer"
_REST = "/webhooks/rest/webhook"
_KILLED_STEP = "worker.claimed"


def on_time(report: Report, stack: RasaStack) -> None:
    """Debounced messages at a steady rate: when their turns start and when their replies leave."""
    report.progress(f"due to start and reply: {RATE:g} chats a second for {SECONDS:g} s")
    run_load(
        Load(
            ports=(stack.sandbox_port,), path=_CUSTOMER, body=stack.customer_body, connections=16,
            arrivals=poisson(RATE, SECONDS), first_chat=_FIRST_CHAT,
        )  # fmt: skip
    )
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


@dataclass(frozen=True)
class _Drain:
    """A number of turns as fast as they go."""

    per_second: float
    # Milliseconds a turn: of Rasa's process, of Postgres, of everything else of ours.
    rasa_cpu: float
    postgres_cpu: float
    other_cpu: float


def throughput(report: Report, stack: RasaStack) -> None:
    """Turns per second of one Rasa process: through the whole way of Majlis, and of plain Rasa."""
    rounds: dict[str, list[_Drain]] = {"plain Rasa, REST channel": [], "Majlis, the whole way": []}
    for number in range(DRAIN_ROUNDS):
        report.progress(f"turns/s: round {number + 1} of {DRAIN_ROUNDS}")
        first_chat = _FIRST_CHAT + 1_000 * (number + 1)
        for name, drain in zip(rounds, (_drain_plain, _drain_majlis), strict=True):
            for _ in ("new chats", "known chats"):
                rounds[name].append(drain(stack, first_chat))
    plain = [item.per_second for item in rounds["plain Rasa, REST channel"]]
    ratios = [
        item.per_second / base for item, base in zip(rounds["Majlis, the whole way"], plain, strict=True)
    ]
    rows = []
    for name, drains in rounds.items():
        for index, kind in enumerate(("new chats", "known chats")):
            chosen = drains[index::2]
            rows.append(
                (
                    f"{name}: {kind}",
                    f"{median([item.per_second for item in chosen]):.1f}",
                    *(
                        f"{median([getattr(item, part) for item in chosen]):.0f}"
                        for part in ("rasa_cpu", "postgres_cpu", "other_cpu")
                    ),
                )
            )
    report.table(
        f"Turns per second of one Rasa process: {DRAIN_CHATS} chats at once, {DRAIN_CONNECTIONS} at a time",
        ("", "turns/s", "Rasa CPU ms / turn", "Postgres CPU ms / turn", "other CPU ms / turn"),
        rows,
        f"Median of {DRAIN_ROUNDS} rounds, both in turn. Other: gateway, worker, action server, and Wazzup's "
        "stand-in with its echoes and statuses.",
    )
    report.aim(
        Aim("turns/s through the whole way against plain Rasa", median(ratios), 1.0, "of plain", at_least=True)
    )


def _drain_plain(stack: RasaStack, first_chat: int) -> _Drain:
    load = Load(
        ports=(stack.plain_port,), path=_REST, body=stack.plain_body, connections=DRAIN_CONNECTIONS,
        requests=DRAIN_CHATS, chats=DRAIN_CHATS, first_chat=first_chat,
    )  # fmt: skip
    before, postgres_before = stack.cpu(stack.plain_rasa), stack.postgres_cpu()
    seen = run_load(load)
    rasa, postgres = stack.cpu(stack.plain_rasa) - before, stack.postgres_cpu() - postgres_before
    return _Drain(seen.per_second, rasa * 1e3 / DRAIN_CHATS, postgres * 1e3 / DRAIN_CHATS, 0.0)


def _drain_majlis(stack: RasaStack, first_chat: int) -> _Drain:
    load = Load(
        ports=(stack.sandbox_port,), path=_CUSTOMER, body=stack.customer_body, connections=4,
        requests=DRAIN_CHATS, chats=DRAIN_CHATS, first_chat=first_chat,
    )  # fmt: skip
    others = (stack.gateway, stack.worker, stack.actions, stack.sandbox)
    (last_turn,) = stack.rows("select coalesce(max(id), 0) from turns")[0]
    before = (stack.cpu(stack.rasa), stack.postgres_cpu(), stack.cpu(*others))
    run_load(load)
    stack.wait_until_at_rest(120)
    after = (stack.cpu(stack.rasa), stack.postgres_cpu(), stack.cpu(*others))
    ((count, seconds),) = stack.rows(
        "select count(*), extract(epoch from max(finished_at) - min(started_at))::float8 from turns"
        " where id > %s and state = 'done'",
        last_turn,
    )
    rasa, postgres, other = ((end - start) * 1e3 / count for end, start in zip(after, before, strict=True))
    return _Drain(count / seconds, rasa, postgres, other)


def own_webhook(report: Report, stack: RasaStack) -> None:
    """The ack a Rasa user's webhook gives today, beside ours, with Rasa at work behind both."""
    rows = []
    for name, port, path, body, chats in (
        ("Majlis' gateway", stack.gateway_port, WEBHOOK, message_body(WORDS), 1_000),
        ("plain Rasa's REST webhook", stack.plain_port, _REST, stack.plain_body, 1_000),
    ):
        report.progress(f"own webhook: {name}, {RATE:g}/s")
        seen = run_load(
            Load(
                ports=(port,), path=path, body=body, connections=32, chats=chats,
                arrivals=poisson(RATE, ACK_SECONDS, seed=7), first_chat=_FIRST_CHAT + 100_000,
            )  # fmt: skip
        )
        rows.append((name, f"{RATE:g}/s", milliseconds(seen.p50), milliseconds(seen.p99)))
        stack.wait_until_at_rest()
    load = Load(
        ports=(stack.plain_port,), path=_REST, body=stack.plain_body, connections=DRAIN_CONNECTIONS,
        requests=DRAIN_CHATS, first_chat=_FIRST_CHAT + 200_000,
    )  # fmt: skip
    report.progress(f"own webhook: plain Rasa, {DRAIN_CONNECTIONS} connections")
    seen = run_load(load)
    name = f"plain Rasa's REST webhook, {DRAIN_CONNECTIONS} connections ({seen.per_second:.0f} acks/s)"
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
        living = workers
        wait_until(lambda: not all(worker.lives for worker in living), seconds=20, what="a worker dies",
                   pause_seconds=0.005)  # fmt: skip
        died = time.time()
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


def _start_worker(stack: RasaStack, name: str, faults: Path | None = None) -> Child:
    """Another worker, at work when this returns; it obeys the orders in `faults` (`storage.steps`)."""
    worker = stack.bench.run("worker", stack.settings(), name=name, faults=faults)
    wait_until(
        lambda: bool(stack.rows("select from workers where name like %s", f"%:{worker.pid}")),
        seconds=30,
        what=f"{name} is at work",
    )
    return worker
