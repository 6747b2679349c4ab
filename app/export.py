"""`majlis export`: everything that is kept of a person in one ZIP, readable without Majlis.

`person.json` holds the rows store by store, times as ISO 8601 in UTC; bytes stand beside it as files, and the
row says under which name. What only serves the machinery (leases, fences) is left out.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.errors import StartError
from app.person import PersonUnknown, chat_ids_of, database_of, secret_of, stores
from app.running import joined
from app.settings import Settings
from app.supervisor import read_state
from connectors.wazzup.payloads import parse_body
from offscript.token_storage import TokensUnreadable, read_tokens, token_seal
from sales.personal_data import Person, Rows
from storage.pool import allow_longer
from turns.erasing import chats_of
from turns.spool import bodies_in

_MACHINERY = frozenset(
    {"lease_until", "lease_token", "ready_at", "send_paced_until", "turns_paced_until", "sealed"}
)
# One moment for all stores: what is exported fits together.
_SNAPSHOT = text("set transaction isolation level repeatable read, read only")
_LONGEST_SECONDS = 300


class ExportExists(StartError):
    """The file is there already; an export never writes over anything."""


class ExportUnwritable(StartError):
    """The file cannot be made where it is wanted."""


@dataclass
class _Archive:
    """Rows on their way into the ZIP: bytes become files, and the row names them."""

    files: dict[str, bytes] = field(default_factory=dict)

    def row(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(table, name, row) for name in row if name not in _MACHINERY}

    def _value(self, table: str, name: str, row: Mapping[str, Any]) -> Any:
        value = row[name]
        if not isinstance(value, bytes | memoryview):
            return value
        # The name came from a stranger: only its last part counts, and only where it cannot lead elsewhere.
        given = PurePath(str(row.get("file_name") or f"{name}{_ENDINGS.get(table, '.bin')}")).name
        path = f"files/{table}/{row.get('id', len(self.files))}-{given}"
        self.files[path] = bytes(value)
        return path


_ENDINGS = {"quotes": ".pdf", "inbox": ".txt", "parked_elements": ".txt"}


async def export(engine: AsyncEngine, settings: Settings, written: str, to: Path, *, secret: str) -> int:
    """Write what is kept of the person with this number or chat id into a new file; how many rows it holds.

    Raises:
        PersonUnknown: nothing of him was found; no file is made.
        ExportExists: there is such a file.
        ExportUnwritable: the file cannot be written; none is left there.
    """
    chat_ids = chat_ids_of(written)
    async with engine.connect() as connection, connection.begin():
        await connection.execute(_SNAPSHOT)
        await allow_longer(connection, _LONGEST_SECONDS)
        person = Person(chat_ids, await chats_of(connection, chat_ids))
        found: dict[str, Mapping[str, Rows]] = {
            store.name: await store.export(connection, person) for store in stores(settings)
        }
        tokens = await _tokens(connection, person, secret)
    found["spool"] = {"messages": _spooled(settings.spool_folder, chat_ids)}
    count = sum(len(rows) for tables in found.values() for rows in tables.values())
    if count == 0:
        raise PersonUnknown("Nobody with this number or chat id is known here: no file was made.")
    archive = _Archive()
    readable: dict[str, Any] = {
        store: {table: [archive.row(table, row) for row in rows] for table, rows in tables.items()}
        for store, tables in found.items()
    }
    if tokens:
        readable["personal_tokens"]["opened"] = tokens
    document = {"exported_at": datetime.now(UTC), "chat_ids": chat_ids, "stores": readable}
    _write(to, orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z, default=str), archive)
    return count


async def _tokens(connection: AsyncConnection, person: Person, secret: str) -> Sequence[Mapping[str, Any]]:
    """What the tokens in masked texts stand for, where the secret opens them."""
    opened: list[Mapping[str, Any]] = []
    for chat in person.chats if secret else ():
        try:
            table = await read_tokens(connection, chat, token_seal(secret))
        except TokensUnreadable as error:
            opened.append({"chat": chat, "problem": str(error)})
        else:
            opened += [{"chat": chat, **asdict(entry)} for entry in table.entries]
    return opened


def _spooled(folder: Path, chat_ids: Sequence[str]) -> Rows:
    return [
        {"sent_at": element.sent_at, "body": element.body}
        for body in bodies_in(folder)
        for element in parse_body(body)
        if element.chat_id in chat_ids
    ]


def _write(to: Path, document: bytes, archive: _Archive) -> None:
    try:
        opened = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ExportExists(f"{to} is there already: name another file with --to, or move it away.") from error
    except OSError as error:
        raise _unwritable(to, error) from error
    try:
        with os.fdopen(opened, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("person.json", document)
            for path, content in archive.files.items():
                packed.writestr(path, content)
    except BaseException as error:
        # Half of a person's data helps nobody, and would be taken for the whole.
        to.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(to, error) from error
        raise


def _unwritable(to: Path, error: OSError) -> ExportUnwritable:
    return ExportUnwritable(f"{to} cannot be written ({error.strerror}): name another place with --to.")


async def export_now(settings: Settings, written: str, to: Path | None) -> tuple[Path, int]:
    """`export` from the Majlis of these settings; the file, in this folder unless it is named, and its rows.

    Raises:
        SettingsError: without a database.
    """
    place = to or Path(f"person-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip")
    settings = joined(settings, read_state(settings.run_folder))
    async with database_of(settings) as engine:
        return place, await export(engine, settings, written, place, secret=secret_of(settings))
