"""Whether what left for a language model holds anything of a customer's: names, and numbers by their shape.

Not the finder that hides them (`text.personal_data`) alone, which would only agree with itself: what is known
of each customer at the end is looked for as well, and so are rough shapes that need no cleverness.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from text.fold import fold
from text.personal_data import PersonalKind, find_personal_data

_BY_SHAPE = frozenset(PersonalKind) - {
    *(PersonalKind.PERSON, PersonalKind.COMPANY, PersonalKind.ADDRESS, PersonalKind.NUMBER)
}
# Shorter runs of digits are prices, sizes and places in lists.
_FEWEST_DIGITS = 7
# Letters before it make it a code: "CH-1010", "Q-2026-00042".
_DIGITS = re.compile(r"(?<![\w-])[+(]?\d(?:[ ().+-]{0,2}\d){6,}(?!\w)")
_MAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+\.\w+")
_IBAN = re.compile(r"(?<!\w)[a-z]{2} ?\d{2}(?: ?[a-z0-9]{4}){3,}")
_SHOWN = 2


@dataclass(frozen=True)
class Leak:
    """Something of a customer's in a request; `shown` is its beginning, never the whole."""

    kind: str
    shown: str
    # Whose it is, where that is known; else nobody can say from the shape.
    owner: str | None = None


def leaks_in(
    bodies: Iterable[Mapping[str, Any]],
    private: Mapping[str, Collection[tuple[str, str]]],
    ours: Collection[str],
) -> list[Leak]:
    """What of a customer's stands in these requests, each once.

    `private` has by owner the kind and value of what is known of him; `ours` are numbers of the seller's own,
    which anybody may read.
    """
    texts = {text for body in bodies for text in _texts(body)}
    our_digits = {_digits(number) for number in ours}
    found: dict[Leak, None] = {}
    for text in sorted(texts):
        found.update(dict.fromkeys(_by_shape(text, our_digits)))
    together = "\n".join(sorted(fold(text) for text in texts))
    digits = "\n".join(sorted(_digits(text) for text in texts))
    for owner, values in private.items():
        for kind, value in values:
            if _stands_in(value, together, digits):
                found[Leak(kind, value[:_SHOWN] + "…", owner)] = None
    return list(found)


def _texts(body: Mapping[str, Any]) -> Iterator[str]:
    """All that is said in a request but our own prompt and the description of the tools."""
    messages: Sequence[Mapping[str, Any]] = body["messages"]
    for message in messages:
        if message["role"] == "system":
            continue
        yield str(message.get("content") or "")
        for call in message.get("tool_calls", ()):
            yield str(call["function"]["arguments"])


def _by_shape(text: str, ours: Collection[str]) -> Iterator[Leak]:
    for one in find_personal_data(text):
        if one.kind in _BY_SHAPE and _digits(one.canonical) not in ours:
            yield Leak(one.kind.value, text[one.start : one.start + _SHOWN] + "…")
    folded = fold(text)
    for number in ours:
        # "is 100000000000003" has the shape of an IBAN.
        folded = folded.replace(number, " ")
    for kind, shape in (("EMAIL", _MAIL), ("IBAN", _IBAN)):
        for match in shape.finditer(folded):
            yield Leak(kind, match.group()[:_SHOWN] + "…")
    for match in _DIGITS.finditer(folded):
        digits = _digits(match.group())
        if len(digits) >= _FEWEST_DIGITS and digits not in ours:
            yield Leak("NUMBER", digits[:_SHOWN] + "…")


def _stands_in(value: str, folded: str, digits: str) -> bool:
    number = _digits(value)
    # A phone number may stand without its country.
    if len(number) >= _FEWEST_DIGITS and number[-9:] in digits:
        return True
    return re.search(rf"(?<!\w){re.escape(fold(value))}(?!\w)", folded) is not None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", fold(text))
