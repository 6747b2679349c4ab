"""What a model remembers of a chat: a rolling note, kept in Postgres, and how it is brought up to date.

The note is written after the customer was answered, by a job, from masked text; it holds tokens in place
of personal data and no amounts. The newest messages beside it come from the dialogue itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from offscript.briefing import Said
from offscript.ports import LanguageModel, ModelMessage, ModelRequest, ModelUnavailable
from offscript.prompt_files import read_prompt

KIND = "offscript.memory"

_MAXIMUM_TOKENS = 250
# Nobody waits for it, but a job holds its lease meanwhile.
_SECONDS = 30.0
# A model that writes more than it was asked for does not fill the next prompt.
_LONGEST_NOTE = 1_200

_READ = text("select note from chat_notes where conversation_id = :id")
# An older job that ends later must not put an older note back.
_KEEP = text(
    "insert into chat_notes (conversation_id, note, through_turn, model, prompt_version)"
    " values (:id, :note, :turn, :model, :version) on conflict (conversation_id) do update set"
    " note = excluded.note, through_turn = excluded.through_turn, model = excluded.model,"
    " prompt_version = excluded.prompt_version, changed_at = majlis_now()"
    " where chat_notes.through_turn < excluded.through_turn"
)


class MemoryWork(Protocol):
    """What this job needs to know of itself; `storage.jobs.Job` has it."""

    @property
    def conversation_id(self) -> int | None:
        """The chat."""
        ...

    @property
    def payload(self) -> Mapping[str, Any]:
        """As `payload_of` wrote it."""
        ...


async def read_note(connection: AsyncConnection, conversation_id: int) -> str:
    """The chat's note, masked; empty when there is none yet."""
    return str((await connection.execute(_READ, {"id": conversation_id})).scalar() or "")


def payload_of(turn_id: int, said: Sequence[Said]) -> Mapping[str, Any]:
    """What the job is given: masked lines only, for it is stored."""
    return {"turn": turn_id, "said": [{"who": one.who, "text": one.text} for one in said]}


class MemoryJob:
    """The work of these jobs (`storage.jobs.Work`)."""

    def __init__(self, engine: AsyncEngine, model: LanguageModel) -> None:
        self._engine = engine
        self._model = model

    async def find(self, job: MemoryWork) -> Mapping[str, Any] | None:
        """Nothing to look up: a note that is written twice is the same note."""
        return None

    async def do(self, job: MemoryWork) -> Mapping[str, Any]:
        """Write the new note; without a model it stays as it is, until the next off-script turn."""
        assert job.conversation_id is not None
        turn_id = int(job.payload["turn"])
        async with self._engine.connect() as connection:
            former = await read_note(connection, job.conversation_id)
        prompt = read_prompt("summary")
        content = orjson.dumps({"former_note": former, "said_since": job.payload["said"]}).decode()
        request = ModelRequest(
            purpose="summary",
            prompt_version=prompt.version,
            messages=(ModelMessage("system", prompt.text), ModelMessage("user", content)),
            max_tokens=_MAXIMUM_TOKENS,
        )
        try:
            answer = await self._model.complete(
                request,
                conversation_id=job.conversation_id,
                turn_id=turn_id,
                deadline=asyncio.get_running_loop().time() + _SECONDS,
            )
        except ModelUnavailable as error:
            # Not tried again by the job: an hour later nobody needs the note, and each try costs.
            return {"unwritten": error.reason.value}
        async with self._engine.begin() as connection:
            await connection.execute(
                _KEEP,
                {
                    "id": job.conversation_id,
                    "note": answer.text.strip()[:_LONGEST_NOTE],
                    "turn": turn_id,
                    "model": answer.model,
                    "version": prompt.version,
                },
            )
        return {"model": answer.model}
