"""Before a model reads a text, personal data and amounts are replaced by tokens; afterwards they come back.

In: escape, mask, amounts. Out: `restore`, after the fence. Tool results, notes and transcripts go the same
way in as what a customer writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from offscript.introduced_names import find_names
from offscript.phone_numbers import canonical_phone, find_phones
from offscript.token_table import AMOUNT, Restored, TokenTable, escape_tokens
from offscript.vault import Vault
from text.amounts import Amount, find_amounts
from text.numbers import find_numbers, plain
from text.personal_data import Found, PersonalKind, find_in_reading, settled, without_harmless
from text.personal_data_reading import Reading, read_characters

# What a reply may say back to the customer it is written to.
OWN_DETAILS = frozenset({PersonalKind.PERSON, PersonalKind.COMPANY, PersonalKind.PHONE, PersonalKind.EMAIL})

_MONEY = frozenset(["price", "minimum", "maximum", "about"])


class Masker:
    """Masks and restores the texts of one chat.

    `codes` are product codes and barcodes of the catalog, in lower case, that look like numbers of people.
    """

    def __init__(self, vault: Vault, tokens: TokenTable, codes: Collection[str] = ()) -> None:
        self._vault = vault
        self._tokens = tokens
        self._codes = frozenset(code.casefold() for code in codes)

    def find(self, text: str) -> tuple[Found, ...]:
        """The personal data in a text, in its order; positions are of `text`."""
        reading = read_characters(text)
        return tuple(
            replace(found, start=start, end=end)
            for found in self._settled(reading)
            for start, end in [reading.original(found.start, found.end)]
        )

    def mask(self, text: str) -> str:
        """`text` with tokens for personal data and amounts; tokens that stand in it already are disarmed."""
        reading = read_characters(text)
        personal = self._settled(reading)
        replaced = [
            (*reading.original(found.start, found.end), self._token(found, reading)) for found in personal
        ]
        for start, end, value in _amounts(reading.folded, personal):
            replaced.append((*reading.original(start, end), self._tokens.token(AMOUNT, value, "")))
        pieces: list[str] = []
        done = 0
        for start, end, token in sorted(replaced):
            pieces += [escape_tokens(text[done:start]), " " if _runs_on(text, start) else "", token]
            # A value that is restored must not run into what follows: "Khalid" said as "خالد" before "abc".
            if text[end : end + 1].isalnum():
                pieces.append(" ")
            done = end
        return "".join([*pieces, escape_tokens(text[done:])])

    def restore(self, text: str, allowed_kinds: Collection[PersonalKind] = OWN_DETAILS) -> str:
        """`text` with the values in place of its tokens.

        Raises:
            UnknownToken: when a token stands for nothing, or for what this text may not hold.
        """
        return self.restored(text, allowed_kinds).text

    def restored(self, text: str, allowed_kinds: Collection[PersonalKind] = OWN_DETAILS) -> Restored:
        """The same with the places of the values, which the trace of amounts leaves out.

        Raises:
            UnknownToken: as `restore`.
        """
        return self._tokens.restore(text, allowed_kinds)

    def _settled(self, reading: Reading) -> list[Found]:
        found = [*self._vault.find(reading), *find_in_reading(reading, self._codes)]
        phones = find_phones(without_harmless(reading.folded, self._codes), self._vault.regions)
        found += [*phones, *find_names(reading)]
        return [self._counted(piece, reading) for piece in settled(found)]

    def _counted(self, found: Found, reading: Reading) -> Found:
        """A phone in the spelling of the vault's."""
        if found.kind is not PersonalKind.PHONE:
            return found
        return replace(
            found, canonical=canonical_phone(reading.folded[found.start : found.end], self._vault.regions)
        )

    def _token(self, found: Found, reading: Reading) -> str:
        known = self._vault.value_of(found.kind, found.canonical)
        shown = known or " ".join(reading.part(found.start, found.end).split())
        return self._tokens.token(found.kind.value, found.canonical, shown)


def _runs_on(text: str, start: int) -> bool:
    """Whether a word or a number goes over into what begins at `start`; Arabic prepositions may."""
    before = text[start - 1 : start]
    return before.isalnum() and not "\u0621" <= before <= "\u06d3"


def _amounts(folded: str, personal: Sequence[Found]) -> Iterator[tuple[int, int, str]]:
    """The figures of money in a folded text, outside of personal data: "500" of "under 500 AED"."""
    for piece in personal:
        folded = f"{folded[: piece.start]}{'|' * (piece.end - piece.start)}{folded[piece.end :]}"
    for amount in find_amounts(folded):
        if amount.role in _MONEY:
            yield from _figures(folded, amount)


def _figures(folded: str, amount: Amount) -> Iterator[tuple[int, int, str]]:
    for number in find_numbers(folded[amount.start : amount.end]):
        yield amount.start + number.start, amount.start + number.end, str(plain(number.value))
