"""What became of a sale is compared: stage, PDF, order and Zoho's records, each met and each missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from quality.cases import (
    CrmExpected,
    OrderExpected,
    PdfExpected,
    RecordsExpected,
    SaleExpected,
    StageExpected,
)
from quality.comparing import differences
from quality.observed import Order, Product, Products, QuoteFile, Reply, Turn
from sales.quote import QuoteLanguage
from sales.quote_pdf import render
from tests.quote_samples import CHAIR, DESK, document

CATALOG = Products(
    Product(
        sku=line.sku,
        name_en=line.name_en,
        name_ar=line.name_ar,
        description_en="",
        category="chair",
        colors=(),
        material=None,
        brand=None,
        price=line.rate,
        stock=100,
        seats=None,
        sides=(None, None, None),
    )
    for line in (CHAIR, DESK)
)
SAID = "Here is your quote Q-2026-00042 R2: AED 17,033.63 including 5 % VAT."


@cache
def quote(language: QuoteLanguage = "en", discount: str = "10") -> Turn:
    """A turn in which a quote of two products came."""
    paper = document([CHAIR, DESK], number="Q-2026-00042 R2", discount_percent=Decimal(discount))
    return Turn(
        ("quote please",),
        (Reply(SAID), Reply("(file Q-2026-00042-R2.pdf)")),
        stage="quoting",
        files=(QuoteFile("Q-2026-00042-R2.pdf", render(paper, language)),),
    )


FORMER = replace(quote(), files=(QuoteFile("1.pdf", render(document([CHAIR], number="Q-2026-00042"), "en")),))
OTHER = replace(quote(), files=(QuoteFile("2.pdf", render(document([CHAIR], number="Q-2026-00041"), "en")),))
NOT_DISCOUNTED = replace(quote(discount="0"), replies=(Reply("Q-2026-00042 R2: 18,926.25"),))
QUIET = Turn(("hello?",), (Reply("Yes?"),))
PLACED = replace(QUIET, stage="follow_up", order=Order("Q-2026-00042 R2", None), order_count=1)
CONFIRMED = replace(PLACED, outcome="won", order=Order("Q-2026-00042 R2", "SO-00007"))
TOLD = replace(CONFIRMED, replies=(Reply("The order number is SO-00007."),))
BOOKED = replace(
    QUIET,
    records={
        "leads": ({"Company": "Nova LLC", "Email": None},),
        "deals": (
            {"Stage": "Closed Won", "Amount": 17033.630, "Contact_Name": {"id": "7", "name": "Mariam"}},
            {"Stage": "Proposal/Price Quote", "Amount": 5, "Contact_Name": None},
        ),
    },
)


def pdf(**expected: object) -> PdfExpected:
    return PdfExpected(7, **expected)  # type: ignore[arg-type]


def crm(**kinds: RecordsExpected) -> CrmExpected:
    return CrmExpected(7, kinds)  # type: ignore[arg-type]


def found(expected: SaleExpected, turn: Turn, earlier: Sequence[Turn] = ()) -> list[str]:
    return [f"{item.expected} | {item.found}" for item in differences([expected], turn, earlier, CATALOG)]


MET: list[tuple[SaleExpected, Turn, Sequence[Turn]]] = [
    (StageExpected(7, "quoting"), quote(), ()),
    (StageExpected(7, outcome="won"), CONFIRMED, ()),
    (pdf(), quote(), ()),
    (pdf(sent=False), QUIET, ()),
    (pdf(revision=2, language="en", total=Decimal("17033.63"), lines=2), quote(), ()),
    (pdf(discount=Decimal(10), text=("FALCON BAY", "mariam@falconbay.example")), quote(), ()),
    (pdf(discount=Decimal(0)), NOT_DISCOUNTED, ()),
    (pdf(language="ar", lines=2), quote("ar"), ()),
    (pdf(language="both", lines=2), quote("both"), ()),
    (pdf(same_number=True), quote(), [FORMER, QUIET]),
    (pdf(same_number=False), quote(), [OTHER]),
    (pdf(same_number=False), quote(), ()),
    (OrderExpected(7, "none"), QUIET, ()),
    (OrderExpected(7, "placed", revision=2, count=1), PLACED, ()),
    (OrderExpected(7, "placed"), CONFIRMED, ()),
    (OrderExpected(7, "waiting"), PLACED, ()),
    (OrderExpected(7, "confirmed"), TOLD, ()),
    (OrderExpected(7, "confirmed"), CONFIRMED, [TOLD]),
    (crm(leads=RecordsExpected(1), deals=RecordsExpected(2), tasks=RecordsExpected(0)), BOOKED, ()),
    (crm(deals=RecordsExpected(None, {"Stage": "Closed Won", "Amount": "17033.63"})), BOOKED, ()),
    (crm(deals=RecordsExpected(2, {"Contact_Name": "Mariam", "Stage": "/won$/"})), BOOKED, ()),
]


@pytest.mark.parametrize(("expected", "turn", "earlier"), MET)
def test_what_is_as_expected_is_no_difference(
    expected: SaleExpected, turn: Turn, earlier: Sequence[Turn]
) -> None:
    assert found(expected, turn, earlier) == []


MISSED: list[tuple[SaleExpected, Turn, Sequence[Turn], str]] = [
    (StageExpected(7, "closing"), quote(), (), "stage: closing | stage: quoting"),
    (StageExpected(7, outcome="won"), PLACED, (), "outcome: won | outcome: open"),
    (pdf(), QUIET, (), "pdf: one | pdf: none"),
    (pdf(sent=False), quote(), (), "pdf: none | pdf: Q-2026-00042-R2.pdf"),
    (pdf(), replace(quote(), files=quote().files * 2), (), "pdf: one | pdf: Q-2026-00042-R2.pdf, Q-"),
    (pdf(), replace(quote(), files=(QuoteFile("a.pdf", b"<html>"),)), (), "can be read | a.pdf is none"),
    (pdf(), replace(quote(), replies=(Reply("Here it is."),)), (), "Q-2026-00042 R2 | Here it is."),
    (pdf(), replace(quote(), replies=(Reply("Q-2026-00042 R2: 17,033.64"),)), (), "the PDF's total | Q-"),
    (pdf(revision=1), quote(), (), "pdf: revision 1 | pdf: Q-2026-00042 R2"),
    (pdf(language="ar"), quote(), (), "pdf: language ar | pdf: language en"),
    (pdf(language="en"), quote("both"), (), "pdf: language en | pdf: language both"),
    (pdf(total=Decimal("17033.64")), quote(), (), "pdf: total 17,033.64 | pdf: "),
    (pdf(discount=Decimal(0)), quote(), (), "pdf: a discount of 0% | pdf: "),
    (pdf(discount=Decimal(5)), NOT_DISCOUNTED, (), "pdf: a discount of 5% | pdf: "),
    (pdf(lines=1), quote(), (), "pdf: 1 products | pdf: 2: CH-1005, DSK-1260"),
    (pdf(text=("Nova LLC",)), quote(), (), "pdf: the text 'Nova LLC' | pdf: "),
    (pdf(same_number=True), quote(), [OTHER], "the one before (Q-2026-00041) | pdf: Q-2026-00042 R2"),
    (pdf(same_number=True), quote(), (), "the number of the one before (there was none) | pdf: Q-"),
    (pdf(same_number=False), quote(), [FORMER], "another number than the one before (Q-2026-00042) | pdf"),
    (OrderExpected(7, "none"), PLACED, (), "order: none | order: waiting for its number"),
    (OrderExpected(7, "placed"), QUIET, (), "order: placed | order: none"),
    (OrderExpected(7, "waiting"), CONFIRMED, (), "order: waiting | order: confirmed as SO-00007"),
    (OrderExpected(7, "confirmed"), PLACED, (), "order: confirmed | order: waiting for its number"),
    (OrderExpected(7, "confirmed"), CONFIRMED, (), "told the order's number, SO-00007 | Yes?"),
    (OrderExpected(7, "placed", revision=1), PLACED, (), "for revision 1 | order: for Q-2026-00042 R2"),
    (OrderExpected(7, "placed", count=2), PLACED, (), "order: 2 in all | order: 1 in all"),
    (crm(deals=RecordsExpected(1)), BOOKED, (), "crm: 1 deals | crm: 2 deals"),
    (crm(tasks=RecordsExpected(1)), BOOKED, (), "crm: 1 tasks | crm: 0 tasks"),
    (
        crm(deals=RecordsExpected(2, {"Stage": "Closed Won", "Amount": "5"})),
        BOOKED,
        (),
        "one of deals with Stage: Closed Won, Amount: 5 | crm: Stage: Closed Won, Amount: 17033.63;",
    ),
    (crm(tasks=RecordsExpected(None, {"Status": "Open"})), BOOKED, (), "Status: Open | crm: no tasks"),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "turn", "earlier", "told"), MISSED)
def test_what_is_not_as_expected_is_told(
    expected: SaleExpected, turn: Turn, earlier: Sequence[Turn], told: str
) -> None:
    (difference,) = found(expected, turn, earlier)
    assert told in difference
