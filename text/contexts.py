"""What do the words around a figure say of it? A limit, a price, a count, a name, a position in a list."""

from __future__ import annotations

import re

from text import amount_words as words
from text import bound_words as bounds
from text import unit_words as units
from text.figures import Figure
from text.roles import SMALLEST_BARE_PRICE, Role

_LARGEST_QUANTITY = 100_000
_LARGEST_OPTION = 30
_LARGEST_COMPARED = 10
_LATEST_HOUR = 24
# "available from 500" is about money, "in stock at least 20" about pieces.
_LARGEST_STOCK = 100
# "price of chair 2" is about the second chair.
_SMALLEST_NAMED_PRICE = 10
# "for 10" is a table for ten people, "for 500" a price.
_LARGEST_PARTY = 40


def _cue(names: str, between: str = words.BETWEEN) -> re.Pattern[str]:
    """A cue that ends where the number begins; Arabic "و", "ف", "ب" may be written onto it."""
    return re.compile(rf"(?<![\w'])[وفب]?(?:{names}){between}$")


def _tail(names: str) -> re.Pattern[str]:
    """A cue right behind the number."""
    return re.compile(rf"[ ,]*(?:{names})(?!\w)")


_MAXIMUM, _MINIMUM, _ABOUT = _cue(words.MAXIMUM_CUES), _cue(words.MINIMUM_CUES), _cue(words.ABOUT_CUES)
_LIMIT_TAILS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("maximum", _tail(words.MAXIMUM_TAILS)),
    ("minimum", _tail(words.MINIMUM_TAILS)),
)
_ABOUT_TAIL = _tail(words.ABOUT_TAILS)
_ANY_LIMIT = "|".join((words.MAXIMUM_CUES, words.MINIMUM_CUES, words.ABOUT_CUES))
# "from 500" and "من 500" also begin dates, places and counts, so they need the currency.
_FROM = re.compile(r"(?<!\w)[وف]?(?:from|من|starting) ?$")
_PRICE, _PRICE_TAIL = _cue(words.PRICE_CUES), _tail(words.PRICE_TAILS)
_PRICE_NOUN = re.compile(rf"(?<!\w)(?:{words.PRICE_NOUNS})(?: \S+){{0,3}}(?<! for)(?<! of)(?<! حق)[ :]*$")
_STATING = re.compile(rf"(?<!\w)(?:{words.STATING})(?: (?:only|just|now|about|around))? $")
_EQUALS_BEFORE, EQUALS = re.compile(r"= ?$"), re.compile(r" ?=")
_COUNT = re.compile(rf"(?<!\w)(?:{words.COUNT_WORDS})(?: (?:is|of|هو))?[ :=]*(?:(?:{_ANY_LIMIT}) ?)?$")
_WANT = re.compile(rf"(?<!\w)[وفبن]?(?:{words.WANTS}){words.WANT_LINKS}$")
_CHANGE = re.compile(rf"(?<!\w)(?:{words.CHANGES}) ?$")
_INSTEAD, _TAKEN_BACK = _tail(words.INSTEAD_TAILS), _cue(words.TAKEN_BACK_CUES, "(?: ال)? ?")
_SEATS = re.compile(
    rf"(?<!\w)(?:{words.SEAT_CUES})(?: (?:about|around|up to|at least|حوالي|لين|علي الاقل))?[ :]*$"
)
_CODE = re.compile(rf"(?<!\w)[وبل]?(?:{words.CODE_CUES}){words.CODE_LINKS}$")
# "رقم عرض السعر ١١٨٠"
_NUMBERED = re.compile(r"(?<!\w)(?:ال)?رقم (?:ال)?[^\W\d]+(?: ال[^\W\d]+)?(?: هو| هي)?[ :]*$")
_ORDER = re.compile(r"(?<!\w)(?:order|orders|request|quote|booking|طلبي?ه?|الطلب)[ :]*$")
_TIME = re.compile(rf"(?<!\w)(?:{words.TIME_CUES}) $")
_YEAR, _YEAR_TAIL = re.compile(rf"(?<!\w)(?:{words.YEAR_CUES}) ?$"), _tail(words.YEAR_TAILS)
_OPTION = re.compile(rf"(?<!\w)[وبل]?(?:ال)?(?:{words.OPTION_CUES})[ :#.]*$")
_OPTIONS = re.compile(rf"(?<!\w)[وبل]?(?:{bounds.OPTIONS_CUES})[ :#.]*$")
_LISTED_OPTION = re.compile(r" ?(?:(?P<and>and|&|w|wa|plus|و)|,) ?(?:(?P<and2>and|&|w|wa|و) ?)?#?")
_STOCK_TAIL = _tail(bounds.STOCK_TAILS)
_STOCK = re.compile(
    rf"(?<!\w)[وفب]?(?:{bounds.STOCK_CUES})(?: (?:منه|منها|منهم|of it|of them))?"
    rf"[ :,]*(?:{words.MINIMUM_CUES})?{words.BETWEEN}$"
)
_AT_LEAST = re.compile(rf"(?:{words.MINIMUM_TAILS}|{words.MINIMUM_CUES})(?!\w)")
_COMPARING = re.compile(rf"(?<!\w)(?:{words.COMPARING})(?!\w)")
# "دولاب بو اربع درف": it has four, nobody wants four.
_ATTRIBUTE = re.compile(r"(?<!\w)(?:ا?بو|ام|a?bu|abo) $")
_ORDINAL_ENDING = re.compile(r"(?:st|nd|rd|th)(?!\w)")
_RETURN = re.compile(rf"(?<!\w)(?:{words.RETURNS}) ?$")
_ONLY = re.compile(rf"(?<!\w)(?:{words.ONLY})(?!\w)")
_AROUND = rf"(?:(?:{words.ONLY}|{words.AROUND_AN_ANSWER})(?!\w)[ ,.!]*)*"
_WHOLE_ANSWER = re.compile(rf"{_AROUND}[ ,.!]*")
_ONE_PIECE = re.compile(
    rf"^{_AROUND}(?P<piece>(?:a|a single|single) (?:piece|unit)|حبه|قطعه|7ab+a[ht]?|gi?[6t]3?a[ht]?)(?!\w)"
    rf"[ ,.!]*{_AROUND}$",
    re.MULTILINE,
)
# Longer lines say something else.
_LONGEST_ANSWER = 40
_PIECE_BEFORE = re.compile(rf"(?<!\w)(?:{units.PIECES}) $")
# "10 x number one"
_TIMES_THING = re.compile(r" ?[x×] (?=[^\W\d])")
_OF = re.compile(
    r" of (?!\d)| from (?:the|them|these|those)(?!\w)| من (?:ال|هذ|هاذ|هاي|هال|نفس|كل|[a-z])"
    r"| من(?:هم|ها|ه)(?!\w)| m[ei]?n (?:el|al|il|hatha|hay|awal|thani)(?!\w)| m[ei]n ?h[ou]m(?!\w)"
)
# "ابي واحد يشرح لي": somebody, not one of something.
_SOMEBODY = re.compile(r" (?:ي\w+|من(?:كم|هم)?|minkum|minkom|y\w+)(?!\w)")
_WORD = re.compile(r" ?([^\W\d_][^\W\d_']+)(?:-\w+)?")
# "٢٠ للمكتب", "٥٠٠ وفوق": words with these letters written onto them are seldom what is counted.
_NOT_NOUN_START = re.compile(r"لل|بال|فال|عال|و(?!رق|سا|حد|صل)")


