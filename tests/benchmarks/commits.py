"""What the database alone can do: commits of one row and of the ack's statement, without any HTTP."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import psycopg
from psycopg import AsyncConnection

from connectors.wazzup.payloads import parse_body
from tests.benchmarks.gateway import message_body
from tests.benchmarks.report import Report, milliseconds, percentile
from tests.benchmarks.stack import CHANNEL_ID, Bench, cpu_seconds, flush_milliseconds
from turns.inbox import Debounce, store
from turns.ports import Element

CLIENTS = (1, 16, 64)
SECONDS = 2.0
CHATS = 5_000
BATCH = 20

_BODY = message_body("I need chairs")
_DEBOUNCE = Debounce(3.0, 10.0)
_INSERT = (
    "insert into inbox (kind, channel_id, external_id, chat_type, chat_id, sent_at, body)"
    " values ('message', %s, %s, 'whatsapp', %s, %s, %s::jsonb)"
)

Statement = Callable[[AsyncConnection, int], Awaitable[object]]


def raw_commits(report: Report) -> None:
    """Commits per second of psycopg connections in one process, side by side."""
    with Bench() as bench:
        flush = flush_milliseconds(bench.home)
        rows = []
        for name, statement, messages in (
            ("one-row insert", _insert, 1),
            ("the ack's statement, 1 message", _acks(1), 1),
            (f"the ack's statement, {BATCH} messages", _acks(BATCH), BATCH),
        ):
            for clients in CLIENTS:
                report.progress(f"raw commits: {name}, {clients} clients")
                bench.forget_messages()
                before = cpu_seconds(bench.postgres_pid)
                took, seconds = asyncio.run(_measure(bench.postgres.url, statement, clients))
                cpu = cpu_seconds(bench.postgres_pid) - before
                rows.append(_row(name, clients, took, seconds, messages, cpu))
        report.table(
            "Postgres alone: commits through psycopg, no HTTP",
            ("", "clients", "commits/s", "messages/s", "p50 ms", "p99 ms", "Postgres CPU us / commit"),
            rows,
            f"{SECONDS:g} s each; all clients are connections of one asyncio process, which is itself the "
            "limit at 16 and more.",
            f"This disk keeps 8 kB for good in {milliseconds(flush)} ms.",
        )


def _row(
    name: str, clients: int, took: Sequence[float], seconds: float, messages: int, cpu: float
) -> tuple[str, ...]:
    rate = len(took) / seconds
    return (
        name,
        str(clients),
        f"{rate:,.0f}",
        f"{rate * messages:,.0f}",
        milliseconds(percentile(took, 50) * 1_000),
        milliseconds(percentile(took, 99) * 1_000),
        f"{cpu / len(took) * 1e6:.0f}",
    )


async def _measure(url: str, statement: Statement, clients: int) -> tuple[list[float], float]:
    """Seconds of each commit, and of all together."""
    connections = [await psycopg.AsyncConnection.connect(url, autocommit=True) for _ in range(clients)]
    numbers, took = itertools.count(), list[float]()
    began = time.perf_counter()

    async def work(connection: AsyncConnection) -> None:
        while (start := time.perf_counter()) - began < SECONDS:
            await statement(connection, next(numbers))
            took.append(time.perf_counter() - start)

    await asyncio.gather(*(work(connection) for connection in connections))
    seconds = time.perf_counter() - began
    for connection in connections:
        await connection.close()
    return took, seconds


async def _insert(connection: AsyncConnection, number: int) -> None:
    values = (CHANNEL_ID, f"{number:016x}", _chat(number), datetime.now(UTC), _BODY)
    await connection.execute(_INSERT, values)


def _acks(messages: int) -> Statement:
    template = parse_body(_BODY.encode())[0]

    async def ack(connection: AsyncConnection, number: int) -> None:
        first = number * messages
        elements = [_element(template, first + index) for index in range(messages)]
        await store(connection, elements, _DEBOUNCE)

    return ack


def _element(template: Element, number: int) -> Element:
    """The message as the gateway's parser makes it, with an id and a chat of its own."""
    assert template.body is not None
    body = {**template.body, "messageId": f"{number:016x}", "chatId": _chat(number)}
    return Element(
        kind=template.kind, channel_id=template.channel_id, external_id=f"{number:016x}",
        chat_type=template.chat_type, chat_id=_chat(number), sent_at=template.sent_at, body=body,
    )  # fmt: skip


def _chat(number: int) -> str:
    return str(971_500_000_000 + number % CHATS)
