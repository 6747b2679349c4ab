"""A chat that goes on after three weeks and 400 turns still has its basket and its customer's facts."""

from __future__ import annotations

import asyncio
import re
from asyncio.subprocess import PIPE, STDOUT
from datetime import timedelta

import pytest

from app.model import RASA_ENVIRONMENT, RASA_PYTHON
from app.settings import PROJECT_ROOT
from storage.clock import advance
from tests.faults.conftest import Chats
from tests.faults.stack import Stack

pytestmark = pytest.mark.asyncio(loop_scope="session")

TURNS = 400
AWAY = timedelta(days=21)
COMPANY = "Blue Dune Interiors LLC"
SESSIONS = "select count(*) from events where type_name = 'session_started' and sender_id = %s"
QUOTE = (
    "select q.customer ->> 'company' as company, l.sku, l.quantity from quotes q"
    " join quote_lines l on l.quote_id = q.id where q.conversation_id = %s and q.sent_at is not null"
)

CONFIRMED = (
    "update products set synced_at = clock_timestamp() + (select clock_offset from test_clock) returning 1"
)


async def said(stack: Stack, chats: Chats, chat_id: str, words: str) -> str:
    """What the customer reads in answer to these words."""
    before = len(await stack.seen_by(chat_id))
    await chats.write(chat_id, words)
    await stack.settled([chat_id])
    return "\n".join(message["text"] or "" for message in (await stack.seen_by(chat_id))[before:])


async def earlier_turns(stack: Stack, conversation_id: int, turns: int) -> None:
    """Let the tracker store keep this many more turns of the chat (`tests.engine.earlier_turns`)."""
    process = await asyncio.create_subprocess_exec(
        PROJECT_ROOT / RASA_PYTHON, "-m", "tests.engine.earlier_turns", str(conversation_id), str(turns),
        cwd=PROJECT_ROOT, env=stack.environment | RASA_ENVIRONMENT, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


@pytest.mark.timeout(180)
async def test_a_chat_goes_on_after_three_weeks_and_400_turns(stack: Stack, chats: Chats) -> None:
    chat_id = chats.new()
    await said(stack, chats, chat_id, "2 black office chairs under 900")
    chosen = await said(stack, chats, chat_id, "the first one, 2 pieces")
    assert "company" in await said(stack, chats, chat_id, "send me a quotation")
    assert "your name" in await said(stack, chats, chat_id, COMPANY)
    await said(stack, chats, chat_id, "cancel")
    conversation_id = await stack.value("select id from conversations where chat_id = %s", chat_id)
    [line] = await stack.rows(
        "select sku, quantity from basket_lines where conversation_id = %s", conversation_id
    )

    await earlier_turns(stack, conversation_id, TURNS)
    assert await stack.value(SESSIONS, str(conversation_id)) > 1, "sessions were shortened meanwhile"
    await advance(stack.postgres.url, AWAY.total_seconds())
    await stack.control("clock", {"advance_seconds": AWAY.total_seconds()})

    basket = await said(stack, chats, chat_id, "show my basket")
    assert line["quantity"] == 2
    assert line["sku"] in basket, chosen
    asked = await said(stack, chats, chat_id, "send me the quote")
    assert "your name" in asked, "and not the company, which is known"
    assert "mail" in await said(stack, chats, chat_id, "Sara Ahmed")
    told = await said(stack, chats, chat_id, "sara@bluedune.ae")
    assert re.search(r"Q-\d{4}-\d{5}", told)
    assert await stack.rows(QUOTE, conversation_id) == [{"company": COMPANY, **line}]
    # The stack is shared, and time does not go back: as after a sweep, prices are confirmed again.
    await stack.rows(CONFIRMED)
