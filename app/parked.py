"""What waits for the operator: parked jobs, turns and webhook elements, by one kind of id.

`job:12` is a job that cannot succeed as it is, `turn:7` a turn that failed and was handed to a person,
`element:3` a part of a webhook that could not be read.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row
from rich.table import Table
from rich.text import Text

from app.database import find_database
from app.settings import Settings, SettingsError
from connectors.wazzup.payloads import parse_body
from storage.parked_jobs import drop_job, parked_jobs, retry_job
from storage.pool import connection_parameters
from turns.inbox import UNSTORABLE, Debounce, store
from turns.parked import drop_turn, parked_elements, parked_turns, remove_element
from turns.ports import Element, ElementKind

# Its rows are dictionaries.
Connection = psycopg.AsyncConnection[Any]

_ID = re.compile(r"(job|turn|element):([0-9]{1,18})")
# Which list of a webhook an element stood in, by a field that only it has there.
_LISTS = {"chatId": "messages", "channelId": "channelsUpdates", "messageId": "statuses"}
_AT_ONCE = Debounce(seconds=0.0, max_seconds=0.0)
_GONE = "is not parked any more."
_WHY_NO_TURN = (
    "is not run again: the customer has read the apology and a person has the chat, so the bot would talk"
    " over them. Answer in the chat, then drop it."
)


@dataclass(frozen=True)
class Parked:
    """One thing that waits: its id, what the list shows of it, and all that is known of it."""

    id: str
    what: str
    conversation_id: int | None
    since: datetime
    problem: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What became of one thing that was to be retried or dropped."""

    id: str
    done: bool
    sentence: str


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Connection]:
    """A connection to the database of the Majlis these settings describe.

    Raises:
        SettingsError: when there is none, or it does not answer.
    """
    url = find_database(settings)
    parameters: dict[str, Any] = dict(connection_parameters(test_clock=settings.majlis_test_clock))
    try:
        opened = await psycopg.AsyncConnection.connect(
            url, autocommit=True, row_factory=dict_row, **parameters
        )
    except psycopg.OperationalError as error:
        raise SettingsError(f"The database does not answer: {str(error).splitlines()[0]}") from error
    async with opened:
        yield opened


async def everything(connection: Connection) -> list[Parked]:
    """All that is parked: jobs, then turns, then elements, each oldest first."""
    found = [
        Parked(f"job:{row['id']}", row["kind"], row["conversation_id"], row["since"], row["problem"], row)
        for row in await parked_jobs(connection)
    ]
    found += [
        Parked(f"turn:{row['id']}", "turn", row["conversation_id"], row["since"], row["problem"] or "", row)
        for row in await parked_turns(connection)
    ]
    found += [
        Parked(f"element:{row['id']}", "webhook element", None, row["since"], row["problem"] or "", row)
        for row in await parked_elements(connection)
    ]
    return found


async def retry(connection: Connection, wanted: Sequence[Parked]) -> list[Answer]:
    """Try each again; what became of it, one sentence each."""
    return [await _RETRIES[_kind(each)](connection, each) for each in wanted]


async def drop(connection: Connection, wanted: Sequence[Parked]) -> list[Answer]:
    """Give each up for good."""
    answers = []
    for each in wanted:
        dropped = await _DROPS[_kind(each)](connection, _number(each))
        answers.append(Answer(each.id, dropped, "dropped." if dropped else _GONE))
    return answers


async def _retry_job(connection: Connection, parked: Parked) -> Answer:
    taken = await retry_job(connection, _number(parked))
    return Answer(
        parked.id, taken, "is tried again; `majlis parked` shows it if it fails." if taken else _GONE
    )


async def _retry_turn(_connection: Connection, parked: Parked) -> Answer:
    return Answer(parked.id, False, _WHY_NO_TURN)


async def _retry_element(connection: Connection, parked: Parked) -> Answer:
    elements = _read_again(parked.details["raw"])
    unread = [element.problem or "" for element in elements if element.kind is ElementKind.PARKED]
    if unread or not elements:
        why = unread[0] if unread else "nothing in it is known"
        return Answer(parked.id, False, f"still cannot be read: {why}. A newer Majlis may; or drop it.")
    try:
        async with connection.transaction():
            if not await remove_element(connection, _number(parked)):
                return Answer(parked.id, False, _GONE)
            await store(connection, elements, _AT_ONCE)
    except UNSTORABLE as error:
        reason = str(error).splitlines()[0]
        return Answer(parked.id, False, f"still cannot be stored: {reason}. Drop it.")
    return Answer(parked.id, True, "was read and goes its way.")


def _read_again(raw: bytes) -> list[Element]:
    """The elements in the bytes of a parked one, which are a whole webhook or one entry of its lists."""
    try:
        entry = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return parse_body(raw)
    name = next((name for field, name in _LISTS.items() if isinstance(entry, dict) and field in entry), None)
    return parse_body(raw if name is None else b'{"%b":[%b]}' % (name.encode(), raw))


_RETRIES: Mapping[str, Callable[[Connection, Parked], Awaitable[Answer]]] = {
    "job": _retry_job,
    "turn": _retry_turn,
    "element": _retry_element,
}
_DROPS: Mapping[str, Callable[[Connection, int], Awaitable[bool]]] = {
    "job": drop_job,
    "turn": drop_turn,
    "element": remove_element,
}


def is_id(written: str) -> bool:
    """Whether this could be the id of something parked."""
    return _ID.fullmatch(written) is not None


def _kind(parked: Parked) -> str:
    return parked.id.partition(":")[0]


def _number(parked: Parked) -> int:
    return int(parked.id.partition(":")[2])


def as_table(parked: Sequence[Parked]) -> Table:
    """The list, for a terminal; the chat's number is the one in the logs."""
    table = Table("id", "what", "chat", "since (UTC)", "problem")
    table.columns[0].no_wrap = True
    for each in parked:
        chat = "" if each.conversation_id is None else str(each.conversation_id)
        table.add_row(
            each.id, each.what, chat, f"{each.since:%d %b %H:%M}", Text(each.problem.partition("\n")[0])
        )
    return table


def as_page(parked: Parked) -> Table:
    """All that is known of one, for a terminal."""
    table = Table(title=parked.id, show_header=False)
    for name, value in parked.details.items():
        table.add_row(name, Text(_readable(value)))
    return table


def _readable(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dict | list):
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
