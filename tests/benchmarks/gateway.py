"""How fast the gateway acknowledges: closed loop, open loop, refusals, duplicates; 1 and 2 processes."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tests.benchmarks.load import CHAT_MARK, ID_MARK, Load, Seen, poisson, run_load
from tests.benchmarks.report import Aim, Report, median, milliseconds
from tests.benchmarks.stack import CHANNEL_ID, WEBHOOK, Bench, Child, cpu_seconds, flush_milliseconds

CLOSED_CONNECTIONS = (64, 256)
ROUNDS = 3
ROUND_SECONDS = 3.0
WARM_UP_SECONDS = 0.7
OPEN_RATES = (100, 500, 1_500)
OPEN_SECONDS = 6.0
OPEN_CONNECTIONS = 64
STORM_ROUNDS = 40
STORM_COPIES = 50
STORM_CONNECTIONS = 20


def message_body(text: str) -> str:
    """A webhook with one message as Wazzup sends it; id and chat are filled in by the load generator."""
    return json.dumps(
        {
            "messages": [
                {
                    "messageId": ID_MARK,
                    "dateTime": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "channelId": CHANNEL_ID,
                    "chatType": "whatsapp",
                    "chatId": CHAT_MARK,
                    "type": "text",
                    "isEcho": False,
                    "contact": {"name": CHAT_MARK},
                    "text": text,
                    "status": "inbound",
                }
            ]
        }
    )


@dataclass(frozen=True)
class _Subject:
    """What a load is sent to."""

    name: str
    ports: Sequence[int]
    processes: Sequence[Child]


@dataclass(frozen=True)
class _Round:
    seen: Seen
    gateway_cpu: float
    postgres_cpu: float
    # Rows in the inbox less answers 200.
    surplus: int

    @property
    def microseconds(self) -> tuple[float, float]:
        """CPU of gateway and Postgres for one answer."""
        answers = sum(self.seen.statuses.values())
        return self.gateway_cpu / answers * 1e6, self.postgres_cpu / answers * 1e6


class _Gateways:
    """Two real gateways and one without the database, on an empty database."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        first, first_port = bench.start_gateway("gateway-1")
        second, second_port = bench.start_gateway("gateway-2")
        bare, bare_port = bench.start_gateway(
            "gateway-bare", module="tests.benchmarks.gateway_without_database"
        )
        self.one = _Subject("gateway, 1 process", (first_port,), (first,))
        self.two = _Subject("gateway, 2 processes", (first_port, second_port), (first, second))
        self.bare = _Subject("same handler, no database", (bare_port,), (bare,))

    def measure(self, subject: _Subject, load: Load) -> _Round:
        """Send `load` to `subject` with empty tables."""
        self._bench.forget_messages()
        pids = [process.pid for process in subject.processes]
        before, postgres_before = cpu_seconds(*pids), cpu_seconds(self._bench.postgres_pid)
        seen = run_load(replace(load, ports=subject.ports))
        after, postgres_after = cpu_seconds(*pids), cpu_seconds(self._bench.postgres_pid)
        with self._bench.connection() as connection:
            row = connection.execute("select count(*) from inbox").fetchone()
        assert row is not None
        stored = int(row[0])
        return _Round(seen, after - before, postgres_after - postgres_before, stored - seen.accepted)

    def stop(self) -> None:
        for process in (*self.two.processes, *self.bare.processes):
            process.stop()


def closed_loop(report: Report) -> None:
    """Acks per second when each connection sends again as soon as it is answered."""
    with Bench() as bench:
        flush = flush_milliseconds(bench.home)
        gateways = _Gateways(bench)
        rows = []
        for connections in CLOSED_CONNECTIONS:
            load = Load(
                ports=(), path=WEBHOOK, body=message_body("I need chairs"), connections=connections,
                seconds=ROUND_SECONDS, warm_up_seconds=WARM_UP_SECONDS,
            )  # fmt: skip
            rounds: dict[str, list[_Round]] = {}
            for number in range(ROUNDS):
                report.progress(f"closed loop, {connections} connections, round {number + 1} of {ROUNDS}")
                for subject in (gateways.bare, gateways.one, gateways.two):
                    rounds.setdefault(subject.name, []).append(gateways.measure(subject, load))
            bare = [item.seen.per_second for item in rounds[gateways.bare.name]]
            for name, measured in rounds.items():
                ratio = median(
                    [item.seen.per_second / base for item, base in zip(measured, bare, strict=True)]
                )
                rows.append(_closed_row(name, connections, measured, ratio, name != gateways.bare.name))
                if name == gateways.one.name and connections == CLOSED_CONNECTIONS[-1]:
                    sentence = f"acks/s of the same handler without the database, {connections} connections"
                    report.aim(Aim(sentence, ratio, 0.55, "of no database", at_least=True))
        report.table(
            "Gateway, closed loop: each connection sends its next message when the last one is acknowledged",
            ("", "connections", "acks/s", "of no DB", "p50 ms", "p99 ms", "gateway CPU us", "Postgres CPU us",
             "not 200", "stored - acked"),
            rows,
            f"Median of {ROUNDS} rounds of {ROUND_SECONDS:g} s, the subjects in turn; CPU per request; the "
            "load generator shares the cores.",
            "stored - acked, of each round: below 0 would be loss.",
            f"This disk keeps 8 kB for good in {milliseconds(flush)} ms.",
        )  # fmt: skip


