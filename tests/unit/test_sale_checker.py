"""The checker of sales in fault runs is itself checked: each planted violation is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.faults.sale_checker import KINDS, SaleEvidence, sale_violations

STAGES = ["greeting", "qualifying", "selecting", "quoting", "closing", "follow_up"]
RECORDS: dict[str, dict[str, Any]] = {
    **{kind: {} for kind in ("leads", *KINDS)},
    "deals": {"Stage": "Closed Won"},
    "estimates": {"status": "accepted", "total": 105.0},
    "salesorders": {"status": "confirmed", "total": 105},
}
FILE = {"source_uri": "http://x/quotes/a.pdf", "type": "document", "file_name": "Q-1.pdf", "text": None}
PLACED = {"source_uri": None, "text": "It is in: AED 105."}
CONFIRMED = {"source_uri": None, "text": "The number is SO-1."}

GOOD = SaleEvidence(
    sales=[{"stage": "follow_up", "outcome": "won"}],
    moves=[{"from_stage": one, "to_stage": two} for one, two in pairwise(STAGES)],
    quotes=[{"revision": 1, "state": "accepted", "total": Decimal("105.00")}],
    orders=[{"state": "confirmed", "number": "SO-1"}],
    jobs=[{"kind": kind, "state": "done", "problem": None}
          for kind in ("crm.lead", "crm.quote_sent", "crm.order")],
    zoho={kind: [record] for kind, record in RECORDS.items()},
    phone=[FILE, PLACED, CONFIRMED],
    placed="It is in: .+",
    confirmed=r"The number is (?P<number>.+?)\.",
)  # fmt: skip


def zoho(**changes: Sequence[dict[str, Any]]) -> SaleEvidence:
    return replace(GOOD, zoho={**GOOD.zoho, **changes})


PLANTED = {
    "moved twice": replace(GOOD, moves=[*GOOD.moves, GOOD.moves[-1]]),
    "illegal move": replace(GOOD, moves=[{"from_stage": "greeting", "to_stage": "closing"}]),
    "not won": replace(GOOD, sales=[{"stage": "follow_up", "outcome": "open"}]),
    "two revisions": replace(GOOD, quotes=[{**GOOD.quotes[0], "state": "superseded"}, GOOD.quotes[0]]),
    "two orders": replace(GOOD, orders=[*GOOD.orders, *GOOD.orders]),
    "order without number": replace(GOOD, orders=[{"state": "placed", "number": None}]),
    "job twice": replace(GOOD, jobs=[*GOOD.jobs, GOOD.jobs[-1]]),
    "parked job": replace(GOOD, jobs=[*GOOD.jobs[:-1], {**GOOD.jobs[-1], "state": "parked"}]),
    **{f"no {kind}": zoho(**{kind: []}) for kind in KINDS},
    **{f"two {kind}": zoho(**{kind: [RECORDS[kind]] * 2}) for kind in ("leads", *KINDS)},
    "deal not won": zoho(deals=[{"Stage": "Proposal/Price Quote"}]),
    "estimate not accepted": zoho(estimates=[{"status": "sent", "total": 105.0}]),
    "order not confirmed": zoho(salesorders=[{"status": "draft", "total": 105}]),
    "another total": zoho(salesorders=[{"status": "confirmed", "total": 106}]),
    "no file": replace(GOOD, phone=GOOD.phone[1:]),
    "two files": replace(GOOD, phone=[FILE, *GOOD.phone]),
    "placed told twice": replace(GOOD, phone=[FILE, PLACED, PLACED, CONFIRMED]),
    "number never told": replace(GOOD, phone=GOOD.phone[:-1]),
    "number told twice": replace(GOOD, phone=[*GOOD.phone, CONFIRMED]),
    "another number told": replace(GOOD, orders=[{"state": "confirmed", "number": "SO-2"}]),
}


def test_a_straight_sale_is_in_order() -> None:
    assert sale_violations(GOOD) == []


@pytest.mark.parametrize("evidence", PLANTED.values(), ids=list(PLANTED))
def test_a_planted_violation_is_found(evidence: SaleEvidence) -> None:
    assert sale_violations(evidence)
