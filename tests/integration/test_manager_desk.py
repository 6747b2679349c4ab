"""Commands in the manager's chat: done once, answered once, and nobody else's (sales.manager_desk)."""

from __future__ import annotations

import asyncio
import re

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sales.discount_storage import waiting_approvals
from sales.house_state import begin_pause
from sales.ownership_storage import hand_over
from storage.lease import LEASE_SECONDS
from tests.integration.desk_support import MANAGER, Office
from tests.integration.quote_support import sent
from tests.support import (
    AT_ONCE,
    CHAT_ID,
    OTHER_CHAT_ID,
    Database,
    echo,
    eventually,
    in_background,
    message,
    webhook,
)


@pytest.fixture
def office(database_url: str, engine: AsyncEngine) -> Office:
    return Office(Database(database_url, engine))


async def owner_row(office: Office, chat_id: str = CHAT_ID) -> tuple[str, str]:
    row = (
        await office.db.rows(
            "select owner, reason from owners where conversation_id = :id", id=await office.db.chat(chat_id)
        )
    )[0]
    return row.owner, row.reason


# --- take and back ---


async def test_take_makes_the_chat_a_person_s_and_silent(office: Office) -> None:
    await office.db.customer("hi")
    code = await office.code()
    assert f"{code} is yours" in await office.writes(f"take {code.lower()}")
    assert await owner_row(office) == ("person", "a manager took it")
    async with in_background(office.worker().run()):

        async def withheld() -> bool:
            states = await office.db.rows("select state from turns order by id")
            return [row.state for row in states][-1:] == ["withheld"]

        await office.db.customer("chairs?")
        await eventually(withheld, what="the customer's message is left to the manager")
    # Nobody is told of what he did himself.
    assert await office.db.one("select count(*) from jobs") == 0


async def test_back_answers_the_next_message_and_none_before_it(office: Office) -> None:
    code = await office.hand()
    async with in_background(office.worker().run()):
        await office.db.customer("anybody there?")

        async def silent() -> bool:
            return bool(await office.db.one("select count(*) from turns where state = 'withheld'"))

        await eventually(silent, what="the chat is a person's")
    assert f"{code} is back with Majlis" in await office.writes(f"back {code}")
    assert await owner_row(office) == ("bot", "a manager gave it back")
    assert office.rasa.taken == []
    async with in_background(office.worker().run()):
        await office.db.customer("chairs please")
        await office.rasa.until_taken(1)
    assert office.rasa.taken[0].text == "chairs please"


async def test_what_he_wrote_before_he_gave_the_chat_back_takes_it_over_no_more(office: Office) -> None:
    code = await office.hand()
    # An echo that nobody has judged yet, as while a send of ours is unsettled.
    await office.db.receive(webhook(echo("here is your price", by_person=True)))
    await office.writes(f"back {code}")
    async with in_background(office.worker().run()):
        await office.db.customer("thanks")
        await office.rasa.until_taken(1)
    assert (await owner_row(office))[0] == "bot"
    # But what he writes afterwards does.
    await office.db.receive(webhook(echo("one more thing", by_person=True)))
    async with in_background(office.worker().run()):

        async def taken() -> bool:
            return (await owner_row(office))[0] == "person"

        await office.db.customer("yes?")
        await eventually(taken, what="the chat is the manager's again")


@pytest.mark.parametrize(
    ("words", "expected"), [("take", "a person's already"), ("استلم", "عند الفريق من قبل")]
)
async def test_take_again_says_since_when(office: Office, words: str, expected: str) -> None:
    code = await office.hand()
    assert expected in await office.writes(f"{words} {code}")
    assert await owner_row(office) == ("person", "the customer asked")


async def test_back_again_changes_nothing(office: Office) -> None:
    code = await office.code()
    assert "with Majlis already" in await office.writes(f"back {code}")


