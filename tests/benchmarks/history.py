"""What a turn costs after 10, 100, 1,000 and 10,000 earlier events, in one session and in many.

Earlier events are inserted into the tracker stores' tables: the rows of one real turn, repeated.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, count, islice, repeat

import psycopg

from tests.benchmarks.rasa_stack import PLAIN_DATABASE, RasaStack
from tests.benchmarks.report import Aim, Report, median, milliseconds
from tests.benchmarks.stack import CHANNEL_ID

EVENTS = (10, 100, 1_000, 10_000)
# As long as Majlis lets a session grow (`engine.session`).
SESSION_EVENTS = 200
CHATS = 10
# A turn of plain Rasa takes seconds here.
CHATS_OF_LONGEST = 2
_FIRST_CHAT = 971_520_000_000
# Each is one turn old when it is copied.
_template_chats = map(str, count(_FIRST_CHAT - 1_000))

_COLUMNS = "type_name, timestamp, intent_name, action_name, data"
_INSERT = f"copy events (sender_id, {_COLUMNS}) from stdin"

EventRow = tuple[str, float, str | None, str | None, str]


class Shape(StrEnum):
    """How earlier events are dealt out over sessions of SESSION_EVENTS."""

    ONE = "one session"
    # As dear as a turn of Majlis gets.
    FULL = "many sessions, last one full"
    # As a session is on average.
    HALF = "many sessions, last one half full"


@dataclass(frozen=True)
class _Template:
    """Rows of a session's beginning, and of one turn with all that followed."""

    session: Sequence[EventRow]
    turn: Sequence[EventRow]


@dataclass(frozen=True)
class _Cost:
    """A turn, as the middle of several: milliseconds of waiting and of Rasa's CPU."""

    latency: float
    cpu: float

    def __str__(self) -> str:
        return f"{milliseconds(self.latency)} / {self.cpu:.0f}"


def turn_cost(report: Report, stack: RasaStack) -> None:
    """One turn after much that was said before, in Majlis and in plain Rasa."""
    stack.debounce(0.05)
    majlis, plain = histories(stack)

    rows: list[tuple[str, ...]] = []
    chats = map(str, range(_FIRST_CHAT, _FIRST_CHAT + 1_000_000))
    # What is no more than one session has only one shape.
    cases = [(events, shape) for shape in Shape for events in EVENTS
             if shape is Shape.ONE or events > SESSION_EVENTS]  # fmt: skip
    for events, shape in cases:
        report.progress(f"turn cost after {events:,} events, {shape}")
        senders = list(islice(chats, CHATS))
        majlis.insert([conversation_of(stack, chat) for chat in senders], events, shape)
        first = _measure_majlis(stack, senders)
        later = _measure_majlis(stack, senders)
        few = senders[: CHATS_OF_LONGEST if events == EVENTS[-1] else CHATS]
        plain.insert(few, events, shape)
        theirs = _measure(few, stack.plain_turn, lambda: stack.cpu(stack.plain_rasa))
        rows.append((f"{events:,} events, {shape}", str(first), str(later), str(theirs)))
    report.progress("turn latency, long and short histories in turn")
    _compare(report, stack, majlis, chats)
    stack.debounce(3.0)
    report.table(
        "A turn after much that was said before: latency ms / CPU ms of the Rasa process",
        ("earlier events", "Majlis, first turn", "Majlis, the turn after", "plain Rasa"),
        rows,
        f"Median latency and mean CPU of {CHATS} chats, one turn at a time ({CHATS_OF_LONGEST} for plain "
        f"Rasa at {EVENTS[-1]:,}).",
        f"One session: Majlis itself never lets one grow beyond {SESSION_EVENTS} events; the first turn "
        "after such an import shortens it.",
        f"Many sessions: of {SESSION_EVENTS} events each, as Majlis' store makes them; plain Rasa's store is "
        "given the same.",
        "Majlis: from the turn's start in the worker to its stored reply; plain Rasa: its webhook's answer.",
    )


def _compare(report: Report, stack: RasaStack, majlis: Histories, chats: Iterator[str]) -> None:
    """The aim: short and long histories chat by chat in turn, so that a busy machine is so for all."""
    cases = [(EVENTS[0], Shape.ONE), (EVENTS[-1], Shape.HALF), (EVENTS[-1], Shape.FULL)]
    groups = [list(islice(chats, CHATS)) for _ in cases]
    for (events, shape), group in zip(cases, groups, strict=True):
        majlis.insert([conversation_of(stack, chat) for chat in group], events, shape)
    for chat in chain.from_iterable(zip(*groups, strict=True)):
        stack.customer_writes(chat)
        stack.wait_until_at_rest()
    short, *long = (median(_latencies(stack, group)) for group in groups)
    for (events, shape), latency in zip(cases[1:], long, strict=True):
        sentence = f"turn latency, {events:,} events against {EVENTS[0]} ({shape})"
        report.aim(Aim(sentence, latency / short, 1.3, "times"))


