"""A chat out of the database as the fifteen rules look at it (`quality.transcript`), real or played.

Of a real chat the rows say when a person had it: a turn was withheld, or handed over. What a customer wished
for they do not say; a played chat's case does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from offscript.trace_storage import amounts_by_turn
from quality.cases import Case, Constraints, Exchange, Owner, ProductsExpected
from quality.observed import Products, Reply, plain
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
from sales.chat_phone import find_phone
from sales.fact_storage import read_customer_facts
from sales.quote import QuoteLine, QuoteTotals, render_number
from sales.sale_record import read_sale_record
from sales.seller import Seller
from sales.seller_words import Language
from turns.review import Heard, Told, heard, told, transport_of, wrote_at

_FACTS = ("company", "contact_name", "email", "city", "trn")


@dataclass(frozen=True)
class Ground:
    """What every chat is compared with."""

    products: Products
    seller: Seller


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
    connection: AsyncConnection,
    conversation_id: int,
    ground: Ground,
    *,
    until: datetime | None = None,
    left_at: Mapping[int, datetime] | None = None,
) -> Transcript:
    """A chat from its first message to this moment, or to its last.

    `left_at`: business time at which a row of the outbox left, where a moved clock makes it another than the
    database's own.
    """
    record = await read_sale_record(connection, conversation_id)
    known = await read_customer_facts(connection, conversation_id)
    times = left_at or {}
    said = [replace(one, at=times.get(one.id, one.at)) for one in await told(connection, conversation_id)]
    said = [one for one in said if until is None or one.at < until]
    turns = await heard(connection, conversation_id, until)
    amounts = await amounts_by_turn(connection, conversation_id)
    handed_over = [row["at"] for row in record["hand_overs"]]
    return Transcript(
        name=f"chat {conversation_id}",
        seller=names_of(ground.seller),
        turns=tuple(_spoken(turns, said, amounts, handed_over)),
        products=ground.products,
        vat_percent=Decimal(ground.seller.vat_percent),
        moves=tuple(StageMove(row["from_stage"], row["to_stage"], row["at"]) for row in record["moves"]),
        quotes=tuple(_quotes(record)),
        approvals=tuple(Approval(row["percent"], row["at"], row["until"]) for row in record["approvals"]),
        sent=tuple(Sent(one.text, one.at, one.purpose, one.is_free) for one in said),
        wrote_at=tuple(await wrote_at(connection, conversation_id)),
        transport=await transport_of(connection, conversation_id),
        consents=tuple(Consent(row["state"], row["at"]) for row in record["consents"]),
        facts={name: value for name in _FACTS if (value := getattr(known, name))},
        phone=await find_phone(connection, conversation_id) or "",
    )


def _spoken(
    turns: Sequence[Heard],
    said: Sequence[Told],
    amounts: Mapping[int, frozenset[Decimal]],
    handed_over: Sequence[datetime],
) -> list[SpokenTurn]:
    """The turns of the customer and, between them, what reached him without one."""
    answers: dict[int | None, list[Told]] = {turn.turn_id: [] for turn in turns}
    alone: list[Told] = []
    for one in said:
        answers.get(one.turn_id, alone).append(one)
    found: list[SpokenTurn] = []
    for place, turn in enumerate(turns):
        before: Owner = found[-1].owner if found else "bot"
        following = turns[place + 1 : place + 3]
        if following and following[0].is_withheld:
            # He wrote again before the hand-over was written down, and his words met it.
            following = following[1:]
        was_handed_over = any(turn.at <= at and (not following or at < following[0].at) for at in handed_over)
        found += _of_turn(
            turn, answers[turn.turn_id], amounts, was_handed_over=was_handed_over, before=before
        )
    for one in alone:
        place = next(
            (n for n, spoken in enumerate(found) if spoken.at is not None and spoken.at > one.at), len(found)
        )
        owner: Owner = found[place - 1].owner if place else "bot"
        found.insert(place, SpokenTurn((), (_reply(one),), owner, at=one.at))
    return found


def _of_turn(
    turn: Heard,
    answers: Sequence[Told],
    amounts: Mapping[int, frozenset[Decimal]],
    *,
    was_handed_over: bool,
    before: Owner,
) -> Iterator[SpokenTurn]:
    replies = tuple(_reply(one) for one in answers)
    if turn.is_withheld:
        yield SpokenTurn((turn.text,), (), "person", at=turn.at)
        if replies:
            # That all chats are with people now is a notice, and no answer.
            yield SpokenTurn((), replies, "person", at=turn.at)
        return
    if before == "person":
        # Only a chat that was given back gets an answer (turns.dispatch).
        yield SpokenTurn((), (), "bot", at=turn.at)
    traced = amounts.get(turn.turn_id, frozenset())
    owner: Owner = "person" if was_handed_over else "bot"
    yield SpokenTurn((turn.text,), replies, owner, traced=traced, at=turn.at)


def _reply(one: Told) -> Reply:
    return Reply(one.text, one.buttons)


def _quotes(record: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[SentQuote]:
    quotes = []
    for row in record["quotes"]:
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
                made_at=row["created_at"],
                sent_at=row["sent_at"],
            )
        )
    return quotes


def case_name(case: Case) -> str:
    """What reports call the chat of this case."""
    return f"{case.file.stem} › {case.name}"


def as_played(transcript: Transcript, played: Played) -> Transcript:
    """A transcript with what its case knows better than rows: whose the chat was, and what was wished for.

    Raises:
        ValueError: when the chat has other turns of the customer than the case.
    """
    steps = [place for place, turn in enumerate(played.turns) if turn.customer]
    spoken = sum(bool(turn.customer) for turn in transcript.turns)
    if spoken != len(steps):
        raise ValueError(f"{transcript.name} has {spoken} turns of the customer, its case {len(steps)}")
    following = iter(steps)
    turns: list[SpokenTurn] = []
    for turn in transcript.turns:
        if not turn.customer:
            turns.append(turn)
            continue
        place = next(following)
        was_given_back = not place or played.turns[place - 1].owner != "person"
        if turns and turns[-1] == SpokenTurn((), (), at=turn.at) and not was_given_back:
            turns.pop()
        owner: Owner = "person" if played.turns[place].owner == "person" else "bot"
        wished = _constraints(played.case.exchanges[place])
        turns.append(replace(turn, owner=owner, constraints=wished))
    return replace(transcript, name=case_name(played.case), turns=tuple(turns))


def _constraints(exchange: Exchange) -> Constraints | None:
    wanted = [item.all for item in exchange.expectations if isinstance(item, ProductsExpected)]
    return wanted[0] if wanted and wanted[0] != Constraints() else None