def limit(figure: Figure, text: str) -> tuple[Role, int, int] | None:
    """The limit or "about" said of `figure`, with the span of the phrase in `text`; None when none is."""
    maximum, minimum = _MAXIMUM.search(figure.before), _MINIMUM.search(figure.before)
    # The earlier start wins, because a negated cue holds the opposite plain one ("not over 500").
    if maximum and not (minimum and minimum.start() < maximum.start()):
        return "maximum", _phrase_start(figure, maximum), figure.end
    if minimum:
        return "minimum", _phrase_start(figure, minimum), figure.end
    for role, pattern in _LIMIT_TAILS:
        end = _tail_end(pattern, figure, text)
        if end:
            return role, figure.start, end
    first = _FROM.search(figure.before)
    if first and figure.currency:
        return "minimum", _phrase_start(figure, first), figure.end
    about = _ABOUT.search(figure.before)
    if about:
        return "about", _phrase_start(figure, about), figure.end
    end = _tail_end(_ABOUT_TAIL, figure, text)
    return ("about", figure.start, end) if end else None


def _phrase_start(figure: Figure, cue: re.Match[str]) -> int:
    return figure.start - (len(figure.before) - cue.start())


def _tail_end(pattern: re.Pattern[str], figure: Figure, text: str) -> int:
    """Where a cue behind the figure ends, 0 without one; "500 and under 700": it belongs to the 700."""
    found = pattern.match(figure.after)
    if not found:
        return 0
    end = figure.end + found.end()
    return 0 if text[end : end + 2].strip()[:1].isdigit() else end


