"""Where every amount of a sent text comes from is kept, once, however often its turn is repeated."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from offscript.rendering import render
from offscript.trace_storage import keep_trace
from offscript.turn_ledger import TracedAmount
from tests.fence_samples import sample_ledger
from tests.integration.conftest import CHAT_ONE

STORED = text(
    "select text_hash, value, record_id, synced_at, is_percent from price_traces"
    " where turn_id = 1 order by id"
)


async def test_a_trace_is_kept_once(engine: AsyncEngine) -> None:
    rendered = render("{offer:EX-210} – 10 chairs: {total:EX-210:10}. {discount:D-1}", sample_ledger(), "en")
    async with engine.begin() as connection:
        for statement in CHAT_ONE:
            await connection.execute(text(statement))
        for _ in range(2):
            await keep_trace(connection, conversation_id=1, turn_id=1, rendered=rendered)
        stored = (await connection.execute(STORED)).all()
    assert [TracedAmount(*one[1:]) for one in stored] == list(rendered.trace)
    assert {one.text_hash for one in stored} == {rendered.text_hash}


async def test_a_text_without_amounts_leaves_no_trace(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for statement in CHAT_ONE:
            await connection.execute(text(statement))
        rendered = render("Which colour do you like?", sample_ledger(), "en")
        await keep_trace(connection, conversation_id=1, turn_id=1, rendered=rendered)
        assert (await connection.execute(STORED)).all() == []
