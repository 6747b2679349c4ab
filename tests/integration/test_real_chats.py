"""Real chats out of the database, graded like the golden ones; nothing personal goes out or is kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.judge_model import judge_of
from app.period import Period
from app.seller import load_seller
from offscript.guarded_model import GuardedModel
from quality.real_chats import NO_JUDGE, NOT_IN_THE_RECORD, PRICE_CHANGED, RealChatGrader
from quality.review_storage import Failure, failures, rule_counts, unjudged
from sales.fact_storage import remember_facts
from sales.fact_values import Fact
from tests.integration.llm_support import ENOUGH, PRICES, Bench, llm_bench
from tests.integration.quote_support import sent
from tests.integration.report_support import last_week, review, turn_at
from tests.support import CHAT_ID, Database

HOUR = timedelta(hours=1)
GREETING = "Hello! This is Dar Al Maktab Office Furniture. What are you looking for?"
PRIVATE = ("ubaida", "765", "post.example", "Falcon")


@pytest.fixture
def db(database_url: str, engine: AsyncEngine) -> Database:
    return Database(database_url, engine)


@pytest.fixture
async def week(db: Database) -> Period:
    return await last_week(db)


@pytest.fixture
async def bench(engine: AsyncEngine) -> AsyncIterator[Bench]:
    async with llm_bench(engine) as bench:
        yield bench


async def graded(db: Database, week: Period) -> Mapping[int, Failure | None]:
    """What a review without a judge finds of the one chat: by rule its failure, or None for a pass."""
    assert await review(db, RealChatGrader(None)) == 1
    async with db.engine.begin() as connection:
        broken = {each.rule: each for each in await failures(connection, week.first, week.after, limit=99)}
        return {
            each.rule: broken.get(each.rule) for each in await rule_counts(connection, week.first, week.after)
        }


async def reasons(db: Database, week: Period) -> dict[int, str]:
    """Why rules have no verdict."""
    async with db.engine.begin() as connection:
        return {each.rule: each.why for each in await unjudged(connection, week.first, week.after)}


async def customer_of_a_week(db: Database, week: Period) -> int:
    """A customer whose name, company, number and address are known and said."""
    chat = await db.chat(CHAT_ID)
    async with db.engine.begin() as connection:
        known = {
            Fact.CONTACT_NAME: "Zubaida Saeed", Fact.COMPANY: "Falcon Bay LLC", Fact.EMAIL: "z@post.example",
        }  # fmt: skip
        await remember_facts(connection, chat, known)
    said = "I am Zubaida Saeed of Falcon Bay LLC, mail z@post.example or call 050 765 4321, budget 900 AED"
    await turn_at(db, CHAT_ID, week.since + HOUR, "hello", reply=GREETING)
    await turn_at(db, CHAT_ID, week.since + 2 * HOUR, said, reply="Thank you Zubaida. What is your e-mail?")
    return chat


async def test_code_reads_what_was_said_and_keeps_it_masked(db: Database, week: Period) -> None:
    await customer_of_a_week(db, week)

    found = await graded(db, week)

    assert {rule for rule, failure in found.items() if failure} == {6}
    assert found[6] is not None
    assert found[6].why == "asks for the email, which the customer told"
    assert found[6].lines == [
        {
            "who": "customer",
            "text": "I am <PERSON_1> of <COMPANY_1>, mail <EMAIL_1> or call <PHONE_1>, budget <AMOUNT_1> AED",
        },
        {"who": "majlis", "text": "Thank you <PERSON_1>. What is your e-mail?"},
    ]
    assert set(found) == {1, 2, 3, 5, 6, 10, 11, 13, 14}
    kept = str(await db.rows("select * from quality_verdicts"))
    assert not [word for word in PRIVATE if word in kept]


async def test_what_nobody_can_tell_has_a_reason(db: Database, week: Period) -> None:
    await customer_of_a_week(db, week)
    await graded(db, week)
    assert await reasons(db, week) == {4: NOT_IN_THE_RECORD[4], 12: NO_JUDGE, 15: NO_JUDGE}


async def test_the_judge_reads_nothing_personal(db: Database, week: Period, bench: Bench) -> None:
    await customer_of_a_week(db, week)
    line = "Thank you <PERSON_1>. What is your e-mail?"
    fail = {
        "json": {"reason": "Cold.", "line": line, "verdict": "fail"},
        "times": 0,
        "match": "RULE: Replies",
    }
    await bench.script(fail, {"json": {"reason": "", "line": "", "verdict": "pass"}, "times": 0})
    model = GuardedModel(db.engine, bench.server, {"judge": ("made/judge",)}, ENOUGH, PRICES)

    assert await review(db, RealChatGrader(judge_of(model, load_seller()))) == 1

    bodies = [json.dumps(call["body"], ensure_ascii=False) for call in await bench.calls(6)]
    # Two votes let rule 12 pass; rule 15 fails by two, and two of the second look.
    assert len(bodies) == 6
    assert all("mail <EMAIL_1> or call <PHONE_1>" in body for body in bodies)
    assert not [word for word in PRIVATE for body in bodies if word in body]
    async with db.engine.begin() as connection:
        judged = [
            one for one in await failures(connection, week.first, week.after, limit=9) if one.rule == 15
        ]
        counts = {each.rule: each.failed for each in await rule_counts(connection, week.first, week.after)}
    [failure] = judged
    assert (failure.why, failure.lines) == ("Cold.", [{"who": "majlis", "text": line}])
    assert (counts[12], counts[15]) == (0, 1)
    assert await reasons(db, week) == {4: NOT_IN_THE_RECORD[4]}
    # The ledger has the calls: they count against the day's budget.
    assert await db.one("select count(*) from model_calls where purpose = 'judge'") == 6


async def test_a_judge_that_cannot_answer_is_no_pass(db: Database, week: Period, bench: Bench) -> None:
    await customer_of_a_week(db, week)
    await bench.script({"fault": "status", "status": 402, "times": 0})
    model = GuardedModel(db.engine, bench.server, {"judge": ("made/judge",)}, ENOUGH, PRICES)

    await review(db, RealChatGrader(judge_of(model, load_seller())))

    why = await reasons(db, week)
    assert set(why) == {4, 12, 15}
    assert why[12].startswith("the judge is undecided: no majority of 3 votes: ")


async def test_last_weeks_fault_is_not_told_again(db: Database, week: Period) -> None:
    await turn_at(db, CHAT_ID, week.since - 30 * HOUR, "hello", reply="Chairs? Desks? Sofas?")
    await turn_at(db, CHAT_ID, week.since + HOUR, "black chairs please", reply="How many do you need?")
    found = await graded(db, week)
    assert [rule for rule, failure in found.items() if failure] == []
    # The chat began in another week, so its greeting was judged then.
    assert 1 not in found


async def test_a_tap_and_a_file_are_read_as_the_phone_shows_them(db: Database, week: Period) -> None:
    at = week.since + HOUR
    asked = await turn_at(db, CHAT_ID, at, "هلا، ابا كراسي", language="ar", reply="تبا نذكرك؟")
    buttons = json.dumps([{"title": "هيه، ذكروني", "payload": "majlis:/opt_in"}])
    await db.write("update outbox set buttons = cast(:buttons as jsonb)", buttons=buttons)
    await db.write(
        "insert into outbox (conversation_id, turn_id, ordinal, content_uri, state, due_at, accepted_at)"
        " values (:chat, :turn, 7, 'http://files/1', 'accepted', null, :at)",
        chat=await db.chat(CHAT_ID),
        turn=asked,
        at=at,
    )
    await turn_at(db, CHAT_ID, at + HOUR, "majlis:/opt_in", language="ar", reply="مشكور، وحياك الله.")
    assert (await graded(db, week))[2] is None


async def test_free_text_after_a_day_is_seen(db: Database, week: Period) -> None:
    await turn_at(db, CHAT_ID, week.since + HOUR, reply=GREETING, replies_after=(86_500.0,))
    found = await graded(db, week)
    assert found[14] is not None
    assert found[14].lines == [{"who": "majlis", "text": GREETING}]


async def test_a_reminder_that_nobody_agreed_to_is_seen(db: Database, week: Period) -> None:
    await turn_at(db, CHAT_ID, week.since + HOUR, reply=GREETING)
    reminder = (
        "insert into outbox (conversation_id, ordinal, state, due_at, template_purpose, template_values,"
        " template_guid, template_text, first_attempt_at) values (:chat, 0, 'accepted', null,"
        " 'follow_up_day_3', '{}', 'g', 'Still looking?', :at)"
    )
    at = week.since + 80 * HOUR
    chat = await db.chat(CHAT_ID)
    await db.write(reminder, chat=chat, at=at)
    found = await graded(db, week)
    assert found[14] is not None
    assert found[14].why == "a reminder to a customer who did not agree to any"


async def test_whoever_asks_for_a_person_and_gets_one_breaks_nothing(db: Database, week: Period) -> None:
    chat = await db.chat(CHAT_ID)
    at = week.since + HOUR
    await turn_at(db, CHAT_ID, at, "can I talk to a real person please", reply="A colleague will write.")
    hand_over = "insert into hand_overs (conversation_id, reason, at) values (:chat, 'asked', :at)"
    await db.write(hand_over, chat=chat, at=at + timedelta(seconds=4))
    await turn_at(db, CHAT_ID, at + HOUR, "get me a person", state="withheld", replies_after=())
    # Given back meanwhile: an answer is right again, and another hand-over as well.
    await turn_at(db, CHAT_ID, at + 2 * HOUR, "a real person please", reply="A colleague will write.")
    await db.write(hand_over, chat=chat, at=at + 2 * HOUR + timedelta(seconds=4))
    assert (await graded(db, week))[11] is None


async def test_whoever_writes_again_before_the_hand_over_is_written_down_breaks_nothing(
    db: Database, week: Period
) -> None:
    at = week.since + HOUR
    second = timedelta(seconds=1)
    await turn_at(db, CHAT_ID, at, "can I talk to a real person please", reply="A colleague will write.")
    await turn_at(db, CHAT_ID, at + 4 * second, "hello?", state="withheld", replies_after=())
    hand_over = "insert into hand_overs (conversation_id, reason, at) values (:chat, 'asked', :at)"
    await db.write(hand_over, chat=await db.chat(CHAT_ID), at=at + 5 * second)
    assert (await graded(db, week))[11] is None


async def test_a_hand_over_of_later_excuses_no_silence_of_before(db: Database, week: Period) -> None:
    at = week.since + HOUR
    await turn_at(db, CHAT_ID, at, "can I talk to a real person please", reply="Which chairs?")
    await turn_at(db, CHAT_ID, at + HOUR, "black chairs", reply="How many do you need?")
    hand_over = "insert into hand_overs (conversation_id, reason, at) values (:chat, 'big_order', :at)"
    await db.write(hand_over, chat=await db.chat(CHAT_ID), at=at + HOUR + timedelta(seconds=5))
    assert (await graded(db, week))[11] is not None


async def test_whoever_asks_for_a_person_and_gets_none_is_seen(db: Database, week: Period) -> None:
    await turn_at(db, CHAT_ID, week.since + HOUR, "can I talk to a real person", reply="Which chairs?")
    found = await graded(db, week)
    assert found[11] is not None
    assert found[11].why == "the customer asked for a person and got none"


async def quoted(db: Database, week: Period) -> str:
    """A quote of the week with 10 % off, three hours after its beginning; its number."""
    quote = await sent(db, discount_percent=Decimal(10))
    await turn_at(db, CHAT_ID, week.since + HOUR, reply=GREETING)
    await db.write("update quotes set sent_at = :at, created_at = :at", at=week.since + 3 * HOUR)
    return quote.number


async def test_a_discount_that_nobody_approved_is_seen(db: Database, week: Period) -> None:
    number = await quoted(db, week)
    found = await graded(db, week)
    assert found[10] is not None
    assert found[10].why == f"10 % in quote {number}, approved by nobody"
    assert {7, 9} < set(found)


async def test_a_quote_in_another_name_is_seen_and_the_name_is_not_kept(db: Database, week: Period) -> None:
    number = await quoted(db, week)
    found = await graded(db, week)
    assert found[7] is not None
    assert f"the company of quote {number} is not what was told" in found[7].why
    kept = str(await db.rows("select * from quality_verdicts")).casefold()
    assert not [word for word in ("falcon", "mariam", "suwaidi") if word in kept]


async def test_a_wrong_sum_of_a_list_is_seen_without_a_quote(db: Database, week: Period) -> None:
    told = "Together AED 100.00 excluding VAT, AED 115.00 including VAT."
    await turn_at(db, CHAT_ID, week.since + HOUR, "what is on my list?", reply=told)
    found = await graded(db, week)
    assert found[9] is not None
    assert found[9].why == "115.00 is not 100.00 and 5 % VAT"
    assert 7 not in found


async def test_the_customers_own_number_may_be_said_back(db: Database, week: Period) -> None:
    told = f"Yes, we call you on +{CHAT_ID}."
    await turn_at(db, CHAT_ID, week.since + HOUR, "can you reach me here", reply=told)
    assert (await graded(db, week))[13] is None


@pytest.mark.parametrize(
    ("since", "until", "passes"), [(0, None, True), (0, 6, True), (0, 2, False), (6, None, False)]
)
async def test_a_discount_has_to_be_approved_when_the_quote_is_made(
    db: Database, week: Period, since: int, until: int | None, passes: bool
) -> None:
    await quoted(db, week)
    await db.write(
        "insert into approved_discounts (conversation_id, deal_id, percent, seen_at, withdrawn_at)"
        " values (:chat, 'd', 10, :since, :until)",
        chat=await db.chat(CHAT_ID),
        since=week.since + since * HOUR,
        until=None if until is None else week.since + until * HOUR,
    )
    assert ((await graded(db, week))[10] is None) is passes


@pytest.mark.parametrize("was_changed_since", [False, True])
async def test_a_price_that_was_another_then_is_no_fault(
    db: Database, week: Period, was_changed_since: bool
) -> None:
    await db.write(
        "insert into products (sku, name_en, name_ar, category, rate, stock, status, last_modified)"
        " values ('CH-1001', 'Aster Chair', 'كرسي أستر', 'chair', 500, 5, 'active', :at)",
        at=week.since + 2 * HOUR * was_changed_since,
    )
    told = "1. Aster Chair (CH-1001): AED 450.00"
    await turn_at(db, CHAT_ID, week.since + HOUR, "black chairs", reply=told)
    found = await graded(db, week)
    if was_changed_since:
        assert 3 not in found
        assert (await reasons(db, week))[3] == PRICE_CHANGED
    else:
        assert found[3] is not None
        assert found[3].why.startswith("CH-1001 at ")
