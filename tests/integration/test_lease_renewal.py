"""What takes longer than a lease stays with the worker that lives, and is done once."""

from __future__ import annotations

from typing import Any

from storage.lease import LEASE_SECONDS
from tests.integration.sender_support import street
from tests.integration.turn_support import ScriptedEngine, said, until_turns, worker
from tests.support import Database, eventually, in_background


async def until_the_first_lease_is_over(db: Database, table: str) -> None:
    """Wait until the only claimed row of `table` would be somebody else's, had nobody renewed it."""
    first: Any = await db.one(f"select lease_until from {table}")

    async def over() -> bool:
        return bool(await db.one("select clock_timestamp() > cast(:first as timestamptz)", first=first))

    await eventually(over, within=LEASE_SECONDS + 5, what="the first lease is over")


async def test_a_turn_longer_than_a_lease_is_not_taken_by_another_worker(db: Database) -> None:
    rasa = ScriptedEngine()
    rasa.may_answer.clear()
    await db.customer("hi")
    async with in_background(worker(db, rasa).run(), worker(db, rasa).run()):
        await rasa.until_taken(1)
        await until_the_first_lease_is_over(db, "conversations")
        # By now the other worker has looked for due chats many times.
        rasa.may_answer.set()
        await until_turns(db, "done")
    assert [request.fence for request in rasa.taken] == [1]
    assert await said(db) == ["answer to hi"]


async def test_a_send_longer_than_a_lease_is_not_repeated_by_another_worker(db: Database) -> None:
    async with street(db) as it:
        it.turn_knobs(send_script=[f"slow:{LEASE_SECONDS + 1}"])
        [row_id] = await db.say("hello")
        async with in_background(it.sender().run(), it.sender().run()):

            async def attempted() -> bool:
                return bool(await db.one("select attempts = 1 from outbox"))

            await eventually(attempted, what="the row is being sent")
            await until_the_first_lease_is_over(db, "outbox")
            [row] = await it.until_rows("accepted")
        assert it.keys() == [str(row_id)]
        assert (row.attempts, row.lease_token) == (1, 1)