def _closed_row(
    name: str, connections: int, rounds: Sequence[_Round], ratio: float, stores: bool
) -> tuple[str, ...]:
    refused = sum(count for item in rounds for status, count in item.seen.statuses.items() if status != "200")
    return (
        name,
        str(connections),
        f"{median([item.seen.per_second for item in rounds]):,.0f}",
        f"{ratio:.2f}",
        milliseconds(median([item.seen.p50 for item in rounds])),
        milliseconds(median([item.seen.p99 for item in rounds])),
        f"{median([item.microseconds[0] for item in rounds]):.0f}",
        f"{median([item.microseconds[1] for item in rounds]):.0f}",
        str(refused),
        " ".join(str(item.surplus) for item in rounds) if stores else "-",
    )


def open_loop(report: Report) -> None:
    """Ack latency at fixed rates, of refusals, and of 50 copies of a message at once."""
    with Bench() as bench:
        gateways = _Gateways(bench)
        load = Load(ports=(), path=WEBHOOK, body=message_body("I need chairs"), connections=OPEN_CONNECTIONS)
        for subject in (gateways.bare, gateways.two):  # imports, first connections, first plans
            gateways.measure(subject, replace(load, arrivals=poisson(200, 1.0)))
        rows = []
        for rate in OPEN_RATES:
            for subject in (gateways.bare, gateways.one, gateways.two):
                if subject is gateways.bare and rate != 500:
                    continue
                report.progress(f"{subject.name}, open loop, {rate}/s")
                arrivals = poisson(rate, OPEN_SECONDS, seed=rate)
                seen = gateways.measure(subject, replace(load, arrivals=arrivals)).seen
                rows.append(_open_row(subject.name, f"{rate:,}/s", seen))
                if subject is gateways.one and rate == 500:
                    report.aim(Aim("ack p99 at 500/s, 1 process (quiet machine)", seen.p99, 10, "ms"))
        rows += [_refusals(report, gateways, load), _storm(report, gateways, load)]
        report.table(
            "Gateway, open loop: Poisson arrivals, latency from the moment a message was due to be sent",
            ("", "rate", "p50 ms", "p99 ms", "longest ms", "of that, generator p99", "answers"),
            rows,
            f"{OPEN_SECONDS:g} s each over {OPEN_CONNECTIONS} kept-open connections.",
        )


def _open_row(name: str, rate: str, seen: Seen) -> tuple[str, ...]:
    answers = ", ".join(f"{count:,} x {status}" for status, count in sorted(seen.statuses.items()))
    return (
        name,
        rate,
        milliseconds(seen.p50),
        milliseconds(seen.p99),
        milliseconds(seen.longest),
        milliseconds(seen.own_delay_p99),
        answers + (f", {seen.lost} lost" if seen.lost else ""),
    )


def _refusals(report: Report, gateways: _Gateways, load: Load) -> tuple[str, ...]:
    report.progress("refusals (wrong token), 500/s")
    wrong = replace(load, path=f"{WEBHOOK}-not", arrivals=poisson(500, OPEN_SECONDS, seed=3))
    seen = gateways.measure(gateways.one, wrong).seen
    report.aim(Aim("refusal (wrong token) p99 at 500/s", seen.p99, 5, "ms"))
    return _open_row("refusal: wrong token, 1 process", "500/s", seen)


def _storm(report: Report, gateways: _Gateways, load: Load) -> tuple[str, ...]:
    report.progress("duplicate storm over two gateways")
    chance = random.Random(50)
    arrivals = [
        start * 0.25 + offset
        for start in range(STORM_ROUNDS)
        for offset in sorted(chance.uniform(0, 0.1) for _ in range(STORM_COPIES))
    ]
    storm = replace(load, arrivals=arrivals, copies=STORM_COPIES, connections=STORM_CONNECTIONS)
    measured = gateways.measure(gateways.two, storm)
    seen, stored = measured.seen, measured.surplus + measured.seen.accepted
    report.aim(Aim("ack p99 in the duplicate storm", seen.p99, 100, "ms"))
    row = _open_row(
        f"{STORM_COPIES} copies in 100 ms, {STORM_CONNECTIONS} connections, 2 processes", "storm", seen
    )
    return (*row[:-1], f"{row[-1]}; {stored} rows of {STORM_ROUNDS} messages")
