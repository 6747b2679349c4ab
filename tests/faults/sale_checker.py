"""One quote, one PDF, one order, told once: a pure function over what a whole sale left behind.

Like `tests.faults.checker` it knows nothing of what broke meanwhile: however often a process died, the
records of a sale that went straight from the first choice to the order are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sales.stages import EDGES, Stage

Row = Mapping[str, Any]

# Of these a sale has exactly one each in Zoho; leads apart, which end when the customer becomes a contact.
KINDS = ("accounts", "contacts", "deals", "customers", "estimates", "salesorders", "notes")
STRAIGHT_ON = [stage for stage in Stage if stage is not Stage.NEGOTIATING]


@dataclass(frozen=True)
class SaleEvidence:
    """The records of one customer's sale after everything came to rest.

    `sales`, `moves` (stage_history in order), `quotes`, `orders` and `jobs` are the tables' rows; `zoho`
    holds what of the customer is in Zoho, by kind; `phone` our messages that arrived, in their order.
    `placed` and `confirmed` are patterns of what the customer reads when the order is in, and when it has
    its number, which is the group `number`.
    """

    sales: Sequence[Row]
    moves: Sequence[Row]
    quotes: Sequence[Row]
    orders: Sequence[Row]
    jobs: Sequence[Row]
    zoho: Mapping[str, Sequence[Row]]
    phone: Sequence[Row]
    placed: str
    confirmed: str


def sale_violations(evidence: SaleEvidence) -> list[str]:
    """Every broken promise of a sale that was ordered, in words; empty when all were kept."""
    return [*_stages(evidence), *_tables(evidence), *_zoho(evidence), *_phone(evidence)]


def _stages(evidence: SaleEvidence) -> Iterator[str]:
    steps = [(Stage(move["from_stage"]), Stage(move["to_stage"])) for move in evidence.moves]
    if illegal := [f"{before} to {after}" for before, after in steps if after not in EDGES[before]]:
        yield f"moves that no edge allows: {illegal}"
    if steps != list(pairwise(STRAIGHT_ON)):
        yield f"the sale moved {[f'{before} to {after}' for before, after in steps]}"
    found = [(sale["stage"], sale["outcome"]) for sale in evidence.sales]
    if found != [(Stage.FOLLOW_UP, "won")]:
        yield f"the sale is {found}"


def _tables(evidence: SaleEvidence) -> Iterator[str]:
    quotes = [(quote["revision"], quote["state"]) for quote in evidence.quotes]
    if quotes != [(1, "accepted")]:
        yield f"the quotes (revision, state) are {quotes}"
    if [order["state"] for order in evidence.orders] != ["confirmed"]:
        yield f"the orders are {[order['state'] for order in evidence.orders]}"
    # A busy Zoho may be too slow for the look at prices before the order: then a manager has a task.
    kinds = sorted(job["kind"] for job in evidence.jobs if job["kind"] != "crm.task")
    if kinds != ["crm.lead", "crm.order", "crm.quote_sent"]:
        yield f"the jobs were {kinds}"
    for job in evidence.jobs:
        if job["state"] != "done":
            yield f"job {job['kind']} is {job['state']}: {job['problem']}"


def _zoho(evidence: SaleEvidence) -> Iterator[str]:
    records = evidence.zoho
    for kind in KINDS:
        if len(records[kind]) != 1:
            yield f"Zoho has {len(records[kind])} {kind} of this customer"
    if len(records["leads"]) > 1:
        yield f"Zoho has {len(records['leads'])} leads of this customer"
    ends = [("deals", "Stage", "Closed Won"), ("estimates", "status", "accepted")]
    for kind, field, wanted in [*ends, ("salesorders", "status", "confirmed")]:
        for record in records[kind]:
            if record[field] != wanted:
                yield f"in Zoho, {field} of {kind} is {record[field]}"
    totals = {str(quote["total"]) for quote in evidence.quotes}
    for kind in ("estimates", "salesorders"):
        if booked := {f"{record['total']:.2f}" for record in records[kind]} - totals:
            yield f"Zoho's {kind} come to {booked}, the quote to {totals}"


def _phone(evidence: SaleEvidence) -> Iterator[str]:
    files = [message for message in evidence.phone if message["source_uri"]]
    if [(file["type"], file["file_name"].endswith(".pdf")) for file in files] != [("document", True)]:
        yield f"the customer got the files {[file['file_name'] for file in files]}"
    texts = [message["text"] or "" for message in evidence.phone]
    placed = [text for text in texts if re.search(evidence.placed, text)]
    if len(placed) != 1:
        yield f"the customer was told {len(placed)} times that the order is in"
    told = [found["number"] for text in texts if (found := re.search(evidence.confirmed, text))]
    if told != [order["number"] for order in evidence.orders]:
        yield f"the order numbers told are {told}, of orders {[order['number'] for order in evidence.orders]}"
