"""Which numbers stand in a text? "1,250.50", "2.5k", "five hundred", "ألفين ونص", "5amsmiya".

Reads what went through `text.fold.fold`. Phones, dates, times, web addresses, model codes and Arabizi
words with digits in them (7abibi) hold no numbers; everything else that counts or measures does.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from text.lexemes import ARABIC_PREFIXES, lexemes

# "احد عشر" is eleven; alone they are "someone" and Sunday.
_ONLY_IN_ELEVEN = frozenset(["احد", "احدي"])
_JOINING_WORDS = frozenset(["and", "و", "w", "wa", "&"])
# Scales that only mean something behind a number.
_BEHIND_A_NUMBER = frozenset(["k", "grand", "thousands", "millions", "الاف", "ملايين", "تلاف", "تالاف"])
_THOUSAND = Decimal(1000)


@dataclass(frozen=True)
class Number:
    """One number and where it stands; Arabic letters written onto it ("ب", "و", "ل", "ال") are `prefix`."""

    value: Decimal
    start: int
    end: int
    # What was said last of hundred, thousand and million: 1000 for "2k", 100 for "7 hundred", 1 for "2000".
    scale: int
    in_digits: bool
    prefix: str


def plain(value: Decimal) -> Decimal:
    """The same value as people write it: 2500 for 2500.0."""
    return value.to_integral_value() if value % 1 == 0 else value


class _Reader:
    """Joins lexemes to numbers; what reads takes an index and returns the value and the index behind it."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        self._lexemes = lexemes(folded)

    def numbers(self) -> list[Number]:
        found: list[Number] = []
        index = 0
        while index < len(self._lexemes):
            read = self._number(index)
            if read is None:
                index += 1
                continue
            value, scale, after = read
            first, last = self._lexemes[index], self._lexemes[after - 1]
            prefix = first.prefix
            if first.kind == "literal" and index:
                before = self._lexemes[index - 1]
                if before.end == first.start and before.text in ARABIC_PREFIXES:
                    prefix = before.text
            if scale == 1 and after - index > 1 and self._kind(after - 1) == "hundred":
                scale = 100
            literal = any(lexeme.kind == "literal" for lexeme in self._lexemes[index:after])
            found.append(Number(plain(value), first.start, last.end, scale, literal, prefix))
            index = after
        return found

    def _kind(self, index: int) -> str:
        """What stands at `index`: "literal", the kind of its number word, or "" for anything else."""
        if index >= len(self._lexemes):
            return ""
        lexeme = self._lexemes[index]
        if lexeme.kind == "literal":
            return "literal"
        return lexeme.word.kind if lexeme.word else ""

    def _value(self, index: int) -> Decimal:
        lexeme = self._lexemes[index]
        return lexeme.word.value if lexeme.word else lexeme.value

    def _is_english(self, index: int) -> bool:
        word = self._lexemes[index].word
        return word is not None and word.is_english

    def _follows(self, index: int, prefixes: tuple[str, ...] = ("",)) -> bool:
        """Whether nothing but a blank or a hyphen stands between the lexeme at `index` and the one before."""
        if not 0 < index < len(self._lexemes):
            return False
        here, before = self._lexemes[index], self._lexemes[index - 1]
        gap = self._folded[before.end : here.start - len(here.prefix)]
        return here.prefix in prefixes and (gap in ("", " ") or (gap == "-" and self._is_english(index)))

    def _joined(self, index: int) -> int | None:
        """The index of what an "and" at `index` joins on, or None when there is no "and"."""
        if self._follows(index, ("و",)):
            return index
        if self._follows(index) and self._lexemes[index].text in _JOINING_WORDS and self._follows(index + 1):
            return index + 1
        return None

    def _number(self, index: int) -> tuple[Decimal, int, int] | None:
        """A whole number phrase: its value, the scale said last, the index after it."""
        read = self._scaled(index)
        if read is None:
            return None
        value, scale, after = read
        unit = scale
        while unit > 1:
            rest = self._rest(after, unit)
            if rest is None:
                break
            more, unit, after = rest
            value += more
        if self._follows(after) and self._lexemes[after].text == "الا" and self._follows(after + 1):
            less = self._fraction_of(after + 1, scale) or self._scaled(after + 1)
            if less is not None and less[0] < value:
                return value - less[0], scale, less[-1]
        return value, scale, after

    def _rest(self, index: int, unit: int) -> tuple[Decimal, int, int] | None:
        """What follows a scale: "thousand [two hundred]", "الف [وخمسميه]", "الفين [ونص]"."""
        joined = self._joined(index)
        at = index if joined is None else joined
        if joined is None and not self._follows(at):
            return None
        is_bare_literal = self._kind(at) == "literal" and joined is None
        if is_bare_literal and not self._lexemes[index - 1].text.startswith("thousand"):
            return None
        read = self._scaled(at)
        if read is not None and read[0] < unit and (read[1] < unit or self._kind(at) == "fraction"):
            return read
        return self._fraction_of(at, unit) if joined is not None else None

    def _fraction_of(self, index: int, unit: int) -> tuple[Decimal, int, int] | None:
        """A half or a quarter of `unit`, "a half" and "half a" included."""
        if self._kind(index) != "fraction" and self._text(index) in ("a", "an"):
            index += 1
        if self._kind(index) != "fraction":
            return None
        return self._value(index) * unit, 1, index + 1

    def _text(self, index: int) -> str:
        return self._lexemes[index].text if index < len(self._lexemes) else ""

    def _scaled(self, index: int) -> tuple[Decimal, int, int] | None:
        """A group with its scale: "five hundred", "2.5k", "ثلاث الاف", "نص الف", "الفين", "two dozen"."""
        kind = self._kind(index)
        if kind == "scaled":
            value = self._value(index)
            return value, 1_000_000 if value >= 1_000_000 else 1000, index + 1
        if kind == "scale" and not self._is_letter_scale(index):
            return self._value(index), int(self._value(index)), index + 1
        if kind == "dozen":
            return Decimal(12), 1, index + 1
        if kind == "fraction":
            return self._fraction_scaled(index)
        group = self._group(index)
        if group is None:
            return None
        value, after = group
        joined = self._joined(after)
        if joined is not None:
            part = self._fraction_of(joined, 1)
            if part is not None and self._kind(part[2]) == "scale" and self._follows(part[2]):
                value, after = value + part[0], part[2]
        if self._text(after) == "of" and self._kind(after + 1) in ("scale", "hundred"):
            after += 1  # "a couple of thousand"
        if self._follows(after) and self._kind(after) == "scale" and self._may_scale(after, value):
            scale = int(self._value(after))
            return value * scale, scale, after + 1
        if self._follows(after) and self._kind(after) == "dozen":
            return value * 12, 1, after + 1
        if joined is not None:
            # "ميه ونص" is 150, "five and a half" 5.5.
            unit = 100 if self._kind(after - 1) in ("hundred", "hundreds") else 1
            part = self._fraction_of(joined, unit)
            if part is not None and after <= joined:
                return value + part[0], 1, part[2]
        return value, 1, after

    def _is_letter_scale(self, index: int) -> bool:
        """Whether the scale at `index` only means something behind digits: "k", "grand", "الاف"."""
        return self._text(index) in _BEHIND_A_NUMBER

    def _may_scale(self, index: int, value: Decimal) -> bool:
        """ "3000k" is a colour of light, and "2 million" or "500 thousand" is still a count."""
        return not (self._text(index) in ("k", "grand") and value >= _THOUSAND)

    def _fraction_scaled(self, index: int) -> tuple[Decimal, int, int] | None:
        """ "نص الف", "half a million", "half thousand", "half a dozen"; a half of nothing is no number."""
        after = index + 1
        if self._text(after) in ("a", "an"):
            after += 1
        if (
            self._kind(after) not in ("scale", "dozen")
            or self._is_letter_scale(after)
            or not self._follows(after)
        ):
            return None
        return self._value(index) * self._value(after), 1, after + 1

    def _group(self, index: int) -> tuple[Decimal, int] | None:
        """A number below a thousand in words, or a literal, with its hundreds."""
        kind = self._kind(index)
        if kind == "hundreds":
            value, after = self._value(index), index + 1
        elif kind == "hundred":
            value, after = Decimal(100), index + 1
        else:
            small = self._small(index)
            if small is None:
                return None
            value, after = small
            if self._text(after) == "of" and self._kind(after + 1) == "hundred":
                after += 1
            if not (self._kind(after) == "hundred" and self._follows(after) and value < 100):
                return value, after
            value, after = value * 100, after + 1
        joined = self._joined(after)
        tail = after if joined is None else joined
        if joined is None and (not self._follows(tail) or self._kind(tail) == "literal"):
            return value, after
        rest = self._small(tail)
        if rest is None or rest[0] >= 100:
            return value, after
        below, end = rest
        # "five hundred and six hundred" and "خمسميه وثلاث الاف" are two numbers, "ميه وعشرين الف" is one.
        next_kind = self._kind(end) if self._follows(end) else ""
        if next_kind == "hundred" or (next_kind in ("scale", "dozen") and joined is not None and below <= 10):
            return value, after
        return value + below, end

    def _small(self, index: int) -> tuple[Decimal, int] | None:
        """A literal, or a number below one hundred in words."""
        kind = self._kind(index)
        if kind == "literal":
            return self._value(index), index + 1
        if kind not in ("unit", "ten"):
            return None
        value, after = self._value(index), index + 1
        if kind == "ten":
            if self._is_english(index) and self._kind(after) == "unit" and self._follows(after):
                unit = self._value(after)
                if 1 <= unit <= 9:
                    return value + unit, after + 1
            return value, after
        if self._is_english(index):
            return self._english_hundreds(value, after) if 1 <= value <= 9 else (value, after)
        if self._text(after) in ("عشر", "عشره") and self._follows(after) and value < 10:
            return value + 10, after + 1
        if self._text(index) in _ONLY_IN_ELEVEN:
            return None
        joined = self._joined(after)
        if joined is not None and self._kind(joined) == "ten" and 1 <= value <= 9:
            return value + self._value(joined), joined + 1
        return value, after

    def _english_hundreds(self, value: Decimal, index: int) -> tuple[Decimal, int]:
        """ "two fifty" and "nine ninety nine" are hundreds in a shop; a lone unit stays what it is."""
        if not (self._kind(index) == "ten" and self._follows(index)):
            return value, index
        rest = self._small(index)
        assert rest is not None
        return value * 100 + rest[0], rest[1]


def find_numbers(folded: str) -> list[Number]:
    """Find the numbers of `folded`, a text that went through `text.fold.fold`, in its order."""
    return _Reader(folded).numbers()
