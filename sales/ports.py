"""What the rules of the business need from the outside, in their own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from sales.templates import TemplateUse


class CustomerRecords(Protocol):
    """Where the sales managers keep their customers and their tasks (Zoho CRM)."""

    async def keep_lead(self, phone: str, known: Mapping[str, str], formerly: Mapping[str, str]) -> str:
        """The id of the lead with this phone (E.164), made if there is none. Safe to repeat.

        `known` (company, contact_name, email, city) is written where the lead says nothing, or still what
        Majlis wrote `formerly`: what a person wrote into it stays.
        """
        ...

    async def find_task(self, lead_id: str, marker: str) -> str | None:
        """The id of the lead's task that carries `marker`."""
        ...

    async def create_task(self, lead_id: str, subject: str, description: str, marker: str) -> str:
        """Make a task under the lead and return its id. Repeated, it makes another one."""
        ...


class DealStage(StrEnum):
    """How far an open deal is, as far as Majlis says so."""

    QUOTED = "quoted"
    NEGOTIATED = "negotiated"


class DealEnd(StrEnum):
    """How a deal was closed."""

    WON = "won"
    LOST = "lost"


@dataclass(frozen=True)
class Deal:
    """A deal as Majlis writes it; `amount` is AED with VAT."""

    name: str
    stage: DealStage
    amount: Decimal
    closes_on: date
    account_id: str
    contact_id: str


@dataclass(frozen=True)
class DealSeen:
    """A deal as it stands."""

    deal_id: str
    # None while it is open.
    end: DealEnd | None
    # Per cent, what a manager wrote into the field for it; None when it is empty.
    discount_percent: Decimal | None


class DealRecords(Protocol):
    """Where the sales managers keep companies, people and deals (Zoho CRM). What is kept by a key is safe to
    repeat; what a person changed in an account or a contact stays, as with a lead."""

    async def keep_account(self, phone: str, known: Mapping[str, str], formerly: Mapping[str, str]) -> str:
        """The id of the account of the customer with this phone; `known`: company, city."""
        ...

    async def keep_contact(self, phone: str, known: Mapping[str, str], formerly: Mapping[str, str]) -> str:
        """The id of the contact with this phone; `known`: contact_name, email, account_id."""
        ...

    async def keep_deal(self, number: str, deal: Deal) -> str:
        """The id of the deal with this quote number. One that is closed stays as it is."""
        ...

    async def win_deal(self, deal_id: str, amount: Decimal) -> None:
        """Close the deal as won at this amount."""
        ...

    async def approve_discount(self, deal_id: str, percent: Decimal) -> None:
        """Write the per cent that a manager approved into the deal's field for it; safe to repeat."""
        ...

    async def read_deals(self, deal_ids: Sequence[str]) -> Sequence[DealSeen]:
        """Those of these deals that exist."""
        ...

    async def find_note(self, deal_id: str, marker: str) -> str | None:
        """The id of the deal's note that carries `marker`."""
        ...

    async def create_note(self, deal_id: str, title: str, content: str, marker: str) -> str:
        """Make a note under the deal and return its id. Repeated, it makes another one."""
        ...


@dataclass(frozen=True)
class Buyer:
    """A customer for estimates and orders."""

    # E.164.
    phone: str
    company: str
    contact: str
    email: str
    # `en` or `ar`: what Zoho writes to him in.
    language: str
    # 15 digits.
    trn: str | None


@dataclass(frozen=True)
class OfferLine:
    """So many pieces at so much; `item_id` is None for a product that the books do not know."""

    item_id: str | None
    name: str
    quantity: int
    rate: Decimal


@dataclass(frozen=True)
class Offer:
    """A quote for the books; amounts are AED, `discount` comes off before VAT."""

    # As printed, revision included.
    number: str
    issued_on: date
    last_day: date
    lines: Sequence[OfferLine]
    discount: Decimal
    vat_percent: Decimal


@dataclass(frozen=True)
class Document:
    """An estimate or a sales order as the books have it."""

    document_id: str
    number: str
    customer_id: str
    total: Decimal


class SaleDocuments(Protocol):
    """Where customers, estimates and sales orders are booked (Zoho Books and Inventory)."""

    async def keep_customer(self, buyer: Buyer) -> str:
        """The id of the customer with this phone, or of one with this very company name; made if there is
        neither. Safe to repeat."""
        ...

    async def keep_estimate(self, customer_id: str, offer: Offer) -> Document:
        """The estimate with this printed number, made or brought up to date. Safe to repeat."""
        ...

    async def estimate(self, estimate_id: str) -> Document:
        """An estimate as it stands."""
        ...

    async def mark_estimate_sent(self, estimate_id: str) -> None:
        """The customer has it; safe to repeat, also later."""
        ...

    async def accept_estimate(self, estimate_id: str) -> None:
        """The customer accepted it; safe to repeat."""
        ...

    async def decline_estimate(self, estimate_id: str) -> None:
        """A newer one took its place; safe to repeat. One that a person brought further stays as it is."""
        ...

    async def find_order(self, reference: str) -> Document | None:
        """The sales order with exactly this reference."""
        ...

    async def create_order(self, customer_id: str, offer: Offer, ordered_on: date) -> Document:
        """Make a sales order with the offer's number as reference. Repeated, it makes another one."""
        ...

    async def order(self, order_id: str) -> Document:
        """A sales order as it stands."""
        ...

    async def confirm_order(self, order_id: str) -> None:
        """Confirm it; safe to repeat."""
        ...


class Messages(Protocol):
    """What a customer is told without having asked just now."""

    async def tell(
        self,
        connection: AsyncConnection,
        conversation_id: int,
        response: str,
        values: Mapping[str, str],
        *,
        template: TemplateUse | None = None,
    ) -> None:
        """Have the chat's customer told `response` in his language, in the caller's transaction.

        It is sent if the bot still owns the chat by then; outside the 24-hour window as `template`, and
        without one, or when none fits, not at all: then a manager has a task.
        """
        ...

    async def say(
        self,
        connection: AsyncConnection,
        conversation_id: int,
        words: str | None,
        *,
        template: TemplateUse | None = None,
        regardless_of_owner: bool = False,
    ) -> int:
        """Have `words` said in the chat, in the caller's transaction; the id of the message's outbox row.

        Outside the 24-hour window `template` says it; with None for words it always does. Words are at most
        one message long.

        Raises:
            ValueError: neither words nor template are given, or the words are too long for one message.
        """
        ...