async def test_an_arabic_line_is_answered_in_arabic_and_an_english_one_in_english(office: Office) -> None:
    code = await office.code()
    assert "صارت عندك" in await office.writes(f"استلم {code}")
    assert "back with Majlis" in await office.writes(f"back {code}")
    # A bare code shows no language: that of the chat.
    assert "رجعت لمجلس" not in await office.writes(code)


# --- approve ---


async def approvals(office: Office) -> list[tuple[str, str]]:
    rows = await office.db.rows("select percent, approved_by, state from discount_approvals order by id")
    return [(f"{row.percent:f}", row.state) for row in rows if row.approved_by == MANAGER]


async def test_an_approval_is_recorded_with_who_and_how_and_becomes_a_job(office: Office) -> None:
    quote = await sent(office.db)
    code = await office.code()
    said = await office.writes(f"approve {code} 7.5%")
    assert f"7.5 % on quote {quote.number}" in said
    [row] = await office.db.rows("select * from discount_approvals")
    assert (row.quote_id, row.approved_by, row.state) == (quote.id, MANAGER, "waiting")
    assert (
        await office.db.one("select text from turns where id = :id", id=row.turn_id) == f"approve {code} 7.5%"
    )
    assert await office.db.one("select key from jobs where kind = 'crm.discount'") == str(row.id)
    # Nothing counts before Zoho has it.
    assert await office.db.one("select count(*) from approved_discounts") == 0


async def test_the_same_approval_twice_is_one_and_another_takes_its_place(office: Office) -> None:
    await sent(office.db)
    code = await office.code()
    await office.writes(f"approve {code} 5")
    assert "approved before" in await office.writes(f"وافق {code} 5", f"approve {code} 5")
    assert await approvals(office) == [("5", "waiting")]
    await office.writes(f"approve {code} 6")
    assert await approvals(office) == [("5", "replaced"), ("6", "waiting")]
    async with office.db.engine.connect() as connection:
        assert [f"{one.percent:f}" for one in await waiting_approvals(connection)] == ["6"]


async def test_without_a_zoho_nothing_is_approved_and_he_reads_what_is_missing(office: Office) -> None:
    await sent(office.db)
    office.has_zoho = False
    assert "ZOHO_CLIENT_ID" in await office.writes(f"approve {await office.code()} 5")
    assert await approvals(office) == []


async def test_without_a_quote_nothing_is_approved(office: Office) -> None:
    assert "has no quote yet" in await office.writes(f"approve {await office.code()} 5")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("update quotes set valid_until = majlis_now()", "is expired"),
        ("update quotes set state = 'accepted'", "is ordered"),
    ],
)
async def test_a_quote_that_is_over_takes_no_approval(office: Office, change: str, expected: str) -> None:
    await sent(office.db)
    await office.db.write(change)
    assert expected in await office.writes(f"approve {await office.code()} 5")
    assert await approvals(office) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("approve {code}", "How many per cent?"), ("وافق {code}", "كم بالمية؟"),
        ("approve {code} 0", "above 0 and below 100"), ("approve {code} 100", "above 0 and below 100"),
        ("approve {code} -5", "above 0 and below 100"), ("approve {code} 5.555", "two decimals"),
        ("approve {code} 5 10", "more than one number"), ("don't approve {code} 5", "Nothing was done"),
        ("should I approve {code} 5?", "Nothing was done"), ("approve 5", "Which chat?"),
        ("take back {code}", "more than one command"), ("hello", "I don't know what to do"),
        ("يا هلا", "ما عرفت شو المطلوب"),
    ],
)  # fmt: skip
async def test_a_mistake_does_nothing_and_helps(office: Office, words: str, expected: str) -> None:
    await sent(office.db)
    code = await office.code()
    assert expected in await office.writes(words.format(code=code))
    assert await approvals(office) == []
    assert await office.db.owner() == "bot"


