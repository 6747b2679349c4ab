"""`majlis erase`: a person is taken out of every store, and a receipt says what went, what stays and why.

The database's stores go in one transaction under the lock of the person's chats, so there is one moment at
which he is gone: what he wrote before is erased, and what comes after is a new person's. Each store has a
savepoint of its own, so that one that fails keeps its rows and no others; the chat's row then stays as well
and is found again when the command is repeated. What is outside the database comes before (the spool, whose
bodies would bring messages back) or after (Zoho, where a job under way might write once more).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import orjson
from psycopg.errors import DeadlockDetected, ForeignKeyViolation, LockNotAvailable
from rich.table import Table
from sqlalchemy import exc, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.errors import StartError
from app.person import PersonUnknown, chat_ids_of, database_of, phone_of, secret_of, stores
from app.running import joined
from app.settings import Settings
from app.supervisor import read_state
from app.zoho import open_zoho
from connectors.wazzup.payloads import without_chats
from connectors.zoho.errors import ZohoError
from connectors.zoho.person_records import KnownRecords, ZohoPersonRecords
from sales.erasing import records_in_crm, unbooked_orders
from sales.personal_data import Erased, Person, Store
from sales.quote import render_number
from storage.erasing import jobs_under_way
from storage.lease import LEASE_SECONDS
from storage.pool import allow_longer
from turns.erasing import close_chats, lock_chats, names_one_of
from turns.person_mark import PersonMark
from turns.spool import SpoolUnwritable, bodies_in, rewrite_left

SPOOL_SECONDS = 10.0
_SPOOL_LOOK_SECONDS = 0.1
_MOST_DEADLOCKS = 3
# The inbox is read through for what no turn took; it is a rare command, and holds one chat's lock.
_LONGEST_SECONDS = 300
_LOCK_LIMIT = text("set local lock_timeout = '5s'")
_RECEIPT = text("insert into erasures (person, stores) values (:person, cast(:stores as jsonb))")

_BUSY = "Somebody is at work in this person's chat and holds it: nothing was erased. Repeat this in a moment."
_IS_MANAGER = (
    "This is the manager's chat (MANAGER_CHAT_ID): what he was told and has approved would go with it. Set"
    " another number there, start Majlis again, and repeat this."
)
_ZOHO_STAYS = (
    "deals, the customer in Books, estimates and sales orders: the seller's books, kept by law; what is"
    " erased lies in CRM's recycle bin for 60 days, unless it is emptied by hand"
)


class PersonBusy(StartError):
    """A transaction holds a chat of this person for longer than the command waits."""


class PersonIsManager(StartError):
    """The chat in which the manager is told of customers and gives commands is no customer's."""


class ErasesInCrm(Protocol):
    """A CRM that a person can be taken out of."""

    async def erase(self, phone: str, known: KnownRecords) -> Mapping[str, int]:
        """How many records of each kind are gone; raises ZohoError."""
        ...


@dataclass(frozen=True)
class Line:
    """One store on the receipt; `problem` is empty unless it failed."""

    store: str
    erased: Erased
    problem: str = ""


@dataclass
class Receipt:
    """What was done, store by store."""

    lines: list[Line] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether a store has to be tried again."""
        return any(line.problem for line in self.lines)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the person was found anywhere."""
        return not any(line.erased.gone or line.erased.stays or line.problem for line in self.lines)

    def as_table(self) -> Table:
        """For a terminal; nothing in it is personal."""
        table = Table("store", "erased", "stays", "why, or what went wrong", title="Receipt")
        for line in self.lines:
            gone = "FAILED" if line.problem else str(line.erased.gone)
            table.add_row(line.store, gone, str(line.erased.stays or ""), line.problem or line.erased.why)
        table.add_row(
            "logs", "0", "", "hold no personal data: chats stand there by their number in the database"
        )
        return table


