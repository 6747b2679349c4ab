"""What is kept of a person, store by store: how it is erased, and how it is shown to the person.

Every room lists its own tables in a module `erasing`; `app.erase` and `app.export` walk the lists. A table
that holds something of a person and stands in no list turns a test red.
"""

# ruff: noqa: S608 (statements are put together of our own words only)
from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Rows = Sequence[Mapping[str, Any]]

OF_CHAT = "conversation_id = any(:chats)"
OF_TURN = "turn_id in (select id from turns where conversation_id = any(:chats))"


@dataclass(frozen=True)
class Person:
    """Somebody with the chats that are his: the same number on any channel is one person."""

    # As the channels name him; for WhatsApp the number's digits.
    chat_ids: tuple[str, ...]
    # Ids of his rows in `conversations`.
    chats: tuple[int, ...]

    def parameters(self) -> dict[str, Any]:
        """What the statements of the stores may name: :chats, :senders (the same as texts), :chat_ids."""
        return {
            "chats": list(self.chats),
            "senders": [str(chat) for chat in self.chats],
            "chat_ids": list(self.chat_ids),
        }


@dataclass(frozen=True)
class Erased:
    """What became of a store: rows that are gone, and rows that stay, with the reason."""

    gone: int
    stays: int = 0
    why: str = ""


@dataclass(frozen=True)
class Store:
    """One place that holds something of persons.

    Both functions run in the caller's transaction. `empty` takes the words out of rows that cannot be
    deleted, because a store that failed before still points to them; None where nothing points.
    """

    name: str
    tables: tuple[str, ...]
    erase: Callable[[AsyncConnection, Person], Awaitable[Erased]]
    export: Callable[[AsyncConnection, Person], Awaitable[Mapping[str, Rows]]]
    empty: Callable[[AsyncConnection, Person], Awaitable[None]] | None = None


def rows_of(table: str, whose: str = OF_CHAT, *, order: str = "id", emptied: str | None = None) -> Store:
    """The store of one table whose rows are simply deleted.

    `whose`, `order` and `emptied` (what an emptied row is set to) are SQL of ours, never a customer's words.
    """
    delete = text(f"delete from {table} where {whose}")
    read = text(f"select * from {table} where {whose} order by {order}")
    update = None if emptied is None else text(f"update {table} set {emptied} where {whose}")

    async def erase(connection: AsyncConnection, person: Person) -> Erased:
        return Erased((await connection.execute(delete, person.parameters())).rowcount)

    async def export(connection: AsyncConnection, person: Person) -> Mapping[str, Rows]:
        rows = await connection.execute(read, person.parameters())
        return {table: [dict(row) for row in rows.mappings()]}

    async def empty(connection: AsyncConnection, person: Person) -> None:
        await connection.execute(update, person.parameters())  # type: ignore[arg-type]

    return Store(table, (table,), erase, export, None if update is None else empty)


async def read_rows(
    connection: AsyncConnection, person: Person, tables: Mapping[str, str]
) -> Mapping[str, Rows]:
    """The rows of several tables by name; the values are what follows `from`, with condition and order."""
    return {
        name: [
            dict(row)
            for row in (
                await connection.execute(text(f"select {name}.* from {rest}"), person.parameters())
            ).mappings()
        ]
        for name, rest in tables.items()
    }
