"""Turns per second of one Rasa process: Majlis' own and through its whole way, against plain Rasa.

Chats that are new, and chats in which as much was said before as in a sale that took weeks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks.history import Histories, Shape, conversation_of, histories
from tests.benchmarks.load import CHAT_MARK, Load, Seen, run_load
from tests.benchmarks.majlis_stack import NEW_WORDS, WORDS
from tests.benchmarks.rasa_stack import RasaStack
from tests.benchmarks.report import Aim, Report, median
from tests.benchmarks.stack import CHANNEL_ID

CHATS = 100
ROUNDS = 2
# As many turns at once as a worker runs, so that each Rasa has the same queue in front of it.
CONNECTIONS = 16
EARLIER_TURNS = (0, 200)
_FIRST_CHAT = 971_530_000_000
_CHATS_OF_A_DRAIN = 1_000

PLAIN = "plain Rasa: REST channel, SQL store"
ENGINE = "Majlis' Rasa: turn route"
WHOLE = "Majlis: the whole way"

# What is aimed at, by earlier turns: times the turns of plain Rasa.
_AIMS = {0: 1.0, 200: 2.0}


@dataclass(frozen=True)
class _Drain:
    """CHATS turns as fast as they go; CPU in milliseconds a turn."""

    per_second: float
    rasa: float
    postgres: float
    worker: float
    # Gateway, action server and Wazzup's stand-in with its echoes and statuses.
    around: float

    @property
    def per_core(self) -> float:
        """Turns of a second in which this Rasa has a core for itself."""
        return 1e3 / self.rasa


def throughput(report: Report, stack: RasaStack) -> None:
    """Turns per second and CPU per turn, the three in turn, in new chats and in old ones."""
    ours, plain = histories(stack)
    drains: dict[str, Callable[[RasaStack, int], _Drain]] = {PLAIN: _plain, ENGINE: _engine, WHOLE: _whole}
    seen: dict[tuple[int, str], list[_Drain]] = {
        (turns, name): [] for turns in EARLIER_TURNS for name in drains
    }
    first_chat = _FIRST_CHAT
    for number in range(ROUNDS):
        for turns, name in seen:
            report.progress(f"turns/s, round {number + 1} of {ROUNDS}: {name}, {turns} earlier turns")
            first_chat += _CHATS_OF_A_DRAIN
            _live_through(stack, plain if name == PLAIN else ours, name, first_chat, turns)
            seen[turns, name].append(drains[name](stack, first_chat))
    report.table(
        f"Turns of one Rasa process: {CHATS} chats at once, {CONNECTIONS} at a time",
        ("", "turns/s", "of plain", "turns/s a Rasa core", "of plain", "CPU ms a turn: Rasa", "Postgres",
         "worker", "gateway, stand-in, actions"),
        [_row(turns, name, rounds, seen[turns, PLAIN]) for (turns, name), rounds in seen.items()],
        f"Median of {ROUNDS} rounds, the three in turn. Turn route: the turns wait in the database and the "
        "load generator calls Rasa as the worker does.",
        "Whole way: from the first turn's start to the last one's end; the stand-in's echoes and statuses "
        "come in meanwhile, and all of it shares the cores.",
        "A Rasa core: turns in a second of CPU time of the Rasa process, wherever all else runs.",
        "Earlier turns lie in the stores as each keeps them: one session in plain Rasa's, sessions of "
        "200 events in Majlis', the last of them half full.",
    )  # fmt: skip
    for turns, limit in _AIMS.items():
        for name in (ENGINE, WHOLE):
            for what, value in (("turns/s", _per_second), ("turns/s a Rasa core", _per_core)):
                ratio = _ratio(value, seen[turns, name], seen[turns, PLAIN])
                sentence = f"{name}, {turns} earlier turns: {what}"
                report.aim(Aim(sentence, ratio, limit, "of plain", at_least=True))


def _per_second(drain: _Drain) -> float:
    return drain.per_second


def _per_core(drain: _Drain) -> float:
    return drain.per_core


def _ratio(value: Callable[[_Drain], float], ours: list[_Drain], plain: list[_Drain]) -> float:
    """The mean over rounds: each is compared with the plain Rasa of its own round."""
    ratios = [value(one) / value(other) for one, other in zip(ours, plain, strict=True)]
    return sum(ratios) / len(ratios)


def _row(turns: int, name: str, rounds: list[_Drain], plain: list[_Drain]) -> tuple[str, ...]:
    parts = [
        median([getattr(item, part) for item in rounds]) for part in ("rasa", "postgres", "worker", "around")
    ]
    rates = [
        (f"{median([value(item) for item in rounds]):.1f}", f"{_ratio(value, rounds, plain):.2f}")
        for value in (_per_second, _per_core)
    ]
    return (
        f"{turns} earlier turns, {name}",
        *(cell for pair in rates for cell in pair),
        *(f"{part:.0f}" if part else "-" for part in parts),
    )


def _live_through(stack: RasaStack, store: Histories, name: str, first_chat: int, turns: int) -> None:
    """Give the chats of a drain so many earlier turns."""
    if not turns:
        return
    chats = [str(first_chat + number) for number in range(CHATS)]
    if name == WHOLE:
        chats = [conversation_of(stack, chat) for chat in chats]
    shape = Shape.ONE if name == PLAIN else Shape.HALF
    store.insert(chats, turns * store.events_a_turn, shape)


def _plain(stack: RasaStack, first_chat: int) -> _Drain:
    load = Load(
        ports=(stack.plain_port,), path="/webhooks/rest/webhook", body=stack.plain_body,
        connections=CONNECTIONS, requests=CHATS, chats=CHATS, first_chat=first_chat,
    )  # fmt: skip
    before = (stack.cpu(stack.plain_rasa), stack.postgres_cpu())
    seen = _all_answered(run_load(load))
    rasa, postgres = _spent(before, (stack.cpu(stack.plain_rasa), stack.postgres_cpu()))
    return _Drain(seen.per_second, rasa, postgres, 0.0, 0.0)


def _engine(stack: RasaStack, first_chat: int) -> _Drain:
    # Conversations and turns whose ids are the chats' numbers, so that requests can be built beforehand.
    with stack.bench.connection() as connection:
        parameters = {
            "first": first_chat, "last": first_chat + CHATS - 1, "channel": CHANNEL_ID, "words": WORDS,
        }  # fmt: skip
        for statement in (
            "insert into conversations (id, channel_id, chat_type, chat_id, reply_language, lease_token)"
            " overriding system value select n, %(channel)s, 'whatsapp', n::text, 'en', 1"
            " from generate_series(%(first)s::bigint, %(last)s) n",
            "insert into turns (id, conversation_id, text, language, due_at) overriding system value"
            " select n, n, %(words)s, 'en', clock_timestamp()"
            " from generate_series(%(first)s::bigint, %(last)s) n",
            "update conversations set current_turn_id = id where id between %(first)s and %(last)s",
        ):
            connection.execute(statement.encode(), parameters)
    settings = stack.settings()
    load = Load(
        ports=(settings.rasa_port,), path="/webhooks/wazzup/turn",
        body=f'{{"turn_id": {CHAT_MARK}, "conversation_id": {CHAT_MARK}, "fence": 1, '
             f'"text": "{NEW_WORDS}", "intent": null}}',
        headers={"X-Majlis-Secret": settings.internal_secret.get_secret_value()},
        connections=CONNECTIONS, requests=CHATS, chats=CHATS, first_chat=first_chat,
    )  # fmt: skip
    before = (stack.cpu(stack.rasa), stack.postgres_cpu())
    seen = _all_answered(run_load(load))
    rasa, postgres = _spent(before, (stack.cpu(stack.rasa), stack.postgres_cpu()))
    return _Drain(seen.per_second, rasa, postgres, 0.0, 0.0)


def _whole(stack: RasaStack, first_chat: int) -> _Drain:
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
