"""What was said and done in a conversation that was played: turns, replies, and the products in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))
_LISTED = re.compile(r"^\s*(\d+)[.)]\s")
_CODE = re.compile(r"[A-Za-z0-9]+(?:[-_/.][A-Za-z0-9]+)*")


@dataclass(frozen=True)
class Product:
    """What a comparison needs to know of a product of the catalog; `price` is AED without VAT."""

    sku: str
    name_en: str
    name_ar: str
    description_en: str
    category: str
    colors: tuple[str, ...]
    material: str | None
    brand: str | None
    price: Decimal
    stock: int
    seats: int | None
    # Width, depth and height in centimetres, as far as they are known.
    sides: tuple[int | None, int | None, int | None]
    # When Zoho's record was last changed: what was said before may have been right then.
    changed_at: datetime | None = None


class Products:
    """The catalog, and which of its products a text mentions."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._by_sku = {product.sku: product for product in products}
        self._by_name = {
            name: product for product in self._by_sku.values() for name in (product.name_en, product.name_ar)
        }
        # A longer name may hold a shorter one.
        self._names = sorted(self._by_name, key=len, reverse=True)

    def __getitem__(self, sku: str) -> Product:
        return self._by_sku[sku]

    def __contains__(self, sku: object) -> bool:
        return sku in self._by_sku

    def mentioned(self, text: str) -> list[str]:
        """The SKUs of the products that `text` names by SKU or by full name, in order, each once."""
        found: dict[str, None] = {}
        for line in plain(text).splitlines():
            found.update(dict.fromkeys(self._in_line(line)))
        return list(found)

    def listed(self, text: str) -> list[str]:
        """The SKUs of the products that stand on numbered lines of `text`, in order."""
        found: list[str] = []
        for line in plain(text).splitlines():
            if _LISTED.match(line):
                found += self._in_line(line)
        return found

    def coded(self, text: str) -> list[str]:
        """The SKUs that stand in `text` as codes, in order, each once."""
        codes = (code.group().upper() for code in _CODE.finditer(text))
        return list(dict.fromkeys(code for code in codes if code in self._by_sku))

    def _in_line(self, line: str) -> list[str]:
        places: dict[str, int] = {}
        for code in _CODE.finditer(line):
            if code.group().upper() in self._by_sku:
                places.setdefault(code.group().upper(), code.start())
        rest = line
        for name in self._names:
            if name in rest:
                places.setdefault(self._by_name[name].sku, line.index(name))
                rest = rest.replace(name, "\0" * len(name))
        return sorted(places, key=places.__getitem__)


@dataclass(frozen=True)
class Reply:
    """One message of the bot as the customer's phone shows it."""

    text: str
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuoteFile:
    """A PDF that reached the customer: as its link serves it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Order:
    """The chat's newest order."""

    # That of its quote, as it is printed.
    quote_number: str
    # The CRM's; None until there is one.
    number: str | None


@dataclass(frozen=True)
class Turn:
    """One step and everything that came of it."""

    # What the customer wrote, a message each; a tapped button by its title. Nothing: something else happened.
    customer: tuple[str, ...]
    replies: tuple[Reply, ...]
    # The names of the responses that were said; None for words without a name.
    utters: tuple[str | None, ...] = ()
    # After the turn.
    slots: Mapping[str, Any] = field(default_factory=dict)
    owner: str = "bot"
    stage: str = "greeting"
    outcome: str = "open"
    files: tuple[QuoteFile, ...] = ()
    order: Order | None = None
    order_count: int = 0
    # How often a language model was asked; notes for its memory do not count.
    model_calls: int = 0
    # Zoho's records of the customer by kind; None where nobody looked.
    records: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
    # What happened beside the chat, as the file says it.
    happening: str = ""
    # What the manager read in his own chat meanwhile, and what he calls this chat ('' where nobody looked).
    manager: tuple[str, ...] = ()
    code: str = ""
    # What the bot understood and did, for people who look for the reason.
    intent: str | None = None
    confidence: float | None = None
    entities: Sequence[Mapping[str, Any]] = ()
    actions: tuple[str, ...] = ()
    # Why the turn did not come to its end as it should, or None.
    trouble: str | None = None

    @property
    def text(self) -> str:
        """All replies as one text."""
        return "\n".join(reply.text for reply in self.replies)


def plain(text: str) -> str:
    """`text` without the invisible marks that keep prices readable in Arabic lines."""
    return text.translate(_ISOLATES).strip()
