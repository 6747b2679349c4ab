"""kill -9 of the worker while a manager's command is done: it is done once and answered once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from sanic import Request, Sanic
from sanic.response import HTTPResponse, empty
from sqlalchemy.ext.asyncio import AsyncEngine

from sales.chat_code import code_of
from tests.faults.job_workers import Workers
from tests.integration.quote_support import sent
from tests.integration.zoho_jobs_support import ZohoStreet, zoho_street
from tests.support import CHANNEL_ID, Database, eventually, serving

MANAGER = "971509999999"
STEPS = ["worker.claimed", "desk.frozen", "desk.before_outbox", "desk.answered"]


@pytest.fixture
async def it(database_url: str, engine: AsyncEngine) -> AsyncIterator[ZohoStreet]:
    async with zoho_street(Database(database_url, engine)) as street:
        yield street


@pytest.fixture
async def workers(it: ZohoStreet, tmp_path: Path) -> AsyncIterator[Workers]:
    rasa = Sanic(f"rasa-{uuid4().hex}")

    @rasa.get("/webhooks/wazzup/ready")
    async def ready(_request: Request) -> HTTPResponse:
        return empty(200)

    async with serving(rasa) as url:
        made = Workers(it, tmp_path, RASA_URLS=url, MANAGER_CHAT_ID=MANAGER, WAZZUP_CHANNEL_ID=CHANNEL_ID)
        try:
            await made.start(2)
            yield made
        finally:
            made.stop()


@pytest.mark.parametrize("step", STEPS)
async def test_a_worker_dies_over_a_command(it: ZohoStreet, workers: Workers, step: str) -> None:
    db = it.db
    quote = await sent(db)
    async with db.engine.begin() as connection:
        code = await code_of(connection, quote.conversation_id)
    workers.arm(step, "kill")
    await db.customer(f"approve {code} 5\ntake {code}", chat_id=MANAGER)
    await workers.gone(await workers.reached(step))

    async def done() -> bool:
        return bool(await db.one("select count(*) from turns where state = 'done'"))

    await eventually(done, within=20, what="the other worker does it")
    assert await db.one("select count(*) from discount_approvals") == 1
    assert await db.one("select count(*) from jobs where kind = 'crm.discount'") == 1
    assert (
        await db.one("select owner from owners where conversation_id = :id", id=quote.conversation_id)
        == "person"
    )
    answers = await db.rows(
        "select o.text from outbox o join turns t on t.id = o.turn_id join conversations c"
        " on c.id = t.conversation_id where c.chat_id = :chat order by o.id",
        chat=MANAGER,
    )
    assert [row.text.split()[0] for row in answers] == ["Noted:", code]
