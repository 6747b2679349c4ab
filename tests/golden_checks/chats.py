"""Clean and planted chats out of YAML (clean_*.yml, planted.yml) as transcripts.

A reply that is the name of a response says what domain.yml says, so that the checks are tested on the words
that customers read. What a chat does not give is filled in: times an hour's fraction apart, a quote's totals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import yaml

from app.seller import load_seller
from app.settings import PROJECT_ROOT
from app.transcripts import names_of
from catalog.generator import generate_catalog
from catalog.listing import format_line
from quality.cases import Constraints
from quality.observed import Product, Products, Reply
from quality.transcript import (
    Approval,
    Consent,
    Sent,
    SentQuote,
    SpokenTurn,
    StageMove,
    Transcript,
)
from sales.quote import QuoteLine, QuoteTotals, format_amount, price_quote

HERE = Path(__file__).parent
Language = Literal["en", "ar"]
_BEGAN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
# From one message to the next, in hours.
_STEP = 0.02
_FILS = Decimal("0.01")
_VAT = Decimal(5)
_CATALOG = {product.sku: product for product in generate_catalog()}
_SELLER = load_seller()
SELLER = names_of(_SELLER)
PRODUCTS = Products(
    Product(
        one.sku, one.name_en, one.name_ar, one.description_en, one.category, tuple(one.colors), one.material,
        one.brand, one.rate, one.stock, one.seats, (one.width_cm, one.depth_cm, one.height_cm),
    )
    for one in _CATALOG.values()
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A chat that breaks one rule, and nothing else of it differs from a clean one."""

    name: str
    rule: int
    transcript: Transcript


def clean_chats() -> list[Transcript]:
    """All clean chats."""
    return [_transcript(raw) for raw in _clean().values()]


def planted_chats() -> list[Planted]:
    """All planted violations: a clean chat, with what `set` names changed (a path of keys and places)."""
    found = []
    for number, plant in enumerate(_read("planted.yml")["planted"], start=1):
        raw = deepcopy(_clean()[plant["of"]])
        for path, value in plant["set"].items():
            _put(raw, path.split("."), value)
        name = f"{number}: rule {plant['rule']}, {plant['why']}"
        found.append(Planted(name, plant["rule"], _transcript({**raw, "chat": name})))
    return found


@cache
def _clean() -> Mapping[str, dict[str, Any]]:
    files = sorted(HERE.glob("clean_*.yml"))
    return {raw["chat"]: raw for file in files for raw in _read(file.name)["chats"]}


@cache
def _responses() -> Mapping[str, list[dict[str, Any]]]:
    domain = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text(encoding="utf-8"))
    responses: Mapping[str, list[dict[str, Any]]] = domain["responses"]
    return responses


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return content


def _put(raw: Any, path: Sequence[str], value: Any) -> None:
    for key in path[:-1]:
        raw = raw[int(key)] if isinstance(raw, list) else raw.setdefault(key, {})
    key = path[-1]
    if isinstance(raw, list) and int(key) == len(raw):
        raw.append(value)
    elif isinstance(raw, list):
        raw[int(key)] = value
    else:
        raw[key] = value


def _transcript(raw: Mapping[str, Any]) -> Transcript:
    quotes = [_quote(quote) for quote in raw.get("quotes", ())]
    turns: list[SpokenTurn] = []
    sent: list[Sent] = []
    wrote: list[datetime] = []
    hours = 0.0
    for turn in raw["turns"]:
        hours = float(turn.get("at", hours + _STEP))
        customer = _texts(turn.get("user"))
        replies = tuple(_replies(turn, raw.get("language", "en"), quotes))
        wrote += [_at(hours) for _ in customer]
        # A reply takes a moment.
        later = float(turn.get("replied_at", hours + _STEP / 10))
        template = turn.get("template")
        sent += [Sent(reply.text, _at(later), template, is_free=template is None) for reply in replies]
        turns.append(
            SpokenTurn(
                customer,
                replies,
                turn.get("owner", turns[-1].owner if turns else "bot"),
                _constraints(turn),
                at=_at(hours),
            )
        )
    return Transcript(
        name=raw["chat"],
        seller=SELLER,
        turns=tuple(turns),
        products=PRODUCTS,
        vat_percent=_VAT,
        moves=tuple(StageMove(*pair) for pair in pairwise(raw.get("stages", ("greeting",)))),
        quotes=tuple(quotes),
        approvals=tuple(
            Approval(Decimal(str(one["percent"])), _at(one["at"])) for one in raw.get("approvals", ())
        ),
        sent=tuple(sent),
        wrote_at=tuple(wrote),
        consents=tuple(Consent(one["state"], _at(one["at"])) for one in raw.get("consents", ())),
        facts=raw.get("facts", {}),
        phone=raw.get("phone", ""),
    )


