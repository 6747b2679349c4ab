"""What the model's part keeps of a person, and how it is erased."""

# ruff: noqa: S608 (statements are put together of our own words only)
from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from sales.personal_data import OF_CHAT, Erased, Person, Rows, Store, read_rows, rows_of

# The ledger has no word of anybody: what a call cost is the seller's, whose call it was is the person's.
_UNLINK_CALLS = text(f"update model_calls set conversation_id = null, turn_id = null where {OF_CHAT}")
_WHY_CALLS_STAY = "what the calls cost, without whose they were: the seller's own accounts"


async def _unlink_calls(connection: AsyncConnection, person: Person) -> Erased:
    unlinked = (await connection.execute(_UNLINK_CALLS, person.parameters())).rowcount
    return Erased(0, stays=unlinked, why=_WHY_CALLS_STAY if unlinked else "")


async def _calls(connection: AsyncConnection, person: Person) -> Mapping[str, Rows]:
    return await read_rows(
        connection, person, {"model_calls": f"model_calls where {OF_CHAT} order by model_calls.id"}
    )


STORES = (
    rows_of("price_traces"),
    rows_of("off_script_turns", order="turn_id"),
    rows_of("chat_notes", order="conversation_id"),
    rows_of("personal_tokens", order="conversation_id"),
    Store("model_calls", ("model_calls",), _unlink_calls, _calls),
    rows_of("model_spending", order="day"),
)
"""In the order in which they can be erased."""
