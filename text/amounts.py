"""What do the numbers of a customer's message mean? "under 500", "٢٠ كرسي", "120x60", "the second one".

Nothing read is better than a wrong limit, because the search shows nothing outside the limits: phones,
order numbers, dates, model codes and Arabizi digits are never amounts, and an amount in another currency
is never one in dirhams.
"""

from __future__ import annotations

import re
from decimal import Decimal

from text import contexts
from text.currencies import named_currencies
from text.figures import Figure, blank_idioms, find_figures, is_lone_one
from text.numbers import plain
from text.options import find_options
from text.ranges import read_range
from text.roles import SMALLEST_BARE_PRICE, Amount, Role, Side, is_price
from text.sizes import find_sizes

__all__ = ["Amount", "Role", "Side", "corrected", "find_amounts"]

_LIMITS = frozenset({"minimum", "maximum", "min_size", "max_size"})

_TIMES_PRICE = re.compile(r" ?[x×*@] ?(?:ال)?")
# Two of them in one word.
_PAIR = re.compile(
    r"(?<!\w)[وفبل]?(?:(?P<quantity>حبتين|قطعتين|طقمين|كرتونين|7abb?t[ae][iey]n|gi6?3t[ae][iey]n)"
    r"|(?P<seats>شخصين|نفرين|مقعدين|shakh[s9][ae][iey]n)|(?P<price>درهمين)(?P<half> ونص| ونصف)?)(?!\w)"
)
# "كنبه ثلاثيه": it seats three; of a drawing or a cupboard ("ثلاثي الابعاد") such words say something else.
_SEATER = re.compile(
    r"(?<!\w)[وبل]?(?:ال)?(?:(?P<s2>(?:ثنايي|thuna'?[iy]+)(?:ه|ah?|eh)?)|(?P<s3>(?:ثلاثي|thula+th[iy]+)(?:ه|ah?|eh)?)"
    r"|(?P<s4>(?:رباعي|ruba+3[iy]+)(?:ه|ah?|eh)?)|(?P<s5>(?:خماسي|5uma+s[iy]+|khuma+s[iy]+)(?:ه|ah?|eh)?)"
    r"|(?P<s6>(?:سداسي|suda+s[iy]+)(?:ه|ah?|eh)?))(?!\w)(?! (?:ال)?(?:ابعاد|اضلاع|طبقات|درف|ادراج|ابواب))"
)
_SEATING = re.compile(
    r"كنب|صوف|سوف|قنف|اريك|اراي?ك|جلس|مقعد|مقاعد|كرس|كراس|طاول|ميز|انتظار|استقبال|شخص|اشخاص|نفر|ثنايي"
    r"|sofa|couch|seat|bench|chair|table|k[ae]nab|kursi|karasi|6a+wl|tawl"
)
_MOST_WORDS_ALONE = 4
# "قنفه ثلاث كراسي", "sofa, thalath kursi": Gulf speech counts the seats of a sofa in chairs. Behind a comma
# only the singular does, the plural may be other goods.
_SOFA = re.compile(
    r"(?<!\w)[وبل]?(?:(?:ال)?(?:كنب|صوف[اه]|سوف[اه]|قنف|اريك)\w*|[qg]anaf\w*|k[ae]nab\w*|so+fa+(?:ya?t)?)(?!\w)"
    r"[^\n;.+\d]*$"
)
_CHAIRS_OF_A_SOFA = re.compile(r" (?:(?:كرسي|k[uoi]rsi)|(?P<plural>كراسي|karasi|karasy|kerasi))(?!\w)")
_LONGEST_SOFA = 8
# How far from such a word its noun may stand.
_REACH = 60
# Between two limits: the later one corrects the earlier.
_CORRECTION = re.compile(
    r"(?<!\w)(?:no|nope|not|sorry|wait|actually|i mean|i meant|instead|rather|make it|oops|correction"
    r"|لا|لاا|قصدي|اقصد|عفوا|سوري|السموحه|غلط|بدل|خلها|خله|خليها|مو|مب|مش"
    r"|la|laa|qa[s9]di|8a9di|ga9di|sory|5alha|5aleeha|mu|mub|mo)(?!\w)"
)
# "for 6 or 8 people"
_OR = re.compile(r" ?(?:or|aw|او|ولا|wal+a|/)(?: (?:for|7ag|hag|حق))? ?ل?")
_OF_OPTION = re.compile(r" (?:of|from|m[ei]?n|من|مال|حق)(?: the)? ")
_LARGEST_PARTY = 40
# Up to here a limit word before the name of a thing is about how many: "at least 60 chairs".
_LARGEST_COUNT_IN_A_LIMIT = 100


