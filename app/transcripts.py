"""A chat that was played with the sandbox as the fifteen rules look at it (`quality.transcript`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox_chat import Line
from app.sandbox_sale import BuyingChat
from quality.cases import Constraints, Exchange, Owner, ProductsExpected
from quality.observed import Products, plain
from quality.player import Played
from quality.transcript import (
    Approval,
    Consent,
    SellerNames,
    Sent,
    SentQuote,
    SpokenTurn,
    StageMove,
    Transcript,
)
from sales.fact_storage import read_customer_facts
from sales.quote import QuoteLine, QuoteTotals, render_number
from sales.sale_record import read_sale_record
from sales.seller import Seller
from sales.seller_words import Language

# What a row of the outbox was, and the amounts that its turn may name.
_OUTBOX = text(
    "select o.id, o.template_purpose, (select array_agg(p.value) from price_traces p"
    " where p.turn_id = o.turn_id and not p.is_percent) as traced"
    " from outbox o where o.conversation_id = :id"
)
_FACTS = ("company", "contact_name", "email", "city", "trn")
# Written by people in Wazzup's window, not by us.
_OURS = "api"


@dataclass(frozen=True)
class _OutboxRow:
    """What the database knows of a message that was sent."""

    template: str | None = None
    traced: frozenset[Decimal] = frozenset()


def names_of(seller: Seller) -> SellerNames:
    """The seller's names and data as replies may tell them; a name's first words stand for all of it."""
    short = (" ".join(seller.name.en.split()[:3]), " ".join(seller.name.ar.split()[:2]))
    own = (seller.phone, seller.email, seller.trn, seller.bank.iban)
    languages: tuple[Language, ...] = ("en", "ar")
    facts = (seller.fact(topic, language) for topic in seller.facts for language in languages)
    return SellerNames(
        (seller.name.en, seller.name.ar, *short), own, tuple(plain(one) for one in facts if one)
    )


async def read_transcript(
    played: Played, chat: BuyingChat, line: Line, products: Products, seller: Seller
) -> Transcript:
    """All of a chat, with its times from the sandbox's phone and its sale from the database."""
    answer = await line.client.get("/control/messages", params={"chat_id": chat.customer})
    answer.raise_for_status()
    messages = answer.json()["messages"]
    record: dict[str, Sequence[Mapping[str, Any]]] = {}
    facts: dict[str, str] = {}
    outbox: Mapping[str, _OutboxRow] = {}
    if chat.conversation_id is not None:
        async with line.engine.connect() as connection:
            record = await read_sale_record(connection, chat.conversation_id)
            known = await read_customer_facts(connection, chat.conversation_id)
            facts = {name: value for name in _FACTS if (value := getattr(known, name))}
            outbox = await _outbox(connection, chat.conversation_id)
    delivered = [one for one in messages if one["direction"] == "out" and one["delivered"]]
    return Transcript(
        name=f"{played.case.file.stem} › {played.case.name}",
        seller=names_of(seller),
        turns=tuple(_turns(played, delivered, outbox)),
        products=products,
        vat_percent=Decimal(seller.vat_percent),
        moves=tuple(StageMove(row["from_stage"], row["to_stage"]) for row in record.get("moves", ())),
        quotes=tuple(_quotes(record)),
        approvals=tuple(Approval(row["percent"], row["at"]) for row in record.get("approvals", ())),
        sent=tuple(_sent(one, outbox) for one in delivered if one["origin"] == _OURS),
        wrote_at=tuple(_time(one) for one in messages if one["direction"] == "in"),
        consents=tuple(Consent(row["state"], row["at"]) for row in record.get("consents", ())),
        facts=facts,
    )


def _turns(
    played: Played, delivered: Sequence[Mapping[str, Any]], outbox: Mapping[str, _OutboxRow]
) -> list[SpokenTurn]:
    """The turns as the player saw them: their replies are all that was delivered, in its order."""
    rest = iter(delivered)
    turns = []
    for turn, exchange in zip(played.turns, played.case.exchanges, strict=False):
        pairs = list(zip(turn.replies, rest, strict=False))
        ours = [(reply, one) for reply, one in pairs if one["origin"] == _OURS]
        traced = frozenset(value for _, one in ours for value in _row(one, outbox).traced)
        owner: Owner = "person" if turn.owner == "person" else "bot"
        turns.append(
            SpokenTurn(
                turn.customer, tuple(reply for reply, _ in ours), owner, _constraints(exchange), traced
            )
        )
    return turns


def _constraints(exchange: Exchange) -> Constraints | None:
    wanted = [item.all for item in exchange.expectations if isinstance(item, ProductsExpected)]
    return wanted[0] if wanted and wanted[0] != Constraints() else None


def _quotes(record: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[SentQuote]:
    quotes = []
    for row in record.get("quotes", ()):
        lines = tuple(
            QuoteLine(**{name: value for name, value in line.items() if name != "quote_id"})
            for line in record["lines"]
            if line["quote_id"] == row["id"]
        )
        customer = row["customer"]
        quotes.append(
            SentQuote(
                number=render_number(row["year"], row["number"], row["revision"]),
                company=customer.get("company") or "",
                contact=customer.get("contact") or "",
                email=customer.get("email") or "",
                lines=lines,
                totals=QuoteTotals(row["subtotal"], row["discount"], row["vat"], row["total"]),
                vat_percent=row["vat_percent"],
                discount_percent=row["discount_percent"],
                sent_at=row["sent_at"],
            )
        )
    return quotes


async def _outbox(connection: AsyncConnection, conversation_id: int) -> dict[str, _OutboxRow]:
    rows = await connection.execute(_OUTBOX, {"id": conversation_id})
    return {str(row.id): _OutboxRow(row.template_purpose, frozenset(row.traced or ())) for row in rows}


def _row(message: Mapping[str, Any], outbox: Mapping[str, _OutboxRow]) -> _OutboxRow:
    # A retry after a definite refusal is "id.number".
    return outbox.get(str(message["crm_message_id"] or "").partition(".")[0], _OutboxRow())


def _sent(message: Mapping[str, Any], outbox: Mapping[str, _OutboxRow]) -> Sent:
    return Sent(message["text"] or "", _time(message), _row(message, outbox).template)


def _time(message: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(message["date_time"])