async def test_an_unknown_code_is_answered_with_those_that_are_near(office: Office) -> None:
    code = await office.hand()
    near = code[:3] + ("A" if code[3] != "A" else "B") if not code[:3].isalpha() else code[:2] + "9" + code[3]
    near = near if near != code and not near.isalpha() and not near.isdigit() else code[:3] + "0"
    said = await office.writes(f"take {near}")
    assert f"No chat has the code {near}" in said
    assert f"Did you mean {code}?" in said


async def test_an_unknown_code_with_nothing_open(office: Office) -> None:
    assert "No chat is open now" in await office.writes("take A7K2")


async def test_several_lines_are_several_commands_each_answered(office: Office) -> None:
    one, other = await office.hand(), await office.hand(chat_id=OTHER_CHAT_ID)
    said = await office.writes(f"back {one}\nback {other}")
    assert f"{one} is back" in said
    assert f"{other} is back" in said


# --- status and help ---


async def test_status_lists_people_s_chats_and_what_waits_for_a_decision(office: Office) -> None:
    code = await office.hand()
    quote = await sent(office.db, chat_id=OTHER_CHAT_ID)
    await office.db.write(
        "insert into jobs (kind, key, payload, conversation_id) values ('crm.task', :key, '{}', :chat)",
        key=f"discount:{quote.id}",
        chat=quote.conversation_id,
    )
    other = await office.code(OTHER_CHAT_ID)
    said = await office.writes("status")
    assert "Majlis is running." in said
    assert f"{code} – the customer asked, since" in said
    assert f"{other} – a discount on quote {quote.number}" in said
    await office.writes(f"approve {other} 5")
    said = await office.writes("شو الوضع؟")
    assert "تنتظر قرارك: ولا وحدة" in said
    assert f"{other} – خصم 5%" in said
    assert f"{code} – الزبون طلب حد من الفريق" in said


async def test_status_of_a_chat_tells_who_it_is_how_far_and_who_answers(office: Office) -> None:
    quote = await sent(office.db)
    code = await office.hand()
    said = await office.writes(f"status {code}")
    assert f"+{CHAT_ID}" in said
    assert quote.number in said
    assert "With a person since" in said
    assert len(said.splitlines()) <= 8


async def test_status_says_that_the_house_is_paused_and_the_desk_works_on(office: Office) -> None:
    code = await office.hand()
    async with office.db.engine.begin() as connection:
        await begin_pause(connection, "noor")
    assert "paused since" in await office.writes("status")
    said = await office.writes(f"back {code}")
    assert "is back with Majlis" in said
    assert "All of Majlis is paused" in said
    states = await office.db.rows("select distinct regardless_of_owner from outbox where turn_id is not null")
    assert [row.regardless_of_owner for row in states] == [True]


async def test_help_shows_every_command(office: Office) -> None:
    said = await office.writes("help")
    assert all(word in said for word in ("take", "back", "approve", "status"))


# --- whose chat it is ---


async def test_the_manager_s_chat_is_no_customer_s(office: Office) -> None:
    picture = message(
        None, chat_id=MANAGER, type="image", contentUri="https://store.wazzup24.com/x/?filename=a.jpg"
    )
    voice = message(
        None, chat_id=MANAGER, type="audio", contentUri="https://store.wazzup24.com/x/?filename=a.ogg"
    )
    async with in_background(office.worker().run()):
        await office.db.receive(webhook(picture, voice), AT_ONCE)
        await office.db.customer("I want 20 chairs, Al Noor Trading LLC, noor@alnoor.ae", chat_id=MANAGER)

        async def at_rest() -> bool:
            return len(await office.read()) >= 2 and not await office.db.one(
                "select count(*) from conversations where due_at is not null"
            )

        await eventually(at_rest, what="all of it is answered")
    said = "\n".join("\n".join(turn) for turn in await office.read())
    assert "only read commands in text" in said
    assert office.rasa.taken == []
    for table in ("jobs", "received_files", "sales", "customer_facts", "crm_links", "chat_codes"):
        assert await office.db.one(f"select count(*) from {table}") == 0, table


