"""The rules that rows decide: each is kept, broken, and silent where it has nothing to judge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from quality.ports import (
    ApprovedDiscount,
    ChatLine,
    ChatToGrade,
    DetailEvent,
    DetailStep,
    GradedQuote,
    Verdict,
    Who,
)
from quality.record_rules import (
    DISCOUNT_APPROVED,
    NOTHING_TWICE,
    TOTALS_ADD_UP,
    WINDOW_KEPT,
    RecordRules,
)
from sales.quote import price_quote
from tests import quote_samples as samples

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEN = Decimal(10)
KNOWN, FORGOTTEN, ASKED = DetailStep.KNOWN, DetailStep.FORGOTTEN, DetailStep.ASKED
EMPTY = ChatToGrade("en", "open", handed_over=False, transport="wapi", lines=())


async def verdict(rule: int, chat: ChatToGrade) -> Verdict | None:
    return next((each for each in await RecordRules().grade(chat) if each.rule == rule), None)


def quote(discount: Decimal = Decimal(0)) -> GradedQuote:
    lines = (samples.CHAIR, samples.TABLE)
    totals = price_quote(lines, samples.VAT, discount)
    return GradedQuote("Q-2026-00001", lines, samples.VAT, discount, totals, NOW)


async def test_a_chat_without_anything_to_judge_gets_no_verdict() -> None:
    assert await RecordRules().grade(EMPTY) == []


async def test_totals_that_add_up() -> None:
    assert await verdict(TOTALS_ADD_UP, replace(EMPTY, quotes=(quote(), quote(TEN)))) == Verdict(9, True)


@pytest.mark.parametrize("changed", ["subtotal", "discount", "vat", "total"])
async def test_a_total_that_is_a_fils_off(changed: str) -> None:
    right = quote(TEN)
    totals = replace(right.totals, **{changed: getattr(right.totals, changed) + Decimal("0.01")})
    found = await verdict(TOTALS_ADD_UP, replace(EMPTY, quotes=(quote(), replace(right, totals=totals))))
    assert found is not None
    assert not found.passed
    assert "Q-2026-00001 comes to AED" in found.why


async def test_a_discount_needs_an_approval_of_its_size_at_its_time() -> None:
    chat = replace(EMPTY, quotes=(quote(TEN),))
    before, after = NOW - HOUR, NOW + HOUR
    for discounts, passed in [
        ((ApprovedDiscount(TEN, before, None),), True),
        ((ApprovedDiscount(TEN, before, after),), True),
        ((), False),
        ((ApprovedDiscount(Decimal(9), before, None),), False),
        ((ApprovedDiscount(TEN, after, None),), False),
        ((ApprovedDiscount(TEN, before - HOUR, before),), False),
    ]:
        found = await verdict(DISCOUNT_APPROVED, replace(chat, discounts=discounts))
        assert found is not None
        assert found.passed is passed, discounts
    assert await verdict(DISCOUNT_APPROVED, replace(EMPTY, quotes=(quote(),))) is None


def ours(hours: float, *, is_template: bool = False) -> ChatLine:
    """A line of ours so long after the customer's last."""
    at = NOW + hours * HOUR
    return ChatLine(Who.MAJLIS, "Hello", at, 1, is_template=is_template, customer_wrote_at=NOW)


async def test_free_text_stays_in_the_window() -> None:
    kept = replace(EMPTY, lines=(ours(1), ours(23.9), ours(80, is_template=True)))
    assert await verdict(WINDOW_KEPT, kept) == Verdict(14, True)
    late = replace(EMPTY, lines=(ours(1), ours(24)))
    found = await verdict(WINDOW_KEPT, late)
    assert found is not None
    assert (found.passed, tuple(found.lines)) == (False, (1,))
    unasked = replace(EMPTY, lines=(replace(ours(1), customer_wrote_at=None),))
    found = await verdict(WINDOW_KEPT, unasked)
    assert found is not None
    assert not found.passed
    assert await verdict(WINDOW_KEPT, replace(late, transport="whatsapp")) is None


def details(*steps: tuple[DetailStep, str, int]) -> tuple[DetailEvent, ...]:
    return tuple(DetailEvent(*step) for step in steps)


async def test_what_is_known_is_not_asked_again() -> None:
    once = details((ASKED, "email", 1), (ASKED, "email", 2), (KNOWN, "email", 3), (ASKED, "company", 3))
    assert await verdict(NOTHING_TWICE, replace(EMPTY, details=once)) == Verdict(6, True)
    corrected = details((KNOWN, "email", 1), (FORGOTTEN, "email", 2), (ASKED, "email", 2))
    assert await verdict(NOTHING_TWICE, replace(EMPTY, details=corrected)) == Verdict(6, True)


async def test_asking_again_shows_the_lines_of_the_turn() -> None:
    lines = (
        ChatLine(Who.CUSTOMER, "<EMAIL_1>", NOW, 1),
        ChatLine(Who.CUSTOMER, "quote please", NOW, 2),
        ChatLine(Who.MAJLIS, "Which e-mail?", NOW, 2),
        ChatLine(Who.PERSON, "Hello", NOW, None),
    )
    twice = details((ASKED, "contact_name", 1), (KNOWN, "contact_name", 1), (ASKED, "contact_name", 2))
    found = await verdict(NOTHING_TWICE, replace(EMPTY, lines=lines, details=twice))
    assert found == Verdict(6, False, "asked again though it was known: contact name", (1, 2))