async def erase(
    engine: AsyncEngine, settings: Settings, written: str, *, secret: str, crm: ErasesInCrm | None = None
) -> Receipt:
    """Erase the person with this phone number or chat id; `crm` is given to erase him there as well.

    Raises:
        PersonUnknown: nothing of him was found; nothing was changed.
        PersonIsManager: he is the manager of these settings; nothing was changed.
        PersonBusy: somebody holds his chat and does not let go; nothing in the database was erased.
        DBAPIError: the database is away, or the whole could not be committed: then nothing there was erased.
    """
    chat_ids = chat_ids_of(written)
    if settings.manager_chat_id in chat_ids:
        raise PersonIsManager(_IS_MANAGER)
    mark = PersonMark(secret) if secret else None
    receipt = Receipt([await _erase_spool(settings.spool_folder, chat_ids)])
    for attempt in range(1, _MOST_DEADLOCKS + 1):
        try:
            found = await _erase_database(engine, stores(settings), chat_ids, mark)
            break
        except exc.DBAPIError as error:
            if isinstance(error.orig, LockNotAvailable):
                raise PersonBusy(_BUSY) from error
            # A worker held one row of this person and wanted another: it goes on, then we do.
            if not isinstance(error.orig, DeadlockDetected) or attempt == _MOST_DEADLOCKS:
                raise
    receipt.lines += found.lines
    receipt.hints += found.hints
    if crm is not None:
        receipt.lines += await _erase_crm(crm, phone_of(written), found)
    if receipt.is_empty:
        raise PersonUnknown("Nobody with this number or chat id is known here: nothing was changed.")
    return receipt


@dataclass
class _InDatabase:
    lines: list[Line]
    hints: list[str]
    records: KnownRecords
    # A worker may be in the middle of a job of this person.
    is_busy: bool


async def _erase_database(
    engine: AsyncEngine, all_stores: Sequence[Store], chat_ids: tuple[str, ...], mark: PersonMark | None
) -> _InDatabase:
    async with engine.begin() as connection:
        await allow_longer(connection, _LONGEST_SECONDS)
        await connection.execute(_LOCK_LIMIT)
        chats = await lock_chats(connection, chat_ids)
        person = Person(chat_ids, tuple(chats))
        is_busy = await jobs_under_way(connection, person.chats)
        records, unbooked = await _about_to_go(connection, person)
        await close_chats(connection, person)
        lines = [await _erase_store(connection, store, person) for store in all_stores]
        if any(line.erased.gone or line.erased.stays or line.problem for line in lines):
            kept = {
                line.store: {
                    "gone": line.erased.gone,
                    "stays": line.erased.stays,
                    "failed": bool(line.problem),
                }
                for line in lines
            }
            for chat_id in sorted(set(chats.values())) or [chat_ids[-1]]:
                parameters = {"person": mark and mark.of(chat_id), "stores": orjson.dumps(kept).decode()}
                await connection.execute(_RECEIPT, parameters)
    hints = []
    if unbooked:
        hints.append(
            f"Zoho has no sales order yet for {', '.join(unbooked)}, and Majlis will not make one any more:"
            " enter it by hand from the quote's PDF, unless you find it there."
        )
    return _InDatabase(lines, hints, records, is_busy)


async def _about_to_go(connection: AsyncConnection, person: Person) -> tuple[KnownRecords, list[str]]:
    """What only these rows know: ids of records in CRM, and numbers of orders that Zoho does not have."""
    try:
        async with connection.begin_nested():
            records = KnownRecords(**await records_in_crm(connection, person))
            unbooked = await unbooked_orders(connection, person)
    except exc.DBAPIError as error:
        if _is_over(error):
            raise
        # Their stores will fail as well, keep their rows, and be asked again when the command is repeated.
        return KnownRecords(), []
    return records, [render_number(*order) for order in unbooked]


