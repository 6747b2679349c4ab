"""What a model may write where an amount belongs: `{price:SKU}` and its kin (G3).

The grammar is exact: no blanks, no other case, no nesting. Everything else in braces is a mistake, and a
draft with a mistake is not sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

Kind = Literal["offer", "price", "total", "grand_total", "vat", "was", "discount", "fact"]

# What stands in for a placeholder, a SKU or a name while a draft is read: private characters, one each.
PLACEHOLDER_MARK = "\ue000"
SKU_MARK = "\ue001"
STRING_MARK = "\ue002"
MARKS = PLACEHOLDER_MARK + SKU_MARK + STRING_MARK

_BRACES = re.compile(r"\{[^{}]*\}")
_SKU = r"[^\s{}:<>]{1,64}"
_GRAMMAR = re.compile(
    rf"\{{(?:(?P<one>offer|price|was):(?P<sku>{_SKU})|(?P<total>total):(?P<of>{_SKU}):(?P<quantity>[1-9][0-9]{{0,5}})"
    r"|(?P<bare>grand_total|vat)|(?P<named>discount|fact):(?P<id>[A-Za-z0-9_.\-]{1,64}))\}"
)


class MalformedPlaceholder(ValueError):
    """Something in braces is no placeholder."""


@dataclass(frozen=True)
class Placeholder:
    """One placeholder as it was written; `key` is a SKU, an id, or empty."""

    kind: Kind
    key: str = ""
    # Pieces, of a total only.
    quantity: int | None = None

    @property
    def is_amount_of_product(self) -> bool:
        """Whether it shows an amount without saying whose it is."""
        return self.kind in ("price", "total", "was")


def read_placeholder(written: str) -> Placeholder:
    """Read `{price:EX-210}`, braces included.

    Raises:
        MalformedPlaceholder: when it is not exactly one of the grammar's forms.
    """
    match = _GRAMMAR.fullmatch(written)
    if match is None:
        raise MalformedPlaceholder(f"{written!r} is no placeholder")
    kind = match["one"] or match["total"] or match["bare"] or match["named"]
    quantity = int(match["quantity"]) if match["quantity"] else None
    return Placeholder(cast(Kind, kind), match["sku"] or match["of"] or match["id"] or "", quantity)


def split_placeholders(draft: str) -> list[str | Placeholder]:
    """The text between placeholders and the placeholders, in turn; the first and the last are text.

    Raises:
        MalformedPlaceholder: for anything else in braces; a brace without its partner stays in the text.
    """
    parts: list[str | Placeholder] = []
    end = 0
    for match in _BRACES.finditer(draft):
        parts += [draft[end : match.start()], read_placeholder(match.group())]
        end = match.end()
    return [*parts, draft[end:]]
