"""A worker outlives a pool that has no connection to spare."""

from __future__ import annotations

import asyncio

from storage.pool import POOL_TIMEOUT_SECONDS, create_engine
from tests.integration.turn_support import ScriptedEngine, said, until_turns, worker
from tests.support import Database


async def test_a_worker_goes_on_after_it_waited_in_vain_for_a_connection(database_url: str) -> None:
    engine = create_engine(database_url, test_clock=True, size=1)
    db = Database(database_url, engine)
    await db.customer("hi")
    dispatch = asyncio.create_task(worker(db, ScriptedEngine()).run())
    try:
        async with engine.connect() as first, engine.connect() as second:
            assert not first.closed
            assert not second.closed
            ended, _ = await asyncio.wait({dispatch}, timeout=POOL_TIMEOUT_SECONDS + 1)
            assert not ended, "the worker gave up"
        await until_turns(db, "done")
        assert await said(db) == ["answer to hi"]
    finally:
        dispatch.cancel()
        await asyncio.gather(dispatch, return_exceptions=True)
        await engine.dispose()