async def _erase_store(connection: AsyncConnection, store: Store, person: Person) -> Line:
    try:
        async with connection.begin_nested():
            return Line(store.name, await store.erase(connection, person))
    except exc.DBAPIError as error:
        if _is_over(error):
            raise
        problem = f"{_code(error)}: nothing of it was erased"
        if isinstance(error.orig, ForeignKeyViolation):
            problem = "a store that failed points to it: it stays, to be found again"
    if store.empty is not None:
        try:
            async with connection.begin_nested():
                await store.empty(connection, person)
        except exc.DBAPIError as error:
            if _is_over(error):
                raise
        else:
            problem += ", without its words"
    return Line(store.name, Erased(0), problem)


def _is_over(error: exc.DBAPIError) -> bool:
    """Whether the whole transaction is, and not only a savepoint."""
    return isinstance(error.orig, DeadlockDetected) or error.connection_invalidated


def _code(error: exc.DBAPIError) -> str:
    """What went wrong in the database's own terms: its message may quote a row."""
    return f"{type(error.orig).__name__}, SQLSTATE {getattr(error.orig, 'sqlstate', None) or 'unknown'}"


async def _erase_spool(folder: Path, chat_ids: Sequence[str]) -> Line:
    """Take the person's messages out of what dead gateways left; a living one is waited for.

    It holds the lock of its file and brings the bodies into the database within a moment, where they are
    erased with the rest.
    """
    name = "spool of the gateway"

    def change(body: bytes) -> bytes | None:
        rest = without_chats(body, chat_ids)
        # Kept as it was, it is no message of his; but what nobody can read may still be his.
        return None if rest is body and _is_unreadable(body) and names_one_of(body, chat_ids) else rest

    try:
        changed = await asyncio.to_thread(partial(rewrite_left, folder, change))
    except SpoolUnwritable as error:
        return Line(name, Erased(0), str(error))
    waited = 0.0
    while any(change(body) != body for body in await asyncio.to_thread(bodies_in, folder)):
        if waited >= SPOOL_SECONDS:
            problem = "a running gateway holds messages that it could not store yet: repeat this when it has"
            return Line(name, Erased(changed), problem)
        await asyncio.sleep(_SPOOL_LOOK_SECONDS)
        waited += _SPOOL_LOOK_SECONDS
    return Line(name, Erased(changed))


def _is_unreadable(body: bytes) -> bool:
    """Whether nobody can tell whose messages are in it; it would be parked as a whole."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return True
    return not (isinstance(document, dict) and isinstance(document.get("messages", []), list))


async def _erase_crm(crm: ErasesInCrm, phone: str | None, found: _InDatabase) -> list[Line]:
    if phone is None:
        return [Line("Zoho CRM", Erased(0, why="this is no phone number, and CRM knows people by theirs"))]
    if found.is_busy:
        # Whoever does a job of this person finds that it is lost when he renews its lease.
        await asyncio.sleep(LEASE_SECONDS)
    try:
        gone = await crm.erase(phone, found.records)
    except ZohoError as error:
        left = ", ".join([*found.records.leads, *found.records.contacts, *found.records.notes])
        by_id = f" Majlis knows these records of CRM by id no longer: {left}." if left else ""
        return [Line("Zoho CRM", Erased(0), f"{error}; repeat this with --zoho.{by_id}")]
    lines = [Line(f"Zoho CRM: {module}", Erased(count)) for module, count in gone.items()]
    return [*lines, Line("Zoho: deals and documents", Erased(0, why=_ZOHO_STAYS))]


async def erase_now(settings: Settings, written: str, *, zoho: bool) -> Receipt:
    """`erase` in the Majlis of these settings; with `zoho` in the CRM they know, too.

    Raises:
        SettingsError: without a database, or with `zoho` and settings that know none.
    """
    settings = joined(settings, read_state(settings.run_folder))
    async with database_of(settings) as engine:
        known = open_zoho(settings, engine) if zoho else None
        crm = None if known is None else ZohoPersonRecords(known.crm)
        try:
            return await erase(engine, settings, written, secret=secret_of(settings), crm=crm)
        finally:
            if known is not None:
                await known.close()
