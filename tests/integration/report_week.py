"""A busy week in a database: every part of the report has something to show."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from app.period import Period
from quality.ports import KeptLine, Verdict, Who
from quality.real_chats import NO_JUDGE, NOT_IN_THE_RECORD, PRICE_CHANGED
from quality.review_storage import begin_week, finish_week, keep_review
from quality.sampling import Candidate
from sales.hand_over_reason import Reason
from sales.stages import Stage
from tests.integration.report_support import come_to, turn_at
from tests.support import Database

TAGS = (*["en"] * 9, *["ar"] * 7, *["mixed"] * 3, *["arabizi"] * 2)
FORWARD = tuple(stage for stage in Stage if stage not in (Stage.GREETING, Stage.NEGOTIATING))
LONG_WORDS = "https://example.com/" + "a-very-long-address-without-a-gap" * 4
ARABIC_LINE = "شو إيميلك <PERSON_1>؟ أبغى أرسل عرض السعر بقيمة <AMOUNT_1> درهم"
HOUR = timedelta(hours=1)
HAND_OVERS = (
    (Reason.ASKED, 4, 11),
    (Reason.LOW_TRUST, 2, 190),
    (Reason.BIG_ORDER, 1, None),
    (Reason.MANAGER_WROTE, 2, 0),
)


async def busy_week(db: Database, week: Period) -> None:
    """Write it: 21 customers, hand-overs, reminders, model calls of five days, a finished review."""
    for number, tag in enumerate(TAGS):
        chat_id = f"9715000001{number:02}"
        at = week.since + timedelta(hours=9 + 7 * number)
        turns = [
            await turn_at(db, chat_id, at + minutes * timedelta(minutes=1), language=tag,
                          replies_after=((number * 7 + minutes) % 40 + 0.4,))
            for minutes in range(3)
        ]  # fmt: skip
        await come_to(db, chat_id, *FORWARD[: number % 6], at=at)
        if number % 3 == 0:
            await model_call(db, week, turns[0], "triage", "0.0004")
            await model_call(db, week, turns[0], "answer", f"0.0{number + 11}")
    for reason, count, minutes in HAND_OVERS:
        for number in range(count):
            await db.write(
                "insert into hand_overs (conversation_id, reason, at, answered_at)"
                " select min(id), :reason, :at, :at + make_interval(mins => :minutes) from conversations",
                reason=reason,
                at=week.since + (5 + number) * HOUR,
                minutes=None if minutes is None else minutes + number,
            )
    await reminders(db, week)
    await reviewed(db, week)


async def model_call(db: Database, week: Period, turn: int, purpose: str, dollars: str) -> None:
    """A call on one of the week's first five days."""
    await db.write(
        "insert into model_calls (day, turn_id, purpose, prompt_version, model_asked, cost)"
        " values (:day, :turn, :purpose, '1', 'm', :cost)",
        day=week.first + timedelta(days=turn % 5),
        turn=turn,
        purpose=purpose,
        cost=Decimal(dollars),
    )


async def reminders(db: Database, week: Period) -> None:
    """Five of day 3 and two of day 7; three of the first customers came back."""
    for number in range(5):
        for step in (3, 7) if number > 2 else (3,):
            await db.write(
                "with chat as (select id from conversations where chat_id = :chat), quote as ("
                "  insert into quotes (conversation_id, year, number, revision, language, valid_until,"
                "   vat_percent, subtotal, discount, vat, total, customer)"
                "  select id, 2026, nextval('quote_numbers'), 1, 'en', majlis_now(), 5, 0, 0, 0, 0, '{}'"
                "  from chat returning id, conversation_id), row as ("
                "  insert into outbox (conversation_id, ordinal, text, state, due_at)"
                "  select id, 0, 'reminder', 'accepted', null from chat returning id)"
                " insert into follow_ups (conversation_id, silence_since, step, zone, quote_id, outbox_id,"
                "  made_at) select q.conversation_id, '2026-01-01', :step, 'Asia/Dubai', q.id, row.id, :at"
                " from quote q, row",
                chat=f"9715000001{number:02}",
                step=step,
                at=week.since + step * HOUR,
            )


async def reviewed(db: Database, week: Period) -> None:
    """Ten chats, graded by some rules; two of them break one each, and some rules nobody could judge."""
    chats = [row.id for row in await db.rows("select id from conversations order by id limit 10")]
    chosen = [
        Candidate(chat, "ar" if chat == chats[0] else "en", "open", handed_over=False) for chat in chats
    ]
    lines = (
        KeptLine(Who.CUSTOMER, f"<EMAIL_1> & <b>bold</b> {LONG_WORDS}"),
        KeptLine(Who.MAJLIS, ARABIC_LINE),
    )
    async with db.engine.begin() as connection:
        await begin_week(connection, week.first, chats=len(TAGS), chosen=chosen)
        for chat in chats:
            is_first, is_second = chat == chats[0], chat == chats[1]
            verdicts = [
                Verdict(3, None, PRICE_CHANGED) if is_second else Verdict(3, passed=True),
                Verdict(4, None, NOT_IN_THE_RECORD[4]),
                Verdict(6, not is_first, "asks for the email, which the customer told" * is_first,
                        lines if is_first else ()),
                Verdict(9, not is_second, "the total of quote Q-2026-00001 is 99.00, not 105.00" * is_second),
                Verdict(12, None, NO_JUDGE),
                Verdict(14, passed=True),
                Verdict(15, None, NO_JUDGE),
            ]  # fmt: skip
            await keep_review(connection, week.first, chat, verdicts)
        await finish_week(connection, week.first)
