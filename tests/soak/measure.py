"""One stack under the customers of a load run: what they wrote, what it took, and what was broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from tests.benchmarks.report import Report
from tests.faults.records import read_evidence
from tests.soak.customers import Customer, customers, rush
from tests.soak.playing import Play, Played, Target
from tests.soak.processes import Sample, cpu, sample, slopes
from tests.soak.verdict import broken, torn

SAMPLE_SECONDS = 5.0
_TELL_EVERY = 6
_LISTING_SECONDS = 120.0

_DELAYS = (
    "select extract(epoch from t.started_at - t.due_at)::float8 * 1000 as start,"
    " extract(epoch from max(o.accepted_at) - t.due_at)::float8 * 1000 as reply"
    " from turns t join conversations c on c.id = t.conversation_id join outbox o on o.turn_id = t.id"
    " where c.chat_id = any(%s) and t.state = 'done' and o.accepted_at is not null group by t.id"
)
_SPAN = (
    "select count(*) as turns, extract(epoch from max(t.finished_at) - min(t.started_at))::float8 as seconds"
    " from turns t join conversations c on c.id = t.conversation_id"
    " where c.chat_id = any(%s) and t.state = 'done'"
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run is asked to do."""

    turns: int
    # Turns a second, about.
    rate: float
    # Customers who write at once in the end.
    rush: int
    seed: int = 1
    # How many times faster than people customers read, think and type.
    hurry: float = 1.0
    sample_seconds: float = SAMPLE_SECONDS

    def people(self) -> list[Customer]:
        """The customers of the long part."""
        return customers(self.turns, self.rate, self.seed, self.hurry)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What one stack made of the customers. Times in milliseconds."""

    played: Played
    # Turns a second of the customers who wrote at once.
    rushed: float
    starts: Sequence[float]
    replies: Sequence[float]
    # CPU milliseconds a turn, by process.
    cpu: Mapping[str, float]
    # MiB per 1,000 turns, by process.
    slopes: Mapping[str, float]
    last: Sample
    # The processes of Majlis, by the names in `cpu` and `slopes`.
    ours: Sequence[str]
    broken: Sequence[str]
    torn: int

    @property
    def turns_a_second(self) -> float:
        return len(self.played.bursts) / self.played.seconds

    @property
    def messages_a_second(self) -> float:
        return len(self.played.acks) / self.played.seconds


async def measure(report: Report, plan: Plan, target: Target, name: str) -> Seen:
    """Play the customers of `plan`, then those who write at once, and look at everything they left."""
    pids, samples = {**target.ours, **target.around}, list[Sample]()

    def tell(answered: int) -> None:
        samples.append(sample(pids, answered))
        if len(samples) % _TELL_EVERY == 1:
            memory = ", ".join(f"{process} {mib:.0f}" for process, mib in samples[-1].memory.items())
            report.progress(f"{name}: {answered:,} of {plan.turns:,} turns; MiB: {memory}")

    people, crowd = plan.people(), rush(plan.rush, plan.seed, plan.hurry)
    before = cpu(pids)
    played = await Play(target, tell, plan.sample_seconds).run(people)
    after = cpu(pids)
    report.progress(f"{name}: {plan.rush} customers at once")
    crowded = await Play(target, lambda _: None, plan.sample_seconds).run(crowd)
    report.progress(f"{name}: was every customer answered once?")
    delays = await _rows(target, _DELAYS, _chats(people))
    (span,) = await _rows(target, _SPAN, _chats(crowd))
    bursts = [*played.bursts, *crowded.bursts]
    found = await _broken(target, _chats([*people, *crowd]), [played, crowded])
    return Seen(
        played=played,
        rushed=span["turns"] / span["seconds"],
        starts=[row["start"] for row in delays],
        replies=[row["reply"] for row in delays],
        cpu={
            process: (after[process] - spent) * 1e3 / len(played.bursts) for process, spent in before.items()
        },
        slopes=slopes(samples),
        last=samples[-1],
        ours=list(target.ours),
        broken=[*played.refused, *crowded.refused, *found],
        torn=torn(bursts, target.debounce_seconds),
    )


async def _broken(target: Target, chats: list[str], runs: Sequence[Played]) -> list[str]:
    async with httpx.AsyncClient(
        base_url=target.sandbox_url, timeout=_LISTING_SECONDS, trust_env=False
    ) as client:
        listing = await client.get("/control/messages", params={"direction": "out"})
    mine = set(chats)
    phone = [
        message
        for message in listing.raise_for_status().json()["messages"]
        if message["delivered"] and message["origin"] == "api" and message["chat_id"] in mine
    ]
    acknowledged = [message_id for each in runs for message_id in each.acknowledged]
    evidence = await read_evidence(lambda query, ids: _rows(target, query, ids), chats, acknowledged, phone)
    return broken([burst for each in runs for burst in each.bursts], evidence, target.debounce_seconds)


async def _rows(target: Target, query: str, chats: list[str]) -> list[dict[str, Any]]:
    async with await psycopg.AsyncConnection.connect(
        target.database_url, row_factory=dict_row, autocommit=True
    ) as connection:
        return await (await connection.execute(query.encode(), (chats,))).fetchall()


def _chats(people: Sequence[Customer]) -> list[str]:
    return [customer.chat_id for customer in people]