async def test_a_customer_who_writes_commands_is_a_customer(office: Office) -> None:
    quote = await sent(office.db)
    code = await office.code()
    async with in_background(office.worker().run()):
        await office.db.customer(f"approve {code} 10", f"take {code}", f"وافق {code} ١٠")
        await office.rasa.until_taken(1)
    assert f"approve {code} 10" in office.rasa.taken[0].text
    assert await office.db.one("select count(*) from discount_approvals") == 0
    assert await office.db.one("select discount_percent from quotes where id = :id", id=quote.id) == 0
    assert await office.db.owner() == "bot"


async def test_the_manager_s_id_in_a_chat_of_another_kind_is_a_customer_s(office: Office) -> None:
    code = await office.hand()
    async with in_background(office.worker().run()):
        await office.db.receive(
            webhook(message(f"back {code}", chat_id=MANAGER, chatType="instagram")), AT_ONCE
        )
        await office.rasa.until_taken(1)
    assert (await owner_row(office))[0] == "person"


async def test_somebody_who_writes_into_the_manager_s_chat_does_not_silence_the_desk(office: Office) -> None:
    code = await office.hand()
    chat = await office.db.chat(MANAGER)
    async with office.db.engine.begin() as connection:
        await hand_over(connection, chat, reason="a manager wrote", manager_message_at=None)
    assert f"{code} is back" in await office.writes(f"back {code}")
    assert code not in await office.writes("status")


# --- once ---


async def test_a_worker_that_dies_over_a_command_leaves_it_to_the_next_and_it_is_done_once(
    office: Office,
) -> None:
    """The command's turn is frozen, its transaction is cut: the next worker does it, once."""
    await sent(office.db)
    code = await office.code()
    worker = office.worker()
    lock = asyncio.Event()
    async with office.db.engine.connect() as holder:
        from sqlalchemy import text

        await holder.execute(text("lock table discount_approvals in share mode"))
        async with in_background(worker.run()):
            await office.db.customer(f"approve {code} 5", chat_id=MANAGER)

            async def waits() -> bool:
                return bool(await office.db.one("select count(*) from turns where state = 'open'"))

            await eventually(waits, what="the command waits for the table")
            lock.set()
        await holder.rollback()
    assert lock.is_set()
    assert await office.db.one("select count(*) from discount_approvals") == 0
    await office.db.write("update conversations set lease_until = clock_timestamp()")
    async with in_background(office.worker().run()):

        async def answered() -> bool:
            return bool(await office.db.one("select count(*) from discount_approvals"))

        await eventually(answered, within=LEASE_SECONDS + 5, what="the next worker does it")
        await eventually(lambda: _is_done(office), what="the turn is done")
    assert await approvals(office) == [("5", "waiting")]
    assert len(re.findall("Noted:", "\n".join("\n".join(turn) for turn in await office.read()))) == 1


async def _is_done(office: Office) -> bool:
    return bool(
        await office.db.one("select count(*) from turns where state = 'done' and text like 'approve%'")
    )


async def test_a_command_that_fails_again_and_again_is_given_up_and_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await office.hand()
    await office.db.write("alter table owners add constraint broken check (owner = 'person') not valid")
    async with in_background(office.worker().run()):
        await office.db.customer(f"back {code}", chat_id=MANAGER)

        async def given_up() -> bool:
            await office.db.write(
                "update conversations set lease_until = clock_timestamp() where current_turn_id is not null"
            )
            await office.db.hurry()
            return bool(await office.db.one("select count(*) from turns where state = 'parked'"))

        await eventually(given_up, within=30, what="the turn is given up")
    assert f"this was not done: back {code}" in "\n".join((await office.read())[-1])
    assert (await owner_row(office))[0] == "person"
