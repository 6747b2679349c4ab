"""Quotes on Postgres: numbers, revisions, what may be accepted and when, whatever happens at once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.jobs import works
from sales.quote import QuoteError, QuoteState, price_quote
from sales.quote_expiry import TICK
from sales.quote_pdf import document_of, render
from sales.quote_storage import (
    NotAcceptable,
    Quote,
    QuoteConflict,
    accept_quote,
    expire_quotes,
    find_quote,
    keep_pdf,
    mark_sent,
    newest_quote,
)
from storage import clock
from storage.cron import tick
from storage.job_runner import JobRunner
from tests import quote_samples as samples
from tests.integration.job_support import until_jobs
from tests.integration.quote_support import PDF, TIMEZONE, VALID_DAYS, draft, send, sent
from tests.support import OTHER_CHAT_ID, Database, in_background

DUBAI = ZoneInfo(TIMEZONE)


async def found(db: Database, quote: Quote) -> Quote:
    async with db.engine.begin() as connection:
        read = await find_quote(connection, quote.id)
    assert read is not None
    return read


async def stored_pdf(connection: AsyncConnection, quote_id: int) -> bytes:
    found = await connection.execute(text("select pdf from quotes where id = :id"), {"id": quote_id})
    pdf: bytes = found.scalar_one()
    return pdf


async def state(db: Database, quote: Quote) -> QuoteState:
    return (await found(db, quote)).state


async def accept(db: Database, quote: Quote) -> NotAcceptable | None:
    async with db.engine.begin() as connection:
        return await accept_quote(connection, quote.id)


async def business_now(db: Database) -> datetime:
    now: datetime = await db.one("select majlis_now()")
    return now


# --- drafts ---


async def test_a_draft_is_read_back_as_it_was_written(db: Database) -> None:
    lines = (samples.CHAIR, samples.CABINET, replace(samples.DESK, name_ar=""))
    quote = await draft(db, lines, language="both", discount_percent=Decimal("7.5"))
    assert await found(db, quote) == quote
    assert quote.lines == lines
    assert quote.totals == price_quote(lines, Decimal(5), Decimal("7.5"))
    assert (quote.state, quote.revision, quote.language) == (QuoteState.DRAFT, 1, "both")
    assert quote.customer == samples.CUSTOMER
    assert (quote.pdf_sha256, quote.sent_at) == (None, None)


async def test_a_number_holds_the_year_at_the_seller_s_place(db: Database) -> None:
    quote = await draft(db)
    year = (await business_now(db)).astimezone(DUBAI).year
    assert quote.number == f"Q-{year}-00001"
    # 23:30 on New Year's Eve in London is the next year in Dubai.
    eve = datetime(year, 12, 31, 21, 30, tzinfo=DUBAI) + timedelta(hours=2)
    await clock.advance(db.url, (eve - await business_now(db)).total_seconds())
    assert (await draft(db, chat_id="1", timezone="UTC")).number == f"Q-{year}-00002"
    assert (await draft(db, chat_id="2", timezone="Asia/Tokyo")).number == f"Q-{year + 1}-00003"


async def test_a_revision_keeps_the_year_of_its_number(db: Database) -> None:
    first = await draft(db)
    await clock.advance(db.url, timedelta(days=370).total_seconds())
    assert (await draft(db)).number == f"{first.number} R2"


async def test_a_quote_is_good_to_the_end_of_its_last_day_at_the_seller_s_place(db: Database) -> None:
    quote = await draft(db)
    end = quote.valid_until.astimezone(DUBAI)
    last_day = (quote.created_at.astimezone(DUBAI) + timedelta(days=VALID_DAYS)).date()
    assert (end.hour, end.minute, end.second, end.microsecond) == (0, 0, 0, 0)
    assert (end - timedelta(microseconds=1)).date() == last_day


async def test_chats_share_one_row_of_numbers(db: Database) -> None:
    quotes = await asyncio.gather(*(draft(db, chat_id=f"97150{number}") for number in range(12)))
    numbers = {int(quote.number.rpartition("-")[2]) for quote in quotes}
    assert numbers == set(range(1, 13))


async def test_what_makes_no_quote_leaves_nothing_behind(db: Database) -> None:
    for changes in ({"lines": ()}, {"valid_days": 0}, {"discount_percent": Decimal(100)}):
        with pytest.raises(QuoteError):
            await draft(db, **changes)
    assert await db.one("select count(*) from quotes") == 0


# --- revisions ---


async def test_the_next_revision_supersedes_the_former_and_keeps_it(db: Database) -> None:
    first = await sent(db)
    second = await draft(db, (samples.DESK,))
    assert (second.number, second.revision) == (f"{first.number} R2", 2)
    assert await state(db, first) is QuoteState.SUPERSEDED
    async with db.engine.begin() as connection:
        assert await newest_quote(connection, first.conversation_id) == second
        former = await find_quote(connection, first.id)
        assert await stored_pdf(connection, first.id) == PDF
    assert former is not None
    assert former.lines == first.lines
    assert former.sent_at is not None


@pytest.mark.parametrize("was_sent", [False, True])
async def test_what_is_revised_cannot_be_accepted_even_before_the_revision_is_sent(
    db: Database, was_sent: bool
) -> None:
    first = await (sent(db) if was_sent else draft(db))
    second = await draft(db)
    assert await accept(db, first) is NotAcceptable.SUPERSEDED
    assert await accept(db, second) is NotAcceptable.NOT_SENT
    await send(db, second)
    assert await accept(db, first) is NotAcceptable.SUPERSEDED
    assert await accept(db, second) is None


async def test_an_expired_quote_is_renewed_as_a_revision(db: Database) -> None:
    first = await sent(db)
    await clock.advance(db.url, timedelta(days=VALID_DAYS + 1).total_seconds())
    second = await sent(db)
    assert second.number == f"{first.number} R2"
    assert await accept(db, second) is None


async def test_after_an_accepted_quote_a_new_number_begins(db: Database) -> None:
    first = await sent(db)
    assert await accept(db, first) is None
    second = await draft(db)
    assert second.revision == 1
    assert second.number != first.number
    assert await state(db, first) is QuoteState.ACCEPTED


async def test_a_quote_of_another_chat_is_left_alone(db: Database) -> None:
    other = await sent(db, chat_id=OTHER_CHAT_ID)
    await draft(db)
    await draft(db)
    assert await state(db, other) is QuoteState.SENT


async def test_of_revisions_at_once_one_is_the_newest_and_none_is_lost(db: Database) -> None:
    await db.chat()
    quotes = await asyncio.gather(*(draft(db) for _ in range(6)))
    assert len({quote.number.partition(" ")[0] for quote in quotes}) == 1
    assert sorted(quote.revision for quote in quotes) == [1, 2, 3, 4, 5, 6]
    states = [(await found(db, quote)).state for quote in sorted(quotes, key=lambda quote: quote.revision)]
    assert states == [QuoteState.SUPERSEDED] * 5 + [QuoteState.DRAFT]


# --- PDF and sending ---


async def test_a_pdf_is_kept_once_and_a_repeat_changes_nothing(db: Database) -> None:
    quote = await draft(db)
    async with db.engine.begin() as connection:
        await keep_pdf(connection, quote.id, PDF)
        await keep_pdf(connection, quote.id, PDF + b" again")
        assert await stored_pdf(connection, quote.id) == PDF
    assert (await found(db, quote)).pdf_sha256 == hashlib.sha256(PDF).hexdigest()


async def test_a_quote_is_sent_once_and_its_time_is_business_time(db: Database) -> None:
    await clock.advance(db.url, 3_600)
    quote = await sent(db)
    first = (await found(db, quote)).sent_at
    assert first is not None
    assert abs(first - await business_now(db)) < timedelta(minutes=1)
    async with db.engine.begin() as connection:
        await mark_sent(connection, quote.id)
    assert (await found(db, quote)).sent_at == first


async def test_without_a_pdf_nothing_is_sent(db: Database) -> None:
    quote = await draft(db)
    async with db.engine.begin() as connection:
        with pytest.raises(QuoteConflict, match=r"is draft: only a draft with a PDF"):
            await mark_sent(connection, quote.id)


Change = Callable[[AsyncConnection, int], Awaitable[None]]


@pytest.mark.parametrize(
    "change", [lambda c, q: keep_pdf(c, q, PDF), mark_sent], ids=["keep_pdf", "mark_sent"]
)
async def test_a_superseded_draft_is_not_sent_any_more(db: Database, change: Change) -> None:
    first = await draft(db)
    await draft(db)
    async with db.engine.begin() as connection:
        with pytest.raises(QuoteConflict, match="is superseded"):
            await change(connection, first.id)
        with pytest.raises(QuoteConflict, match="is unknown"):
            await change(connection, 999)


# --- accepting and expiring ---


async def test_a_sent_quote_is_accepted_once(db: Database) -> None:
    quote = await sent(db)
    answers = await asyncio.gather(*(accept(db, quote) for _ in range(6)))
    assert answers.count(None) == 1
    assert answers.count(NotAcceptable.ALREADY_ACCEPTED) == 5
    assert await state(db, quote) is QuoteState.ACCEPTED


async def test_a_draft_an_unknown_and_a_withdrawn_quote_are_not_accepted(db: Database) -> None:
    quote = await draft(db)
    assert await accept(db, quote) is NotAcceptable.NOT_SENT
    assert await accept(db, replace(quote, id=999)) is NotAcceptable.UNKNOWN
    await db.write("update quotes set state = 'withdrawn'")
    assert await accept(db, quote) is NotAcceptable.WITHDRAWN


async def test_a_quote_is_accepted_to_its_last_minute_and_not_after_it(db: Database) -> None:
    in_time, late = await sent(db), await sent(db, chat_id=OTHER_CHAT_ID)
    left = late.valid_until - await business_now(db)
    await clock.advance(db.url, (left - timedelta(minutes=1)).total_seconds())
    assert await accept(db, in_time) is None
    await clock.advance(db.url, 61)
    # Nobody has run `expire_quotes`: the clock decides, not the cron.
    assert await accept(db, late) is NotAcceptable.EXPIRED
    assert await state(db, late) is QuoteState.EXPIRED
    assert await accept(db, late) is NotAcceptable.EXPIRED


async def test_what_is_over_expires_and_nothing_else_does(db: Database) -> None:
    over, accepted, unsent = (
        await sent(db, chat_id="1"),
        await sent(db, chat_id="2"),
        await draft(db, chat_id="3"),
    )
    assert await accept(db, accepted) is None
    async with db.engine.begin() as connection:
        assert await expire_quotes(connection) == ()
    await clock.advance(db.url, timedelta(days=VALID_DAYS + 1).total_seconds())
    fresh = await sent(db, chat_id="4")
    async with db.engine.begin() as connection:
        assert await expire_quotes(connection) == (over.id,)
        assert await expire_quotes(connection) == ()
    states = [await state(db, quote) for quote in (over, accepted, unsent, fresh)]
    assert states == [QuoteState.EXPIRED, QuoteState.ACCEPTED, QuoteState.DRAFT, QuoteState.SENT]


async def test_a_yes_and_a_correction_at_once_do_not_both_win(db: Database) -> None:
    for round_number in range(5):
        chat = str(round_number)
        quote = await sent(db, chat_id=chat)
        answer, revision = await asyncio.gather(accept(db, quote), draft(db, chat_id=chat))
        if answer is None:
            assert (await state(db, quote), revision.revision) == (QuoteState.ACCEPTED, 1)
        else:
            assert (answer, revision.revision) == (NotAcceptable.SUPERSEDED, 2)


# --- what is printed of it ---


async def test_a_stored_quote_is_printed_with_the_days_of_the_seller_s_place(db: Database) -> None:
    # 23:30 of some day in London is the next day in Dubai.
    now = await business_now(db)
    late = now.replace(hour=23, minute=30, second=0, microsecond=0) + timedelta(days=1)
    await clock.advance(db.url, (late - now).total_seconds())
    quote = await draft(db, discount_percent=Decimal(10))
    document = document_of(quote, samples.SELLER)
    assert document.issued_on == (late + timedelta(days=1)).date()
    assert document.last_day == document.issued_on + timedelta(days=VALID_DAYS)
    assert render(document, "both") == render(document_of(await found(db, quote), samples.SELLER), "both")


# --- what the database itself refuses ---


async def test_a_chat_has_one_sent_quote_at_most(db: Database) -> None:
    first = await sent(db)
    second = await sent(db)
    with pytest.raises(IntegrityError, match="quotes_one_sent"):
        await db.write("update quotes set state = 'sent' where id = :id", id=first.id)
    assert await state(db, second) is QuoteState.SENT


@pytest.mark.parametrize(
    "change",
    [
        "update quotes set total = total + 0.01",
        "update quotes set state = 'sent'",
        "update quotes set state = 'accepted'",
        "update quotes set discount_percent = 100",
        "update quotes set pdf = 'x'",
        "update quote_lines set line_total = line_total - 1",
        "update quote_lines set quantity = 0",
    ],
)
async def test_figures_that_do_not_add_up_and_states_without_a_pdf_are_refused(
    db: Database, change: str
) -> None:
    await draft(db)
    with pytest.raises(IntegrityError):
        await db.write(change)


async def test_a_quote_becomes_one_order(db: Database) -> None:
    quote = await sent(db)
    insert = "insert into orders (quote_id, conversation_id) values (:quote, :chat)"
    await db.write(insert, quote=quote.id, chat=quote.conversation_id)
    assert (await db.rows("select state, number from orders"))[0] == ("placed", None)
    with pytest.raises(IntegrityError, match="quote_id"):
        await db.write(insert, quote=quote.id, chat=quote.conversation_id)


async def test_a_tick_closes_what_has_expired_without_any_zoho(db: Database) -> None:
    over = await sent(db)
    await db.write("update quotes set valid_until = majlis_now()")
    async with db.engine.begin() as connection:
        assert await tick(connection, TICK.name, TICK.every_seconds, TICK.kind) is not None
    async with in_background(JobRunner(db.engine, works(db.engine, None), at_once=1).run()):
        [row] = await until_jobs(db, "done")
    assert row.result == {"expired": 1}
    assert await state(db, over) is QuoteState.EXPIRED
