"""Turns per second of one Rasa process: Majlis' own and through its whole way, against plain Rasa."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks.load import CHAT_MARK, Load, Seen, run_load
from tests.benchmarks.rasa_stack import WORDS, RasaStack
from tests.benchmarks.report import Aim, Report, median
from tests.benchmarks.stack import CHANNEL_ID

CHATS = 100
ROUNDS = 2
# As many turns at once as a worker runs, so that each Rasa has the same queue in front of it.
CONNECTIONS = 16
_FIRST_CHAT = 971_530_000_000
_CHATS_OF_A_ROUND = 1_000
_WAVES = ("new chats", "known chats")

PLAIN = "plain Rasa: REST channel, SQL store"
ENGINE = "Majlis' Rasa: turn route"
WHOLE = "Majlis: the whole way"


@dataclass(frozen=True)
class _Drain:
    """CHATS turns as fast as they go; CPU in milliseconds a turn."""

    per_second: float
    rasa: float
    postgres: float
    worker: float
    # Gateway, action server and Wazzup's stand-in with its echoes and statuses.
    around: float


def throughput(report: Report, stack: RasaStack) -> None:
    """Turns per second and CPU per turn, the three in turn, chats that are new and chats that are known."""
    drains: dict[str, Callable[[RasaStack, int, int], _Drain]] = {
        PLAIN: _plain,
        ENGINE: _engine,
        WHOLE: _whole,
    }
    seen: dict[tuple[str, int], list[_Drain]] = {}
    for number in range(ROUNDS):
        report.progress(f"turns/s: round {number + 1} of {ROUNDS}")
        for place, (name, drain) in enumerate(drains.items()):
            first_chat = _FIRST_CHAT + _CHATS_OF_A_ROUND * (number * len(drains) + place)
            for wave in range(len(_WAVES)):
                seen.setdefault((name, wave), []).append(drain(stack, first_chat, wave))
    report.table(
        f"Turns per second of one Rasa process: {CHATS} chats at once, {CONNECTIONS} at a time",
        ("", "turns/s", "CPU ms a turn: Rasa", "Postgres", "worker", "gateway, stand-in, actions"),
        [_row(f"{name}: {_WAVES[wave]}", rounds) for (name, wave), rounds in seen.items()],
        f"Median of {ROUNDS} rounds, the three in turn. Turn route: the turns wait in the database and the "
        "load generator calls Rasa as the worker does.",
        "Whole way: from the first turn's start to the last one's end; the stand-in's echoes and statuses "
        "come in meanwhile, and all of it shares the cores.",
    )
    for name, sentence in (
        (ENGINE, "turns/s of one Rasa process against plain Rasa"),
        (WHOLE, "turns/s through the whole way, all on this machine, against plain Rasa"),
    ):
        ratios = [
            ours.per_second / plain.per_second
            for wave in range(len(_WAVES))
            for ours, plain in zip(seen[name, wave], seen[PLAIN, wave], strict=True)
        ]
        report.aim(Aim(sentence, sum(ratios) / len(ratios), 1.0, "of plain", at_least=True))


def _row(name: str, rounds: list[_Drain]) -> tuple[str, ...]:
    parts = [
        median([getattr(item, part) for item in rounds]) for part in ("rasa", "postgres", "worker", "around")
    ]
    return (
        name,
        f"{median([item.per_second for item in rounds]):.1f}",
        *(f"{part:.0f}" if part else "-" for part in parts),
    )


def _plain(stack: RasaStack, first_chat: int, _wave: int) -> _Drain:
    load = Load(
        ports=(stack.plain_port,), path="/webhooks/rest/webhook", body=stack.plain_body,
        connections=CONNECTIONS, requests=CHATS, chats=CHATS, first_chat=first_chat,
    )  # fmt: skip
    before = (stack.cpu(stack.plain_rasa), stack.postgres_cpu())
    seen = _all_answered(run_load(load))
    rasa, postgres = _spent(before, (stack.cpu(stack.plain_rasa), stack.postgres_cpu()))
    return _Drain(seen.per_second, rasa, postgres, 0.0, 0.0)


def _engine(stack: RasaStack, first_chat: int, wave: int) -> _Drain:
    # Conversations and turns whose ids are the chats' numbers, so that requests can be built beforehand.
    prefix = wave + 1
    with stack.bench.connection() as connection:
        parameters = {
            "first": first_chat, "last": first_chat + CHATS - 1, "offset": prefix * 10**12,
            "channel": CHANNEL_ID, "words": WORDS,
        }  # fmt: skip
        for statement in (
            "insert into conversations (id, channel_id, chat_type, chat_id, reply_language, lease_token)"
            " overriding system value select n, %(channel)s, 'whatsapp', n::text, 'en', 1"
            " from generate_series(%(first)s::bigint, %(last)s) n on conflict do nothing",
            "update turns set state = 'done' where conversation_id between %(first)s and %(last)s",
            "insert into turns (id, conversation_id, text, language, due_at) overriding system value"
            " select %(offset)s + n, n, %(words)s, 'en', clock_timestamp()"
            " from generate_series(%(first)s::bigint, %(last)s) n",
            "update conversations set current_turn_id = id + %(offset)s"
            " where id between %(first)s and %(last)s",
        ):
            connection.execute(statement.encode(), parameters)
    settings = stack.settings()
    load = Load(
        ports=(settings.rasa_port,), path="/webhooks/wazzup/turn",
        body=f'{{"turn_id": {prefix}{CHAT_MARK}, "conversation_id": {CHAT_MARK}, "fence": 1, '
             f'"text": "{WORDS}", "intent": null}}',
        headers={"X-Majlis-Secret": settings.internal_secret.get_secret_value()},
        connections=CONNECTIONS, requests=CHATS, chats=CHATS, first_chat=first_chat,
    )  # fmt: skip
    before = (stack.cpu(stack.rasa), stack.postgres_cpu())
    seen = _all_answered(run_load(load))
    rasa, postgres = _spent(before, (stack.cpu(stack.rasa), stack.postgres_cpu()))
    return _Drain(seen.per_second, rasa, postgres, 0.0, 0.0)


def _whole(stack: RasaStack, first_chat: int, _wave: int) -> _Drain:
    load = Load(
        ports=(stack.sandbox_port,), path="/control/customer", body=stack.customer_body,
        connections=4, requests=CHATS, chats=CHATS, first_chat=first_chat,
    )  # fmt: skip

    def cpu() -> tuple[float, ...]:
        around = stack.cpu(stack.gateway, stack.actions, stack.sandbox)
        return stack.cpu(stack.rasa), stack.postgres_cpu(), stack.cpu(stack.worker), around

    ((began,),) = stack.rows("select clock_timestamp()")
    before = cpu()
    _all_answered(run_load(load))
    stack.wait_until_at_rest(120)
    rasa, postgres, worker, around = _spent(before, cpu())
    ((count, seconds),) = stack.rows(
        "select count(*), extract(epoch from max(finished_at) - min(started_at))::float8 from turns"
        " where started_at > %s and state = 'done'",
        began,
    )
    return _Drain(count / seconds, rasa, postgres, worker, around)


def _all_answered(seen: Seen) -> Seen:
    """Raises RuntimeError when not every request was answered 200: then nothing was measured."""
    if seen.accepted != CHATS:
        raise RuntimeError(f"{CHATS} requests were sent, the answers were {seen.statuses}, {seen.lost} lost")
    return seen


def _spent(before: tuple[float, ...], after: tuple[float, ...]) -> tuple[float, ...]:
    """CPU milliseconds of one turn."""
    return tuple((end - start) * 1e3 / CHATS for start, end in zip(before, after, strict=True))
