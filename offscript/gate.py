"""What every text of a model has to pass before a customer reads it, and what it becomes on the way.

In this order: rules of form and language, the price fence, placeholders, the hidden names, the final trace.
A text that fails anywhere is not sent; nothing is ever cut out of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.listing import Language
from offscript.masking import Masker
from offscript.output_rules import fault_of
from offscript.placeholders import split_placeholders
from offscript.price_fence import Held, check
from offscript.rendering import Rendered, UntracedAmount, render
from offscript.token_table import UnknownToken
from offscript.turn_ledger import TurnLedger
from text.bidi import isolate
from text.personal_data import PersonalKind

# A model knows these by their tokens only; written out they are made up, or somebody else's. Numbers are
# the fence's to judge, and companies may be ours.
_OF_PEOPLE = frozenset({PersonalKind.PERSON, PersonalKind.EMAIL})
_NOT_PROSE = re.compile(r"\{[^{}]*\}|<[^<>]*>")
_OF_PRODUCTS = frozenset({"offer", "price", "total", "was"})
_ABOUT_AMOUNTS = "no amounts, percentages or numbers of your own: placeholders of this talk's tools only"


@dataclass(frozen=True)
class Sendable:
    """A text to send with every amount in it, and the draft it was made from."""

    rendered: Rendered
    draft: str

    @property
    def skus(self) -> tuple[str, ...]:
        """The products it names, in its order."""
        parts = split_placeholders(self.draft)
        named = [part.key for part in parts if not isinstance(part, str) and part.kind in _OF_PRODUCTS]
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class Refused:
    """The rule that was broken, for the trace; and the reason, as a model may be told."""

    rule: str
    reason: str


@dataclass(frozen=True)
class Gate:
    """The gate of one turn."""

    ledger: TurnLedger
    masker: Masker
    language: Language

    def judge(self, draft: str) -> Sendable | Refused:
        """The text as the customer may read it, or why not."""
        fault = fault_of(draft, self.language)
        if fault is not None:
            return Refused(fault.name.lower(), fault.value)
        verdict = check(draft, self.ledger, language=self.language)
        if isinstance(verdict, Held):
            return Refused(verdict.rule, _ABOUT_AMOUNTS)
        if self._names_people(draft):
            return Refused("personal_data", "names and addresses of people only as tokens")
        try:
            rendered = render(draft, self.ledger, self.language)
            text = isolate(self.masker.restore(rendered.text))
        except UntracedAmount:
            return Refused("G8", _ABOUT_AMOUNTS)
        except UnknownToken:
            return Refused("unknown_token", "a token that stands for nothing here")
        return Sendable(Rendered(text, rendered.trace), draft)

    def _names_people(self, draft: str) -> bool:
        """Whether personal data stands in the draft itself; names of products may look like people's."""
        prose = _NOT_PROSE.sub(" ", draft)
        for product in self.ledger.products.values():
            prose = prose.replace(product.name_en, " ").replace(product.name_ar, " ")
        return any(found.kind in _OF_PEOPLE for found in self.masker.find(prose))
