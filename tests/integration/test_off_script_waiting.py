"""A model that is away, slow or asked twice: customers get an answer all the same, and one in all."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from actions.turn import TurnNotHeld
from offscript import consultation
from offscript.budget import Budgets
from tests.integration.off_script_support import (
    ANSWER,
    STRANGE,
    Chat,
    draft,
    while_asked,
)
from tests.integration.turn_support import take
from tests.support import eventually

NEW_ENDING = "select ending from off_script_turns order by turn_id"


# --- without a model


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "status", "status": 500},
        {"fault": "status", "status": 402},
        {"fault": "drop"},
        {"fault": "empty_choices"},
        {"fault": "endless_json"},
        {"fault": "html"},
    ],
    ids=str,
)
async def test_a_model_that_is_away_leaves_the_stages_reply_then_an_offer_then_a_person(
    chat: Chat, fault: dict[str, Any]
) -> None:
    await chat.bench.script({**fault, "times": 0})
    replies = [(await chat.write(f"{STRANGE} {number}"))[1] for number in range(3)]
    responses = ["utter_fallback", "utter_fallback_person", "utter_hand_over"]
    assert replies == [[chat.wording(response)] for response in responses]
    assert await chat.db.owner() == "person"
    assert [row.ending for row in await chat.db.rows(NEW_ENDING)] == ["unavailable", "unavailable", "person"]


async def test_a_chat_that_comes_back_from_a_person_starts_anew(chat: Chat) -> None:
    await chat.bench.script({"fault": "status", "status": 500, "times": 0})
    for number in range(3):
        await chat.write(f"{STRANGE} {number}")
    await chat.db.write("delete from owners")
    _, said = await chat.write(STRANGE)
    assert said == [chat.wording("utter_fallback")]
    assert await chat.db.owner() == "bot"


async def test_a_turn_that_was_understood_comes_between(chat: Chat) -> None:
    await chat.bench.script({"fault": "status", "status": 500, "times": 0})
    await chat.write(STRANGE)
    await chat.listen("sofas", "Here they are.")
    assert (await chat.write(STRANGE))[1] == [chat.wording("utter_fallback")]


async def test_with_its_budget_spent_nothing_is_sent(chat: Chat) -> None:
    spent = Budgets(Decimal(0), Decimal(0), "Asia/Dubai")
    chat.ask(chat.bench.guarded(spent))
    _, said = await chat.write(STRANGE)
    assert said == [chat.wording("utter_fallback")]
    assert await chat.bench.calls() == []


async def test_a_model_that_takes_too_long_is_not_waited_for(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consultation, "ANSWER_SECONDS", 1.8)
    await chat.bench.script({"fault": "slow", "seconds": 30, "times": 0})
    began = asyncio.get_running_loop().time()
    _, said = await chat.write(STRANGE)
    assert said == [chat.wording("utter_fallback")]
    assert asyncio.get_running_loop().time() - began < 10


async def test_without_a_model_there_is_a_way_on_too(chat: Chat) -> None:
    chat.house = type(chat.house)(**{**vars(chat.house), "off_script": None})
    assert (await chat.write(STRANGE))[1] == [chat.wording("utter_fallback")]
    assert (await chat.write(STRANGE))[1] == [chat.wording("utter_fallback_person")]
    assert await chat.bench.calls() == []


# --- waiting


async def test_no_transaction_is_open_while_the_model_is_asked(chat: Chat) -> None:
    await chat.bench.script({**ANSWER, "seconds": 1.0}, draft("A colleague will check that."))
    asked = asyncio.create_task(chat.call(await chat.open(STRANGE)))

    async def look() -> None:
        idle = "select count(*) from pg_stat_activity where datname = current_database() and pid <> "
        assert await chat.db.one(f"{idle} pg_backend_pid() and state like 'idle in transaction%'") == 0
        async with chat.db.engine.begin() as connection:
            for table in ("conversations", "turns", "off_script_turns"):
                await connection.execute(text(f"select 1 from {table} for update nowait"))
        assert not asked.done()

    _, said = await while_asked(chat, asked, look)
    assert said == ["A colleague will check that."]


async def patience(chat: Chat) -> int:
    words = chat.house.seller.messages.patience.en
    return int(await chat.db.one("select count(*) from outbox where text = :words", words=words))


async def make_old(chat: Chat) -> None:
    await chat.db.write("update turns set due_at = clock_timestamp() - interval '9 seconds'")


async def test_who_waits_long_is_asked_for_patience_once(chat: Chat) -> None:
    await chat.bench.script({**ANSWER, "seconds": 1.0}, draft("A colleague will check that.", seconds=0.5))
    tracker = await chat.open(STRANGE)
    await make_old(chat)
    _, said = await chat.call(tracker)
    assert said == ["A colleague will check that."]
    assert await patience(chat) == 1
    assert (await chat.ended()).asked_to_wait is True


async def test_who_waits_again_because_the_worker_died_is_not_asked_again(chat: Chat) -> None:
    await chat.bench.script({**ANSWER, "seconds": 1.0}, draft("A colleague will check that.", times=0))
    tracker = await chat.open(STRANGE)
    await make_old(chat)
    first = asyncio.create_task(chat.call(tracker))

    async def asked() -> bool:
        return await patience(chat) == 1

    await eventually(asked, what="the customer is asked for patience")
    chat.turn = await take(chat.db)
    with pytest.raises(TurnNotHeld):
        await first
    await make_old(chat)
    _, said = await chat.call(chat.tracker(STRANGE))
    assert said == ["A colleague will check that."]
    assert await patience(chat) == 1


async def test_who_is_answered_soon_is_not_asked_for_patience(chat: Chat) -> None:
    await chat.bench.script(ANSWER, draft("A colleague will check that."))
    await chat.write(STRANGE)
    assert await patience(chat) == 0
    assert (await chat.ended()).asked_to_wait is False


async def test_a_repeated_call_asks_the_model_no_second_time(chat: Chat) -> None:
    await chat.bench.script(ANSWER, draft("A colleague will check that."))
    tracker = await chat.open(STRANGE)
    first = await chat.call(tracker)
    chat.turn = await take(chat.db)
    assert await chat.call(chat.tracker(STRANGE)) == first
    assert len(await chat.bench.calls()) == 2
    assert await chat.db.one("select count(*) from jobs where kind = 'offscript.memory'") == 1
