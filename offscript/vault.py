"""What is known of one chat's customer, and where it stands in a text, however it is typed there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from offscript.name_spelling import pattern_of, sounds_of, words_of
from offscript.phone_numbers import HOME, canonical_phone, country_digits, region_of
from sales.fact_text import is_ordinary, read_line
from sales.fact_values import CustomerFacts
from sales.fact_words import GIVEN_NAMES, LEGAL_FORMS, TITLES, TRADES
from text.personal_data import Found, PersonalKind, canonical
from text.personal_data_reading import Reading, read_characters

# Shorter ones are words of their own too often: "Ali" is how many write "on" in Arabic letters.
_SHORTEST_FIRST_NAME = 4
_SHORTEST_FAMILY_NAME = 5
# Consonants that two words must share to be one name in two scripts.
_FEWEST_SOUNDS = 5
_FEWEST_SOUNDS_OF_ONE = 3
_FIRM_WORDS = frozenset({"شركه", "موسسه", "مجموعه", "company"})
_FIRM_BEFORE = re.compile(r"(?:(?:ال)?(?:شركه|موسسه|مجموعه)) $")
_FORMS = "|".join(re.escape(form) for form in sorted(LEGAL_FORMS, key=len, reverse=True))
_SPACED_FORMS = r"l ?\.? ?l ?\.? ?c|f ?\.? ?z ?\.? ?c ?\.? ?o|ذ ?\.? ?م ?\.? ?م"
_FORM_BEHIND = re.compile(rf"[ ,.\-]{{0,2}}(?:{_FORMS}|{_SPACED_FORMS})\.?(?![^\W_])")
# The same as a word of its own: "Crest" ends like "Est." and is none.
_FORM = re.compile(rf"(?<![^\W_])(?:{_FORMS}|{_SPACED_FORMS})\.?(?![^\W_])")
_ARABIZI = re.compile(r"(?=.*[a-z])(?=.*[35679])[a-z35679]+")
_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class VaultEntry:
    """Something known of a customer; `value` as it is to be said back to him."""

    kind: PersonalKind
    value: str = field(repr=False)


class Vault:
    """The entries of one conversation, ready to be found; pure, made anew for each turn."""

    def __init__(self, entries: Iterable[VaultEntry]) -> None:
        self.entries = tuple(entry for entry in entries if any(map(str.isalnum, entry.value)))
        # Whose national numbers are understood, the seller's country first.
        own = (region_of(entry.value) for entry in self.entries if entry.kind is PersonalKind.PHONE)
        self.regions = tuple(dict.fromkeys([HOME, *(region for region in own if region)]))
        self._known = [_Known(entry, self.regions) for entry in self.entries]

    def find(self, reading: Reading) -> Iterator[Found]:
        """Every place where an entry stands, first in its own spelling; positions are of `reading.folded`."""
        for known in self._known:
            yield from known.find(reading.folded)
        for known in self._known:
            yield from known.hear(reading.folded)

    def value_of(self, kind: PersonalKind, key: str) -> str | None:
        """The entry's value that `key`, a canonical spelling, belongs to."""
        return next(
            (
                known.entry.value
                for known in self._known
                if (known.entry.kind, known.canonical) == (kind, key)
            ),
            None,
        )


def vault_of(facts: CustomerFacts, phone: str | None, others: Iterable[VaultEntry] = ()) -> Vault:
    """The vault of a chat: what is kept of its customer, its phone in E.164, what else the caller knows."""
    known = (
        (PersonalKind.PHONE, phone),
        (PersonalKind.PERSON, facts.contact_name),
        (PersonalKind.COMPANY, facts.company),
        (PersonalKind.EMAIL, facts.email),
        (PersonalKind.TRN, facts.trn),
    )
    return Vault([*(VaultEntry(kind, value) for kind, value in known if value), *others])


def canonical_name(kind: PersonalKind, name: str) -> str:
    """One spelling of a name for counting: folded words, a company's without its legal form."""
    return " ".join(_core(kind, name))


