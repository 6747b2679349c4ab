"""A draft that passed, as the customer reads it: amounts put in by code, and read back once more (G7, G8)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256

from catalog.listing import Language, set_in
from offscript.final_trace import money_signs
from offscript.placeholders import split_placeholders
from offscript.turn_ledger import TracedAmount, TurnLedger
from text.bidi import isolate

_FILS = Decimal("0.01")


class UntracedAmount(RuntimeError):
    """The finished text shows other amounts than were put in: it must not be sent."""


@dataclass(frozen=True)
class Rendered:
    """What is sent, and where each amount in it comes from."""

    text: str
    trace: tuple[TracedAmount, ...]

    @property
    def text_hash(self) -> str:
        """SHA-256 of the text, for the stored trace."""
        return sha256(self.text.encode()).hexdigest()


def render(draft: str, ledger: TurnLedger, language: Language) -> Rendered:
    """Put the ledger's amounts into a draft that `price_fence.check` passed.

    Mask tokens stay as they are: their values hold no amounts and are restored afterwards, and
    `text.bidi.isolate` is run once more over what comes of it.

    Raises:
        MalformedPlaceholder, Unresolved: for a draft that did not pass.
        UntracedAmount: when the finished text, read again, shows anything but what was put in.
    """
    trace: list[TracedAmount] = []
    expected: Counter[tuple[str, Decimal | None]] = Counter()
    pieces: list[str] = []
    for part in split_placeholders(draft):
        if isinstance(part, str):
            pieces.append(part)
            continue
        resolved = ledger.resolve(part, language)
        trace += resolved.amounts
        if part.kind == "fact":
            # A fixed phrase may name a currency without an amount: "our prices are in AED".
            expected.update(money_signs(resolved.text))
        else:
            expected.update(map(_sign, resolved.amounts))
        # Phrases and names are of the line's own direction; a lone value is set in.
        pieces.append(resolved.text if part.kind in ("fact", "offer") else set_in(resolved.text, language))
    text = isolate("".join(pieces))
    shown = Counter(money_signs(text))
    if shown != expected:
        raise UntracedAmount(
            f"the finished text shows {shown.total()} amounts, of which {(shown & expected).total()} are"
            f" among the {expected.total()} that were put in"
        )
    return Rendered(text, tuple(trace))


def _sign(amount: TracedAmount) -> tuple[str, Decimal | None]:
    if amount.is_percent:
        return "%", amount.value.normalize()
    return "AED", amount.value.quantize(_FILS, ROUND_HALF_UP)
