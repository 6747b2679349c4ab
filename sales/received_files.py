"""The files that customers sent: kept for the managers, who reach them by links that are signed and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.links import link_key, sign_file

# Long enough for a sale; who needs a file for longer stores it where the sale is.
LINK_LASTS = timedelta(days=30)
# A task is read by a person: the newest ones are what the hand-over is about.
MOST_LISTED = 10

_NOTE = text(
    "insert into received_files (conversation_id, inbox_id, kind, uri, state)"
    " values (:conversation_id, :inbox_id, :kind, cast(:uri as text),"
    " case when cast(:uri as text) is null then 'none' else 'waiting' end)"
    " on conflict (inbox_id) do nothing"
)
_STATE = text("select state from received_files where inbox_id = :inbox_id")
_WAITING = text("select kind, uri from received_files where inbox_id = :inbox_id and state = 'waiting'")
_KEEP = text(
    "update received_files set state = 'kept', content = :content, content_type = :content_type,"
    " file_name = :file_name where inbox_id = :inbox_id and state = 'waiting'"
)
_REFUSE = text(
    "update received_files set state = 'refused', problem = :problem"
    " where inbox_id = :inbox_id and state = 'waiting'"
)
_LIST = text(
    "select id, kind, state, file_name, problem, received_at, majlis_now() as now from received_files"
    " where conversation_id = :conversation_id order by id desc limit :limit"
)


@dataclass(frozen=True)
class Kept:
    """A file's bytes, with the type and name that they earned."""

    content: bytes
    content_type: str
    file_name: str


class FileLinks:
    """Addresses of kept files on the gateway at `public_address`.

    Raises:
        ValueError: for an empty secret.
    """

    def __init__(self, public_address: str, internal_secret: str) -> None:
        self._address = public_address
        self._key = link_key(internal_secret, "file")

    def link(self, file_id: int, expires_at: datetime) -> str:
        """The address that gives the file until then."""
        return self._address + sign_file(file_id, expires_at, self._key)


async def note(
    connection: AsyncConnection, conversation_id: int, inbox_id: int, kind: str, uri: str | None
) -> bool:
    """Note what a message brought; returns whether its file still has to be fetched."""
    parameters = {"conversation_id": conversation_id, "inbox_id": inbox_id, "kind": kind, "uri": uri}
    await connection.execute(_NOTE, parameters)
    state: str = (await connection.execute(_STATE, {"inbox_id": inbox_id})).scalar_one()
    return state == "waiting"


async def waiting(connection: AsyncConnection, inbox_id: int) -> tuple[str, str] | None:
    """Kind and address of a message's file that is not here yet; None when there is nothing to fetch."""
    row = (await connection.execute(_WAITING, {"inbox_id": inbox_id})).first()
    return None if row is None else (row.kind, row.uri)


async def keep(connection: AsyncConnection, inbox_id: int, file: Kept) -> None:
    """Keep the bytes of a message's file; whoever came first has kept them."""
    await connection.execute(
        _KEEP,
        {
            "inbox_id": inbox_id,
            "content": file.content,
            "content_type": file.content_type,
            "file_name": file.file_name,
        },
    )


async def refuse(connection: AsyncConnection, inbox_id: int, problem: str) -> None:
    """Note that a message's file will never be here, and why."""
    await connection.execute(_REFUSE, {"inbox_id": inbox_id, "problem": problem})


async def lines(
    connection: AsyncConnection, conversation_id: int | None, links: FileLinks | None
) -> Sequence[str]:
    """What the customer sent besides words, newest first, one a line; with links where they can be signed."""
    rows = await connection.execute(_LIST, {"conversation_id": conversation_id, "limit": MOST_LISTED + 1})
    said: list[str] = []
    for row in rows:
        if len(said) == MOST_LISTED:
            said.append("- and more before these, in the chat itself")
            break
        what = f"- {row.kind}, {row.received_at:%d.%m.%Y}"
        if row.state == "kept":
            # Named by its kind: the customer's own name for it may hold anything.
            address = links.link(row.id, row.now + LINK_LASTS) if links is not None else "kept by Majlis"
            said.append(f"{what}: {address}")
        elif row.state == "refused":
            said.append(f"{what}: not kept, {row.problem}")
        else:
            said.append(f"{what}: see the chat")
    return said