class _Known:
    """One entry with the patterns that find it."""

    def __init__(self, entry: VaultEntry, regions: Sequence[str]) -> None:
        self.entry = entry
        self.canonical = _canonical(entry, regions)
        self._pattern = re.compile("|".join(_numbered(_patterns(entry, self.canonical))))
        is_name = entry.kind in (PersonalKind.PERSON, PersonalKind.COMPANY)
        self._sounds = [sounds_of(word) for word in _core(entry.kind, entry.value)] if is_name else []

    def find(self, folded: str) -> Iterator[Found]:
        """Where it stands in its own script."""
        for match in self._pattern.finditer(folded):
            yield self._found(folded, *_named_span(match))

    def hear(self, folded: str) -> Iterator[Found]:
        """Where a name stands in the other script, or spelled as it sounds."""
        if self._sounds:
            for start, end in self._heard(folded):
                yield self._found(folded, start, end)

    def _found(self, folded: str, start: int, end: int) -> Found:
        if self.entry.kind is PersonalKind.COMPANY:
            before = _FIRM_BEFORE.search(folded, 0, start)
            behind = _FORM_BEHIND.match(folded, end)
            start = before.start() if before else start
            end = behind.end() if behind else end
            # The full stop of a sentence is not the name's; that of "L.L.C." is.
            if behind and behind.group().count(".") == 1:
                end = start + len(folded[start:end].rstrip("."))
        return Found(start, end, self.entry.kind, self.canonical)

    def _heard(self, folded: str) -> Iterator[tuple[int, int]]:
        """The name in the other script or in another spelling of it, by its consonants."""
        tokens = [
            (token.start(), token.end(), sounds_of(token.group()), token.group())
            for token in _TOKEN.finditer(folded)
            if token.group() not in ("al", "el", "ال")
        ]
        size = len(self._sounds)
        if size > 1 and sum(map(len, self._sounds)) >= _FEWEST_SOUNDS:
            for first in range(len(tokens) - size + 1):
                window = tokens[first : first + size]
                if [token[2] for token in window] == self._sounds:
                    yield window[0][0], window[-1][1]
        if self.entry.kind is PersonalKind.PERSON and len(self._sounds[0]) >= _FEWEST_SOUNDS_OF_ONE:
            for start, end, sounds, word in tokens:
                if sounds == self._sounds[0] and (word in GIVEN_NAMES or _ARABIZI.fullmatch(word)):
                    yield start, end


def _named_span(match: re.Match[str]) -> tuple[int, int]:
    return next(match.span(name) for name, value in match.groupdict().items() if value is not None)


def _numbered(patterns: Iterable[str]) -> Iterator[str]:
    """Patterns that stand side by side in one: each `name` gets a number."""
    for number, pattern in enumerate(patterns):
        yield pattern.replace("(?P<name>", f"(?P<name{number}>")


def _core(kind: PersonalKind, name: str) -> list[str]:
    """The words of a name that are the name's own."""
    if kind is PersonalKind.COMPANY:
        folded = _FORM.sub("", read_characters(name).folded)
        words = [word for word in words_of(folded) if word not in LEGAL_FORMS]
        own = [word for word in words if word not in _FIRM_WORDS]
        return own or words or words_of(name)
    words = words_of(name)
    return [word for word in words if word not in TITLES] or words


def _canonical(entry: VaultEntry, regions: Sequence[str]) -> str:
    if entry.kind is PersonalKind.PHONE:
        return canonical_phone(entry.value, regions)
    if entry.kind in (PersonalKind.PERSON, PersonalKind.COMPANY, PersonalKind.ADDRESS):
        return canonical_name(entry.kind, entry.value)
    return canonical(entry.kind, read_characters(entry.value).folded)


_GAP = r"[\W_]{0,3}"


def _patterns(entry: VaultEntry, key: str) -> Iterator[str]:
    kind = entry.kind
    if kind is PersonalKind.PHONE:
        yield _phone_pattern(key)
    elif kind is PersonalKind.EMAIL:
        signs = {"@": rf"{_GAP}(?:at|ات)?{_GAP}", ".": rf"{_GAP}(?:dot|دوت)?{_GAP}"}
        body = "".join(signs[c] if c in signs else f"{re.escape(c)}{_GAP}" for c in key[:-1])
        yield rf"(?<![^\W_])(?P<name>{body}{re.escape(key[-1])})(?![^\W_])"
    elif kind in (PersonalKind.PERSON, PersonalKind.COMPANY):
        words = _core(kind, entry.value)
        yield pattern_of(words)
        if kind is PersonalKind.PERSON and len(words) > 1:
            yield from (pattern_of([word]) for word in _names_alone(words))
        if kind is PersonalKind.COMPANY:
            yield from map(pattern_of, _without_trade(words))
    else:
        yield pattern_of(words_of(entry.value))


def _names_alone(words: Sequence[str]) -> Iterator[str]:
    """The first name and the family name, where each says enough by itself."""
    if len(words[0]) >= _SHORTEST_FIRST_NAME:
        yield words[0]
    family = words[-1]
    if len(family) >= _SHORTEST_FAMILY_NAME and not _is_ordinary(family):
        yield family


def _without_trade(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """What is left of a company's name without what it does: "Golden Sands" of "Golden Sands Trading"."""
    own = list(words)
    while own and own[-1] in TRADES:
        own.pop()
    says_enough = len(own) > 1 or (own and len(own[0]) >= _SHORTEST_FAMILY_NAME and not _is_ordinary(own[0]))
    if says_enough and len(own) < len(words):
        yield own


def _is_ordinary(word: str) -> bool:
    return is_ordinary(list(read_line(word).tokens()))


def _phone_pattern(key: str) -> str:
    """A number with or without its country, in whatever spacing."""
    digits = re.sub(r"\D", "", key)
    country = country_digits(key)
    national = digits[len(country) :]
    abroad = (
        rf"(?:(?:\+{_GAP}|0{_GAP}0{_GAP})?{_GAP.join(country)}{_GAP})?(?:\(?0\)?{_GAP})?"
        if country
        else r"\+?"
    )
    return rf"(?<!\d)(?P<name>{abroad}{_GAP.join(national)})(?!\d)"