def _at(hours: float) -> datetime:
    return _BEGAN + timedelta(hours=hours)


def _texts(value: Any) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def _constraints(turn: Mapping[str, Any]) -> Constraints | None:
    if "all" not in turn:
        return None
    values: dict[str, Any] = {
        name: (value,) if isinstance(value, str) else Decimal(value) if name.endswith("price") else value
        for name, value in turn["all"].items()
    }
    return Constraints(**values)


def _quote(raw: Mapping[str, Any]) -> SentQuote:
    lines = tuple(
        QuoteLine(
            sku,
            None,
            _CATALOG[sku].name_en,
            _CATALOG[sku].name_ar,
            pieces,
            Decimal(str(rate)).quantize(_FILS),
        )
        for sku, pieces, rate in ((*line, _CATALOG[line[0]].rate)[:3] for line in raw["lines"])
    )
    discount = Decimal(str(raw.get("discount", 0)))
    right = price_quote(lines, _VAT, discount)
    totals = {name: getattr(right, name) for name in ("subtotal", "discount", "vat", "total")}
    totals |= {name: Decimal(str(value)) for name, value in raw.get("totals", {}).items()}
    return SentQuote(
        number=raw["number"],
        company=raw["company"],
        contact=raw["contact"],
        email=raw["email"],
        lines=lines,
        totals=QuoteTotals(**totals),
        vat_percent=Decimal(str(raw.get("vat_percent", 5))),
        discount_percent=discount,
        made_at=_at(raw.get("at", 0.5)),
        sent_at=_at(raw.get("at", 0.5)),
    )


def _replies(turn: Mapping[str, Any], spoken: Language, quotes: Sequence[SentQuote]) -> Iterator[Reply]:
    spoken = turn.get("language", spoken)
    for text in _texts(turn.get("bot")):
        if not text.startswith("utter_"):
            yield Reply(text)
            continue
        wording = next(one for one in _responses()[text] if one["condition"][0]["value"] == spoken)
        fillings = {**_fillings(spoken, quotes), **_told(turn.get("with", {}), spoken)}
        buttons = tuple(button["title"] for button in wording.get("buttons", ()))
        yield Reply(wording["text"].format(**fillings), buttons)


def _fillings(spoken: Language, quotes: Sequence[SentQuote]) -> dict[str, str]:
    """What a reply about the newest quote, or about nothing of its own, is filled with."""
    fillings = {
        "seller": getattr(_SELLER.name, spoken),
        "vat_percent": "5",
        "valid_until": "16 March 2026" if spoken == "en" else "16 مارس 2026",
        "shown": "2",
        "categories": "chairs, desks" if spoken == "en" else "كراسي، مكاتب",
    }
    if quotes:
        names = [line.name_en if spoken == "en" else line.name_ar for line in quotes[-1].lines]
        pieces = [line.quantity for line in quotes[-1].lines]
        fillings |= {
            "number": quotes[-1].number,
            "total": f"AED {format_amount(quotes[-1].totals.total)}",
            "lines": "\n".join(
                f"{place}. {count} × {name}"
                for place, (count, name) in enumerate(zip(pieces, names, strict=True), start=1)
            ),
        }
    return fillings


def _told(values: Mapping[str, Any], spoken: Language) -> dict[str, str]:
    """Products by their codes as replies tell them; of facts the seller's words."""
    told: dict[str, str] = {}
    for name, value in values.items():
        if name in {"product_lines", "basket_lines"}:
            told[name] = "\n".join(
                f"{place}. {_line(one, spoken)}" for place, one in enumerate(value, start=1)
            )
            told.setdefault("total", str(len(value)))
        elif name in {"product_line", "product"}:
            told[name] = _line(value, spoken)
        elif name == "fact":
            told[name] = _SELLER.fact(value, spoken) or ""
        else:
            told[name] = str(value)
    return told


def _line(item: str | Sequence[Any], spoken: Language) -> str:
    """A product's line; with its pieces behind it where they are given."""
    if isinstance(item, str):
        return format_line(_CATALOG[item], spoken)
    sku, pieces = item[0], item[1]
    behind = f", quantity {pieces}" if spoken == "en" else f"، العدد {pieces}"
    return format_line(_CATALOG[sku], spoken) + behind
