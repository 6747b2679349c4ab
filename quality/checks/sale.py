"""Rules 4, 7 and 8: what is shown fits, what a quote needs is known, and no stage is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quality.comparing import broken
from quality.transcript import SentQuote, Transcript, Violation
from sales.stages import EDGES, Stage
from text.fold import fold

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_WORD = re.compile(r"\w+")


def meets_constraints(transcript: Transcript) -> Iterator[Violation]:
    """Rule 4: every product that is shown satisfies every hard constraint of the customer."""
    for place, turn in enumerate(transcript.turns):
        if turn.constraints is None:
            continue
        for product in transcript.shown[place]:
            for problem in broken(turn.constraints, product):
                yield Violation(4, place, f"{product.sku} is not {problem}", product.name_en)


def asks_before_quoting(transcript: Transcript) -> Iterator[Violation]:
    """Rule 7: a quote goes out only with a company, a contact and an e-mail address of the customer's own."""
    said = frozenset(word for words in transcript.said for word in _WORD.findall(words))
    for quote in transcript.quotes:
        for name in _lacking(quote):
            yield Violation(7, None, f"quote {quote.number} went out without the {name}", at=quote.sent_at)
        for name, value in (("company", quote.company), ("contact", quote.contact), ("email", quote.email)):
            if any(word not in said for word in _WORD.findall(fold(value))):
                # Without the words themselves: single ones of a name are masked by nobody.
                problem = f"the {name} of quote {quote.number} is not what was told"
                yield Violation(7, None, problem, at=quote.sent_at)


def _lacking(quote: SentQuote) -> Iterator[str]:
    if not quote.company.strip():
        yield "company"
    if not quote.contact.strip():
        yield "contact's name"
    if not _ADDRESS.fullmatch(quote.email.strip()):
        yield "e-mail address"


def skips_no_stage(transcript: Transcript) -> Iterator[Violation]:
    """Rule 8: a sale begins at its beginning, goes only where it may, and each move begins at the last."""
    current = Stage.GREETING
    for move in transcript.moves:
        origin, target = Stage(move.origin), Stage(move.target)
        if origin is not current:
            problem = f"from {origin} to {target}, but the sale was at {current}"
            yield Violation(8, None, problem, at=move.at)
        elif target not in EDGES[origin]:
            yield Violation(8, None, f"from {origin} straight to {target}", at=move.at)
        current = target
