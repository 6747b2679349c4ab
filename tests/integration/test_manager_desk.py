"""Commands in the manager's chat: done once, answered once, and nobody else's (sales.manager_desk)."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sales.discount_storage import waiting_approvals
from sales.house_state import begin_pause
from tests.integration.desk_support import MANAGER, Office, approvals, owner_row
from tests.integration.quote_support import sent
from tests.support import (
    CHAT_ID,
    OTHER_CHAT_ID,
    Database,
    echo,
    eventually,
    in_background,
    webhook,
)


@pytest.fixture
def office(database_url: str, engine: AsyncEngine) -> Office:
    return Office(Database(database_url, engine))


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


async def test_what_he_wrote_before_he_gave_it_back_counts_no_more_in_a_pause_either(office: Office) -> None:
    code = await office.hand()
    await office.db.receive(webhook(echo("here is your price", by_person=True)))
    async with office.db.engine.begin() as connection:
        await begin_pause(connection, "noor")
    await office.writes(f"back {code}")
    async with in_background(office.worker().run()):
        await office.db.customer("thanks")

        async def withheld() -> bool:
            return bool(await office.db.one("select count(*) from turns where state = 'withheld'"))

        await eventually(withheld, what="the house is paused")
    assert (await owner_row(office))[0] == "bot"


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


async def test_a_code_that_looks_like_arabizi_is_no_language(office: Office) -> None:
    await office.code()
    await office.db.write("update chat_codes set code = '3BQH'")
    assert "with Majlis already" in await office.writes("back 3BQH")
    assert (
        await office.db.one("select reply_language from conversations where chat_id = :chat", chat=MANAGER)
        == "en"
    )


# --- approve ---


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


async def test_lines_that_are_too_many_are_not_passed_over_in_silence(office: Office) -> None:
    code = await office.hand()
    said = await office.writes("\n".join([*["help"] * 10, f"back {code}", "help"]))
    assert "Only the first 10 lines were read, 2 more were not" in said
    assert (await owner_row(office))[0] == "person"


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


async def test_status_during_a_pause_names_who_waits(office: Office) -> None:
    async with office.db.engine.begin() as connection:
        await begin_pause(connection, "noor")
    assert "Waiting for an answer: nobody." in await office.writes("status")
    await office.db.customer("hello", chat_id=OTHER_CHAT_ID)
    with_a_person, code = await office.hand(), await office.code(OTHER_CHAT_ID)
    said = await office.writes("status")
    assert "Waiting for an answer (1):" in said
    assert f"{code} – since " in said
    assert said.count(with_a_person) == 1, "what is with people is listed there"
    await office.db.write(
        "insert into owners (conversation_id, owner, reason, manager_last_message_at)"
        " select id, 'bot', 'manager_wrote', last_customer_message_at + interval '1 second'"
        " from conversations where chat_id = :chat"
        " on conflict (conversation_id) do update"
        " set manager_last_message_at = excluded.manager_last_message_at",
        chat=OTHER_CHAT_ID,
    )
    assert code not in await office.writes("status")


async def test_help_shows_every_command(office: Office) -> None:
    said = await office.writes("help")
    assert all(word in said for word in ("take", "back", "approve", "status"))


# --- whose chat it is ---


async def test_a_desk_at_which_nothing_waits_says_nothing(office: Office) -> None:
    await office.writes("help")
    before = await office.db.one("select count(*) from turns")
    await office.db.write("update conversations set due_at = clock_timestamp()")
    async with in_background(office.worker().run()):

        async def at_rest() -> bool:
            return bool(await office.db.one("select due_at is null from conversations"))

        await eventually(at_rest, what="the manager's chat is at rest")
    assert await office.db.one("select count(*) from turns") == before
