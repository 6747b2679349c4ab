"""When a person takes over though nobody asked for one: low trust, voice heard wrong, a big order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.seller import load_seller
from sales.seller_words import HandOver
from storage.lease import Held
from tests.integration.action_support import Chat
from tests.integration.off_script_support import ANSWER, STRANGE, draft, while_asked
from tests.integration.off_script_support import Chat as OffScriptChat
from tests.integration.quote_action_support import ask, choose, newest, says, sofas_shown
from tests.integration.sender_support import street
from tests.integration.turn_support import ScriptedEngine, said, until_turns, worker
from tests.integration.voice_support import voice_street
from tests.support import AT_ONCE, CHAT_ID, Database, echo, in_background, message, webhook
from turns.ports import Reply, TurnRequest
from turns.turn_storage import OpenTurn

WORDS = load_seller().voice
UNSURE: dict[str, object] = {"text": "I need a grey chair", "avg_logprob": -0.9}


# --- low trust ---


async def test_the_second_answer_in_a_row_that_is_held_back_calls_a_person(chat: OffScriptChat) -> None:
    bad = [ANSWER, draft("It is 745 AED."), draft("Fine, half price then.")]
    await chat.bench.script(*bad)
    _, first = await chat.write(STRANGE)
    assert first == [chat.wording("utter_fallback")]
    await chat.bench.script(*bad)
    _, second = await chat.write(f"{STRANGE} really")
    assert second == [chat.wording("utter_hand_over")]
    reason = "two answers in a row could not be trusted and were held back"
    assert await chat.db.one("select reason from owners") == reason


async def test_an_answer_that_went_out_in_between_makes_them_no_row(chat: OffScriptChat) -> None:
    bad = [ANSWER, draft("It is 745 AED."), draft("Fine, half price then.")]
    await chat.bench.script(*bad)
    await chat.write(STRANGE)
    await chat.bench.script(ANSWER, draft("A chair that supports your back would help you."))
    await chat.write(f"{STRANGE} more")
    await chat.bench.script(*bad)
    _, said_now = await chat.write(f"{STRANGE} again")
    assert said_now == [chat.wording("utter_fallback")]
    assert await chat.db.owner() == "bot"


# --- a manager's message while a model call is open ---


@dataclass
class ModelEngine(ScriptedEngine):
    """Rasa at its port, whose only action asks the sandbox's model."""

    chat: OffScriptChat | None = None
    replied: list[str] = field(default_factory=list)

    async def take_turn(self, request: TurnRequest) -> Sequence[Reply]:
        assert self.chat is not None
        self.taken.append(request)
        held = Held(request.conversation_id, request.fence)
        self.chat.turn = OpenTurn(held, request.turn_id, request.text, None, 0, None)
        self.chat.events.append({"event": "user", "text": request.text, "metadata": {}})
        _, self.replied = await self.chat.call(self.chat.tracker(request.text))
        return [Reply(text=words) for words in self.replied]


async def test_a_manager_who_writes_while_the_model_thinks_has_the_chat_and_the_reply_is_withheld(
    chat: OffScriptChat,
) -> None:
    db = chat.db
    answer = draft("A chair that supports your back would help you.", fault="slow", seconds=1.5)
    await chat.bench.script(ANSWER, answer)
    rasa = ModelEngine(chat=chat)

    async def manager_writes() -> None:
        await db.receive(webhook(echo("I am Sara, I will help you.", by_person=True)))

    async with in_background(worker(db, rasa).run()):
        await db.customer(STRANGE)
        turns = asyncio.create_task(until_turns(db, "withheld"))
        await while_asked(chat, turns, manager_writes)
    assert rasa.replied == ["A chair that supports your back would help you."]
    assert await said(db) == []
    assert await db.owner() == "person"


# --- voice ---


async def test_who_is_heard_wrong_twice_in_a_row_gets_a_person(
    database_url: str, engine: AsyncEngine
) -> None:
    db = Database(database_url, engine)
    rasa = ScriptedEngine()
    async with voice_street(db) as it, in_background(it.worker(rasa).run()):
        for spoken in range(2):
            it.script(UNSURE)
            await it.speak()
            await until_turns(db, *["done"] * (2 * spoken + 1))
            await db.receive(webhook(message("no")), AT_ONCE)
            await until_turns(db, *["done"] * (2 * spoken + 2))
    told = await said(db)
    assert [told[1], told[3]] == [WORDS.again.en, WORDS.person.en]
    assert await db.one("select reason from owners") == "the customer's voice was heard wrong twice"
    assert rasa.taken == []
    # The turn that hands over says so itself.
    assert await db.one("select changed_by_turn from owners") == await db.one("select max(id) from turns")


