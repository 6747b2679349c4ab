"""Fetches what customers sent besides words, soon after it came: nobody says how long the gateway keeps it.

A job per file, written in the transaction that freezes the message's turn: the answer does not wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales import received_files
from storage.jobs import Job, JobLater, enqueue
from turns.ports import CustomerMessage, ElementKind, FileRefused, FileSource, FileUnreachable, Media

KIND = "media.keep"
# Then it is given up, and the managers read so: no operator can mend a file that is not there.
MOST_ATTEMPTS = 6


async def keep_files(
    connection: AsyncConnection, conversation_id: int, messages: list[CustomerMessage]
) -> None:
    """Have the files of these messages fetched, in the transaction that takes them into a turn.

    What the customer has taken back meanwhile is left alone.
    """
    taken_back = {m.external_id for m in messages if m.kind is ElementKind.DELETION}
    for message in messages:
        if message.attachment is None or message.external_id in taken_back:
            continue
        # A place is a place on a map; there is no file of it.
        uri = None if message.attachment.kind is Media.LOCATION else message.attachment.uri
        kind = message.attachment.kind.value
        if await received_files.note(connection, conversation_id, message.inbox_id, kind, uri):
            await enqueue(
                connection,
                KIND,
                str(message.inbox_id),
                {"inbox_id": message.inbox_id},
                conversation_id=conversation_id,
            )


class KeepFile:
    """The work of these jobs (`storage.jobs.Work`): reading changes nothing outside, so repeat it freely."""

    def __init__(self, engine: AsyncEngine, source: FileSource) -> None:
        self._engine = engine
        self._source = source

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing outside has to be looked up: `do` sees what is kept already."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Fetch the file and keep it, or note why not.

        Raises:
            JobLater: when it could not be had now.
        """
        inbox_id = int(job.payload["inbox_id"])
        async with self._engine.begin() as connection:
            awaited = await received_files.waiting(connection, inbox_id)
        if awaited is None:
            return {}
        kind, uri = awaited
        try:
            file = await self._source.fetch(uri, Media(kind))
        except FileRefused as error:
            return await self._refuse(inbox_id, str(error))
        except FileUnreachable as error:
            if job.attempt >= MOST_ATTEMPTS:
                return await self._refuse(inbox_id, f"{error}, {job.attempt} times")
            raise JobLater(str(error)) from error
        kept = received_files.Kept(file.content, file.content_type, file.file_name)
        async with self._engine.begin() as connection:
            await received_files.keep(connection, inbox_id, kept)
        return {"content_type": file.content_type, "bytes": len(file.content)}

    async def _refuse(self, inbox_id: int, problem: str) -> Mapping[str, Any]:
        async with self._engine.begin() as connection:
            await received_files.refuse(connection, inbox_id, problem)
        return {"refused": problem}
