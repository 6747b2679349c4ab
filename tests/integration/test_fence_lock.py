"""The fence holds as long as the transaction that asked for it (SQL function `turn_is_held`)."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.integration.turn_support import take
from tests.support import Database
from turns.turn_storage import CONVERSATIONS


@pytest.fixture
def db(database_url: str, engine: AsyncEngine) -> Database:
    return Database(database_url, engine)


async def test_no_claim_slips_in_between_the_fence_check_and_the_commit(db: Database) -> None:
    """An action or Rasa that was told "held" writes; a worker that claims meanwhile would run it again."""
    await db.customer("hi")
    turn = await take(db)
    await db.write("update conversations set lease_until = clock_timestamp()")
    held = text("select turn_is_held(:turn, :fence)")
    async with db.engine.begin() as action:
        asked = {"turn": turn.turn_id, "fence": turn.held.token}
        assert (await action.execute(held, asked)).scalar()
        async with db.engine.begin() as other:
            assert await CONVERSATIONS.claim(other, 10) == []
    async with db.engine.begin() as other:
        [claimed] = await CONVERSATIONS.claim(other, 10)
    assert claimed.token == turn.held.token + 1
    async with db.engine.begin() as late:
        assert not (await late.execute(held, asked)).scalar()