class _Reading:
    """One pass over the figures of a text; each figure gets at most one role."""

    def __init__(self, folded: str) -> None:
        self._text = blank_idioms(folded)
        self._figures = find_figures(self._text)
        self._found: list[Amount] = []
        self._used: set[int] = set()
        # The figures that are positions in a list, and whether a plural announced several.
        self._pointed: dict[int, bool] = {}

    def amounts(self) -> list[Amount]:
        """The amounts in the order of the text."""
        self._read_options()
        self._read_sizes()
        for match in _PAIR.finditer(self._text):
            role: Role = "quantity" if match["quantity"] else "seats" if match["seats"] else "price"
            value = Decimal("2.5") if match["half"] else Decimal(2)
            currency = "AED" if role == "price" else None
            self._found.append(Amount(role, (value,), currency, match.start(), match.end()))
        for start, end in contexts.lone_pieces(self._text):
            self._found.append(Amount("quantity", (Decimal(1),), None, start, end))
        self._read_seaters()
        for index in range(len(self._figures)):
            if index not in self._used and not self._read_range(index):
                self._used.add(index)
                self._read_single(index)
        self._read_currencies()
        return sorted(self._found, key=lambda amount: (amount.start, amount.end))

    def _read_seaters(self) -> None:
        for match in _SEATER.finditer(self._text):
            begin = self._text.rfind("\n", 0, match.start()) + 1
            end = self._text.find("\n", match.end())
            end = end if end >= 0 else len(self._text)
            near = self._text[max(begin, match.start() - _REACH) : min(end, match.end() + _REACH)]
            if _SEATING.search(near) or len(near.split()) <= _MOST_WORDS_ALONE:
                seats = Decimal(next(name for name, group in match.groupdict().items() if group)[1:])
                self._found.append(Amount("seats", (seats,), None, match.start(), match.end()))

    def _read_currencies(self) -> None:
        for named in named_currencies(self._text):
            if not any(figure.start < named.end and named.start < figure.end for figure in self._figures):
                self._found.append(Amount("currency", (), named.code, named.start, named.end))

    def _read_options(self) -> None:
        for option in find_options(self._text):
            self._found.append(Amount("option", (Decimal(option.position),), None, option.start, option.end))
            self._used.update(
                index
                for index, figure in enumerate(self._figures)
                if figure.number.start < option.end and option.start < figure.number.end
            )

    def _read_sizes(self) -> None:
        sizes, used, counts = find_sizes(self._text, self._figures)
        for size in sizes:
            values = tuple(map(plain, size.centimetres))
            self._found.append(Amount(size.role, values, None, size.start, size.end, size.side))
        self._used |= used
        for index in counts:
            self._add("quantity", self._figures[index])

    def _read_range(self, index: int) -> bool:
        if index + 1 >= len(self._figures) or index + 1 in self._used:
            return False
        amounts = read_range(self._text, self._figures[index], self._figures[index + 1])
        if amounts is None:
            return False
        self._found.extend(amounts)
        self._used |= {index, index + 1}
        return True

    def _add(self, role: Role, figure: Figure, start: int | None = None, end: int | None = None) -> None:
        first = figure.start if start is None else start
        last = figure.end if end is None else end
        self._found.append(Amount(role, (figure.value,), figure.currency, first, last))

    def _read_single(self, index: int) -> None:
        figure = self._figures[index]
        if not is_price(figure.value) or contexts.is_no_amount(figure):
            return
        seats = self._seats_of_a_sofa(figure)
        if seats:
            self._add("seats", figure, end=seats)
        elif figure.currency:
            said = contexts.limit(figure, self._text)
            self._add(*((said[0], figure, *said[1:]) if said else ("price", figure)))
        elif figure.unit == "percent":
            self._add("percent", figure)
        elif figure.unit in ("people", "pieces"):
            if contexts.is_whole(figure):
                self._add("seats" if figure.unit == "people" else "quantity", figure)
        elif not figure.unit and not contexts.names_something(figure):
            self._read_bare(index)

    def _seats_of_a_sofa(self, figure: Figure) -> int:
        """Where "three chairs" ends that says how many a sofa before it seats; 0 when nothing is said so."""
        chairs = _CHAIRS_OF_A_SOFA.match(figure.after)
        if not chairs or figure.unit or figure.number.prefix or not 1 < figure.value <= _LONGEST_SOFA:
            return 0
        sofa = _SOFA.search(self._text, max(0, figure.start - _REACH), figure.start)
        if not sofa or (chairs["plural"] and "," in sofa.group()):
            return 0
        is_added = re.search(r"(?:(?<!\w)(?:w|wa|and|ma3|with|مع|و)|&) ?$", sofa.group())
        return 0 if is_added else figure.number.end + chairs.end()

    def _read_bare(self, index: int) -> None:
        """Read a figure without currency and unit: first what says most surely what it is."""
        figure = self._figures[index]
        option = contexts.option_start(figure)
        if option is None and self._is_listed_option(index):
            option = figure.start
        answer = contexts.answer_role(figure, self._text)
        back = contexts.return_start(figure)
        if contexts.has_count_word(figure) or back is not None:
            self._add("quantity", figure, back)
        elif option is not None:
            if option >= 0:
                self._add("option", figure, option)
                self._pointed[index] = contexts.names_options(figure) or (
                    self._pointed.get(index - 1, False) and option == figure.start
                )
        elif is_lone_one(figure):
            if self._is_of_an_option(figure) or not contexts.is_pronoun(figure):
                self._add("quantity", figure)
            elif answer:
                self._add(answer, figure)
        elif answer == "quantity" or self._is_factor(index):
            self._add("quantity", figure)
        else:
            self._read_plain(figure)

    def _is_of_an_option(self, figure: Figure) -> bool:
        """Whether it counts pieces of something on the list: "wa7da mn el thanya", "وحده من الاولي"."""
        return any(
            amount.role == "option" and _OF_OPTION.fullmatch(self._text, figure.end, amount.start)
            for amount in self._found
        )

    def _read_plain(self, figure: Figure) -> None:
        counts = contexts.counts_noun(figure)
        said = contexts.limit(figure, self._text)
        is_whole = contexts.is_whole(figure)
        stock_end = contexts.stock_end(figure, self._text)
        if stock_end:
            self._add("quantity", figure, said[1] if said else None, stock_end)
        elif (
            said
            and said[0] == "minimum"
            and figure.value < SMALLEST_BARE_PRICE
            and contexts.is_wanted(figure)
        ):
            self._add("quantity", figure, *said[1:])  # "I need at least 10"
        elif said and not (counts and (said[0] != "maximum" or figure.value <= _LARGEST_COUNT_IN_A_LIMIT)):
            self._add(said[0], figure, *said[1:])
        elif contexts.is_price_by_tail(figure):
            self._add("price", figure)
        elif is_whole and contexts.is_compared(figure, self._text):
            self._add("option", figure)
        elif is_whole and (counts or contexts.counts_part(figure)):
            self._add("quantity", figure)
        elif contexts.is_price_by_cue(figure):
            self._add("price", figure)
        elif figure.number.prefix == "ال" and not figure.number.in_digits:
            pass  # "الاثنين" is Monday, or both of them
        elif is_whole and contexts.is_wanted(figure):
            self._add("quantity", figure)
        elif is_whole and contexts.is_party(figure):
            self._add("seats", figure)
        else:
            self._add("number", figure)

    def _is_listed_option(self, index: int) -> bool:
        """Whether the figure goes on a list of positions: the 3 and the 7 of "lines 1, 3 and 7"."""
        if index - 1 not in self._pointed:
            return False
        before, figure = self._figures[index - 1 : index + 1]
        gap = self._text[before.end : figure.start] + figure.number.prefix
        return contexts.goes_on(gap, figure, is_plural=self._pointed[index - 1])

    def _is_factor(self, index: int) -> bool:
        """Whether the figure multiplies a price: "10 x 450 AED", "10 × 450 = 4500"."""
        if index + 1 == len(self._figures) or not contexts.is_whole(self._figures[index]):
            return False
        following = self._figures[index + 1]
        is_money = following.currency is not None or contexts.EQUALS.match(following.after) is not None
        return is_money and bool(
            _TIMES_PRICE.fullmatch(self._text[self._figures[index].end : following.start])
        )


