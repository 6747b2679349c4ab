"""Tokens that stand for a chat's personal data in everything that a model reads: `<PHONE_1>` (pure).

One token for one thing: numbered by its canonical spelling, so that a phone is the same token in any script.
Amounts have tokens too, but none leads back to a figure: what a model writes may hold no amount.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from text.personal_data import PersonalKind

# Beside the kinds of `PersonalKind`.
AMOUNT = "AMOUNT"

_OPENING, _CLOSING = "<＜﹤〈", ">＞﹥〉"
_BRACKETS = str.maketrans({**dict.fromkeys(_OPENING, "‹"), **dict.fromkeys(_CLOSING, "›")})
_KINDS = "|".join([*(kind.value for kind in PersonalKind), AMOUNT])
_TOKEN_LIKE = re.compile(rf"[{_OPENING}]([^{_OPENING}{_CLOSING}\n]{{1,40}})[{_CLOSING}]")
_NAME = re.compile(r"\s*([A-Z]+(?:_[A-Z]+)*)[_ ]?(\d{1,6})\s*")
# Without its brackets a token would be read by the customer as it stands.
_BARE = re.compile(rf"(?<![^\W_])(?:{_KINDS})_\d+(?!\d)", re.IGNORECASE)


class UnknownToken(ValueError):
    """A text holds a token that stands for nothing in this chat, or for what may not be said here."""


@dataclass(frozen=True)
class TokenEntry:
    """What one token stands for."""

    kind: str
    number: int
    canonical: str = field(repr=False)
    # As it is said back: as it was first written, or as the vault has it.
    shown: str = field(repr=False)


@dataclass(frozen=True)
class Restored:
    """A text with its tokens resolved, and where the resolved values stand in it."""

    text: str = field(repr=False)
    spans: tuple[tuple[int, int], ...]


class TokenTable:
    """The tokens of one chat; grows as texts are masked."""

    def __init__(self, entries: Iterable[TokenEntry] = (), *, revision: int = 0) -> None:
        self._entries = list(entries)
        self._by_canonical = {(entry.kind, entry.canonical): entry for entry in self._entries}
        self._by_token = {(entry.kind, entry.number): entry for entry in self._entries}
        # Which stored table this one goes on from, and how much of it; 0 for one that is stored nowhere.
        self.revision = revision
        self.stored = len(self._entries)

    @property
    def entries(self) -> tuple[TokenEntry, ...]:
        """All entries, oldest first."""
        return tuple(self._entries)

    def kept(self, revision: int) -> None:
        """Note that all entries are stored now, under `revision`."""
        self.revision = revision
        self.stored = len(self._entries)

    def token(self, kind: str, canonical: str, shown: str) -> str:
        """The token of a thing, a new one for a thing that was not seen before."""
        entry = self._by_canonical.get((kind, canonical))
        if entry is None:
            number = 1 + sum(known.kind == kind for known in self._entries)
            entry = TokenEntry(kind, number, canonical, shown)
            self._entries.append(entry)
            self._by_canonical[kind, canonical] = entry
            self._by_token[kind, number] = entry
        return f"<{entry.kind}_{entry.number}>"

    def restore(self, text: str, allowed_kinds: Collection[PersonalKind]) -> Restored:
        """`text` with the values in place of its tokens, whatever their case and width.

        Raises:
            UnknownToken: for a token that is not this chat's, for one of an amount or of a kind that is not
                allowed, and for one without its brackets.
        """
        allowed = {kind.value for kind in allowed_kinds}
        pieces: list[str] = []
        spans: list[tuple[int, int]] = []
        length = done = 0
        for match in _TOKEN_LIKE.finditer(text):
            name = _NAME.fullmatch(unicodedata.normalize("NFKC", match[1]).upper())
            if name is None:
                continue
            entry = self._by_token.get((name[1], int(name[2])))
            if entry is None:
                raise UnknownToken(f"<{name[1]}_{name[2]}> stands for nothing in this chat")
            if entry.kind not in allowed:
                raise UnknownToken(f"<{name[1]}_{name[2]}> is of a kind that this text may not hold")
            before = self._checked(text[done : match.start()])
            pieces += [before, entry.shown]
            spans.append((length + len(before), length + len(before) + len(entry.shown)))
            length += len(before) + len(entry.shown)
            done = match.end()
        pieces.append(self._checked(text[done:]))
        return Restored("".join(pieces), tuple(spans))

    @staticmethod
    def _checked(plain: str) -> str:
        for bare in _BARE.finditer(unicodedata.normalize("NFKC", plain)):
            # What a customer typed himself came to the model as ‹PHONE_1›.
            if bare.string[bare.start() - 1 : bare.start()] != "‹":
                raise UnknownToken(f"{bare.group().upper()} has lost its brackets")
        return plain


def escape_tokens(text: str) -> str:
    """A text from outside, in which nothing is a token: its angle brackets are others."""
    return text.translate(_BRACKETS)