async def test_what_was_understood_in_between_counts(database_url: str, engine: AsyncEngine) -> None:
    db = Database(database_url, engine)
    rasa = ScriptedEngine()
    async with voice_street(db) as it, in_background(it.worker(rasa).run()):
        done = 0
        for words in ("no", "sofas", "no"):
            if words == "no":
                it.script(UNSURE)
                await it.speak()
                done += 1
                await until_turns(db, *["done"] * done)
            await db.receive(webhook(message(words)), AT_ONCE)
            done += 1
            await until_turns(db, *["done"] * done)
    assert (await said(db))[-1] == WORDS.again.en
    assert await db.owner() == "bot"


# --- a big order ---


@pytest.fixture
async def shopper(shop: AsyncConnection) -> Chat:
    return await sofas_shown(shop)


def limit(shopper: Chat, amount: Decimal | None) -> None:
    """What counts as a big order here."""
    seller = shopper.house.seller.model_copy(update={"hand_over": HandOver(big_order_aed=amount)})
    shopper.house = replace(shopper.house, seller=seller)


async def owner_of(shopper: Chat) -> str:
    found = await shopper.connection.execute(text("select owner from owners where conversation_id = 1"))
    return str(found.scalar() or "bot")


async def test_a_big_quote_goes_out_and_the_chat_is_a_person_s(shopper: Chat) -> None:
    limit(shopper, Decimal("1.00"))
    await choose(shopper, option=1, quantity=5)
    answers = says(await ask(shopper))
    # No question about reminders: nobody of ours would hear the answer.
    assert answers == ["utter_next_quote_sent", "utter_big_order"]
    assert (await newest(shopper)).sent_at is not None
    assert await owner_of(shopper) == "person"
    reason = await shopper.connection.execute(text("select reason from owners where conversation_id = 1"))
    assert reason.scalar_one() == "the quote is a big one"
    kinds = await shopper.connection.execute(text("select kind from jobs order by id"))
    assert {"crm.hand_over", "manager.notice", "crm.quote_sent"} <= set(kinds.scalars())


@pytest.mark.parametrize(("fils", "owner"), [("0.01", "bot"), ("0.00", "person")])
async def test_the_total_with_vat_counts_to_the_fils(shopper: Chat, fils: str, owner: str) -> None:
    limit(shopper, None)
    await choose(shopper, option=1, quantity=5)
    await ask(shopper)
    total = (await newest(shopper)).totals.total
    await shopper.connection.execute(text("delete from basket_lines"))
    await shopper.connection.execute(text("update quotes set state = 'withdrawn'"))
    limit(shopper, total + Decimal(fils))
    await choose(shopper, option=1, quantity=5)
    await ask(shopper)
    assert (await newest(shopper)).totals.total == total
    assert await owner_of(shopper) == owner


async def test_a_revision_of_a_big_quote_that_was_given_back_stays_the_bot_s(shopper: Chat) -> None:
    limit(shopper, Decimal("1.00"))
    await choose(shopper, option=1, quantity=5)
    await ask(shopper)
    await shopper.connection.execute(
        text("update owners set owner = 'bot', reason = 'a manager gave it back'")
    )
    await choose(shopper, option=1, quantity=7)
    assert "utter_big_order" not in says(await ask(shopper))
    assert (await newest(shopper)).revision == 2
    assert await owner_of(shopper) == "bot"


def test_the_sample_seller_has_a_limit() -> None:
    assert load_seller().hand_over.big_order_aed == 150_000


# --- the unanswered counter ---


async def test_the_counter_of_unanswered_messages_ends_with_the_manager_s_answer_not_with_the_bot_s(
    database_url: str, engine: AsyncEngine
) -> None:
    db = Database(database_url, engine)
    async with street(db) as it:
        await db.say("Here are chairs.", "And a picture.")
        async with in_background(it.sender().run()):
            await it.until_rows("accepted", "accepted")
        assert it.wazzup.sending.unanswered[CHAT_ID].count > 0
        await it.wazzup.people.manager_writes(
            CHAT_ID, {"type": "text", "text": "I am Sara."}, author_name="Sara"
        )
        assert CHAT_ID not in it.wazzup.sending.unanswered