def find_amounts(folded: str) -> list[Amount]:
    """Find the amounts in `folded`, a text that went through `text.fold.fold`, in its order.

    Limits are meant inclusively: who says "under 500" has 500. The two ends of a range are a minimum and
    a maximum. A limit that the customer takes back ("under 300, no wait, under 500") is left out; limits
    of different products in one message all come back.
    """
    found = _with_choices(folded, _Reading(folded).amounts())
    kept: list[Amount] = []
    later: dict[tuple[Role, Side | None], Amount] = {}
    for amount in reversed(found):
        if amount.role in _LIMITS:
            replacement = later.get((amount.role, amount.side))
            later[amount.role, amount.side] = amount
            if replacement and _CORRECTION.search(folded[amount.end : replacement.start]):
                continue
        kept.append(amount)
    return kept[::-1]


def _with_choices(folded: str, amounts: list[Amount]) -> list[Amount]:
    """`amounts` with "6 or 8 people" as one of them: who would take either needs six seats at least."""
    found: list[Amount] = []
    for amount in amounts:
        previous = found[-1] if found else None
        if (
            previous is not None
            and "seats" in (previous.role, amount.role)
            and _may_be_seats(folded, previous)
            and _may_be_seats(folded, amount)
            and _OR.fullmatch(folded, previous.end, amount.start)
        ):
            fewest = min(previous.values[0], amount.values[0])
            found[-1] = Amount("seats", (fewest,), None, previous.start, amount.end)
        else:
            found.append(amount)
    return found


def _may_be_seats(folded: str, amount: Amount) -> bool:
    is_bare = amount.role == "number" or (
        amount.role == "quantity" and folded[amount.start : amount.end].isdigit()
    )
    return amount.role == "seats" or (is_bare and amount.values[0] <= _LARGEST_PARTY)


def corrected(amounts: list[Amount]) -> list[Amount]:
    """`amounts` of a message about one product: a later limit of the same role replaces an earlier one."""
    last = {(amount.role, amount.side): amount for amount in amounts if amount.role in _LIMITS}
    return [amount for amount in amounts if last.get((amount.role, amount.side), amount) is amount]