def is_whole(figure: Figure) -> bool:
    """Whether the figure can count pieces or people."""
    return figure.value % 1 == 0 and figure.value <= _LARGEST_QUANTITY


def is_no_amount(figure: Figure) -> bool:
    """Whether the figure is taken back ("not 12"), or part of a name or of a thing ("5th", "بو اربع درف")."""
    if _TAKEN_BACK.search(figure.before):
        return True
    return not figure.currency and bool(
        _ATTRIBUTE.search(figure.before) or _ORDINAL_ENDING.match(figure.after)
    )


def names_something(figure: Figure) -> bool:
    """Whether the number names (an order, a floor, a year, an hour) instead of counting or paying."""
    if _NUMBERED.search(figure.before):
        return True
    if _CODE.search(figure.before) and not _is_priced_name(figure):
        return True
    if figure.value <= _LATEST_HOUR and _TIME.search(figure.before) and not counts_noun(figure):
        return True
    is_year = figure.number.scale == 1 and figure.number.in_digits and 1990 <= figure.value <= 2100
    return is_year and bool(_YEAR.search(figure.before) or _YEAR_TAIL.match(figure.after))


def _is_priced_name(figure: Figure) -> bool:
    """Whether price words outweigh a name before the figure: "rate per unit 1,150/-", "order: 4 sofas"."""
    if _ORDER.search(figure.before) and counts_noun(figure):
        return True
    return _has_slash_dash(figure) or bool(_PRICE.search(figure.before) or _PRICE_NOUN.search(figure.before))


def _has_slash_dash(figure: Figure) -> bool:
    return figure.after.startswith(("/-", "/="))


def follows_code_word(figure: Figure) -> bool:
    """Whether the word before the figure makes it a name or a position: "floor 2", "option 2"."""
    return bool(_CODE.search(figure.before) or _OPTION.search(figure.before))


def option_start(figure: Figure) -> int | None:
    """Where "number 2" begins; -1 when it is too large for a list, None when no such word is there."""
    found = _OPTION.search(figure.before) or _OPTIONS.search(figure.before)
    if not found:
        return None
    return _phrase_start(figure, found) if figure.value <= _LARGEST_OPTION else -1


def goes_on(gap: str, figure: Figure, *, is_plural: bool) -> bool:
    """Whether a figure behind `gap` is a further position: "lines 1, 3 and 7", "رقم ١ و ٥".

    Behind a singular a comma alone parts: "number 2, 10" may be ten of the second.
    """
    link = _LISTED_OPTION.fullmatch(gap)
    if link is None or not (is_plural or link["and"] or link["and2"]):
        return False
    return figure.number.in_digits and 0 < figure.value <= _LARGEST_OPTION and not counts_noun(figure)


def names_options(figure: Figure) -> bool:
    """Whether a plural before the figure says that more than one position follows."""
    return bool(_OPTIONS.search(figure.before))


def stock_end(figure: Figure, text: str) -> int:
    """Where "at least 10 in stock" ends that says how many there have to be; 0 when nothing says so.

    Without a limit the number may be any ("desk 160 in stock"), and large ones without "at least" are money.
    """
    said = limit(figure, text)
    # "10 in stock", "10 at least in stock"
    tail = _STOCK_TAIL.match(figure.after, said[2] - figure.end if said else 0)
    if not is_whole(figure) or (said and said[0] != "minimum") or not (tail or _STOCK.search(figure.before)):
        return 0
    rest = tail.end() if tail else 0
    behind = _AT_LEAST.match(figure.after[rest:].lstrip(" ,"))
    if not (said or behind) or (figure.value > _LARGEST_STOCK and not (tail or behind)):
        return 0
    if behind:
        return figure.end + len(figure.after) - len(figure.after[rest:].lstrip(" ,")) + behind.end()
    return max(figure.end + rest, said[2] if said else 0)


def is_compared(figure: Figure, text: str) -> bool:
    """Whether the figure is a position in "compare 1 and 3"."""
    if not figure.number.in_digits or figure.value > _LARGEST_COMPARED or counts_noun(figure):
        return False
    start = max(text.rfind("\n", 0, figure.start) + 1, figure.start - 60)
    return bool(_COMPARING.search(text[start : figure.start]))