def histories(stack: RasaStack) -> tuple[Histories, Histories]:
    """Those of Majlis and of plain Rasa, by the example of one turn that each of them has here."""
    plain_url = f"{stack.bench.postgres.url.rpartition('/')[0]}/{PLAIN_DATABASE}"
    chat = next(_template_chats)
    stack.customer_writes(chat)
    stack.wait_until_at_rest()
    stack.plain_turn(chat)
    return Histories(stack.bench.postgres.url, conversation_of(stack, chat)), Histories(plain_url, chat)


class Histories:
    """A tracker store's table that histories are written to."""

    def __init__(self, url: str, sender: str) -> None:
        """`sender` has had one turn, which is the template."""
        self._url = url
        with psycopg.connect(url) as connection:
            rows: list[EventRow] = connection.execute(
                f"select {_COLUMNS} from events where sender_id = %s order by id".encode(), (sender,)
            ).fetchall()
        first = next(index for index, row in enumerate(rows) if row[0] == "user")
        self._template = _Template(rows[:first], rows[first:])

    @property
    def events_a_turn(self) -> int:
        """How many events one turn leaves."""
        return len(self._template.turn)

    def insert(self, senders: Sequence[str], events: int, shape: Shape) -> None:
        """Give each of `senders` this many events (or up to a turn's more), the last one listening."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            for sender in senders:
                with connection.cursor() as cursor, cursor.copy(_INSERT.encode()) as copy:
                    for row in self._history(events, shape):
                        copy.write_row((sender, *row))
            connection.execute("analyze events")

    def _history(self, events: int, shape: Shape) -> Iterator[EventRow]:
        lengths = [events]
        if shape is not Shape.ONE:
            lengths = [SESSION_EVENTS] * (events // SESSION_EVENTS)
        if shape is Shape.HALF:
            lengths.append(SESSION_EVENTS // 2)
        # In the past, in order, a second apart.
        moment = time.time() - 2 * sum(lengths)
        for length in lengths:
            turns = (length - len(self._template.session)) / len(self._template.turn)
            # Never above: with one event more Majlis would shorten the session.
            whole = int(turns) if length == SESSION_EVENTS else max(round(turns), 1)
            for row in chain(self._template.session, *repeat(self._template.turn, whole)):
                moment += 1
                data = json.dumps({**json.loads(row[4]), "timestamp": moment})
                yield row[0], moment, row[2], row[3], data


def conversation_of(stack: RasaStack, chat_id: str) -> str:
    """The id of the chat's conversation, made if there is none: what Rasa calls its sender."""
    rows = stack.rows(
        "insert into conversations (channel_id, chat_type, chat_id) values (%s, 'whatsapp', %s)"
        " on conflict (channel_id, chat_type, chat_id) do update set chat_id = excluded.chat_id returning id",
        CHANNEL_ID,
        chat_id,
    )
    return str(rows[0][0])


def _measure_majlis(stack: RasaStack, chats: Sequence[str]) -> _Cost:
    def turn(chat: str) -> None:
        stack.customer_writes(chat)
        stack.wait_until_at_rest()

    cost = _measure(chats, turn, lambda: stack.cpu(stack.rasa))
    return _Cost(median(_latencies(stack, chats)), cost.cpu)


def _latencies(stack: RasaStack, chats: Sequence[str]) -> list[float]:
    """Milliseconds of the last turn of each chat. Raises RuntimeError when one was not answered."""
    took = stack.rows(
        "select distinct on (c.id) extract(epoch from t.finished_at - t.started_at)::float8 * 1000, t.state"
        " from turns t join conversations c on c.id = t.conversation_id where c.chat_id = any(%s)"
        " order by c.id, t.id desc",
        list(chats),
    )
    if len(took) != len(chats) or any(state != "done" for _, state in took):
        raise RuntimeError(f"{len(chats)} chats wrote, of their turns became: {[state for _, state in took]}")
    return [latency for latency, _ in took]


def _measure(chats: Sequence[str], turn: Callable[[str], None], cpu: Callable[[], float]) -> _Cost:
    before, took = cpu(), []
    for chat in chats:
        began = time.perf_counter()
        turn(chat)
        took.append((time.perf_counter() - began) * 1e3)
    return _Cost(median(took), (cpu() - before) * 1e3 / len(chats))