def _noun(figure: Figure) -> str:
    """The word that may name what the figure counts, behind adjectives; empty when there is none."""
    at = 0
    while word := _WORD.match(figure.after, at):
        if word.group(1) not in words.ADJECTIVES:
            return word.group(1)
        at = word.end()
    return ""


def counts_noun(figure: Figure) -> bool:
    """Whether the number stands before the name of a thing: "20 chairs", "عشر كراسي"."""
    if not is_whole(figure):
        return False
    word = _noun(figure)
    return bool(word) and word not in words.NO_NOUN and not _NOT_NOUN_START.match(word)


def counts_part(figure: Figure) -> bool:
    """Whether the number counts some of what was shown: "20 of the second", "10 x number one"."""
    return bool(_OF.match(figure.after) or _TIMES_THING.match(figure.after))


def is_pronoun(figure: Figure) -> bool:
    """Whether a lone "one" counts nothing: "the black one", "one question", "ابي واحد يشرح لي"."""
    if _PIECE_BEFORE.search(figure.before):
        return False  # "حبه وحده"
    return not is_wanted(figure) or bool(_SOMEBODY.match(figure.after)) or _noun(figure) in words.NO_ONE_NOUN


def has_count_word(figure: Figure) -> bool:
    """Whether words before the figure make it a count whatever follows: "qty 20", "change it to 30"."""
    if not is_whole(figure) or EQUALS.match(figure.after):
        return False
    # "خلها لين ثلاث الاف" is about money: who changes a number of pieces hardly does so in thousands.
    is_changed = figure.number.scale < 1000 and _CHANGE.search(figure.before)
    return bool(_COUNT.search(figure.before) or is_changed)


def return_start(figure: Figure) -> int | None:
    """Where "back to 3" begins, which names a number of pieces once more; None when nothing goes back."""
    found = _RETURN.search(figure.before)
    return _phrase_start(figure, found) if found and is_whole(figure) else None


def answer_role(figure: Figure, text: str) -> Role | None:
    """What a number is that is all its line says: a count in "just one", "1 only", and a number in "one".

    None when the line says more.
    """
    begin = text.rfind("\n", 0, figure.start) + 1
    end = text.find("\n", figure.end)
    around = text[begin : figure.start], text[figure.end : end if end >= 0 else len(text)]
    is_short = sum(map(len, around)) <= _LONGEST_ANSWER
    if not (is_short and all(_WHOLE_ANSWER.fullmatch(words.strip()) for words in around)):
        return None
    is_only = any(map(_ONLY.search, around)) and figure.value < SMALLEST_BARE_PRICE
    return "quantity" if is_only and is_whole(figure) else "number"


def lone_pieces(text: str) -> list[tuple[int, int]]:
    """The stretches that say one piece without a number, in lines that say nothing else: "حبه بس"."""
    return [match.span("piece") for match in _ONE_PIECE.finditer(text)]


def is_wanted(figure: Figure) -> bool:
    """Whether somebody wants that many: "I need 20", "ابي عشرين", "20 instead"."""
    return bool(_WANT.search(figure.before) or _INSTEAD.match(figure.after))


def is_party(figure: Figure) -> bool:
    """Whether so many people have to find a place: "a table for 8", "يكفي ٨"."""
    return figure.value <= _LARGEST_PARTY and bool(_SEATS.search(figure.before))


def is_price_by_tail(figure: Figure) -> bool:
    """Whether words behind the number make it money: "450 each", "٣٥٠ وخذه"."""
    return figure.value >= SMALLEST_BARE_PRICE and bool(_PRICE_TAIL.match(figure.after))


def is_price_by_cue(figure: Figure) -> bool:
    """Whether words or letters before the number make it money: "it costs 450", "بخمسمية", "1,250/-"."""
    if _has_slash_dash(figure) or figure.number.prefix in ("ب", "وب"):
        return True
    if figure.value >= _SMALLEST_NAMED_PRICE and _PRICE_NOUN.search(figure.before):
        return True
    if figure.value >= SMALLEST_BARE_PRICE and _STATING.search(figure.before):
        return True
    return bool(
        _PRICE.search(figure.before) or _EQUALS_BEFORE.search(figure.before) or EQUALS.match(figure.after)
    )


def has_price_word(figure: Figure) -> bool:
    """Whether a price word stands directly before the figure."""
    return bool(_PRICE.search(figure.before))
