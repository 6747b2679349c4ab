"""What does a message say of the customer? Company, contact name, e-mail, city, TRN and quantity (pure).

Everything a message says is read, whatever was asked: "Ahmed from Al Noor Trading, ahmed@alnoor.ae". What
was asked for may be answered without introducing words; what was not counts only where the words leave no
doubt. What cannot be taken comes back as a Problem that the dialogue explains.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sales.addresses import find_city, find_email, find_trn, is_city, read_quantity
from sales.fact_text import Line, Token, is_ordinary, parts, read_line
from sales.fact_values import CustomerFacts, Fact, Kind, Problem, ReadFacts, Value
from sales.fact_words import CITIES, SMALL_TALK, STOP, WISHES
from sales.names import (
    begins_given,
    company_at,
    find_company,
    find_person,
    has_form,
    is_marked,
    person_at,
    written,
)
from text.alternatives import either

__all__ = [
    "CustomerFacts",
    "Fact",
    "Kind",
    "Problem",
    "ReadFacts",
    "Value",
    "check_answer",
    "city_name",
    "read_facts",
]

_LONGEST_ANSWER = 300
_SHORTEST_NAME = 2
_LONGEST_NAME = 80
_LONGEST_CITY = 40
_NAMES = (Fact.COMPANY, Fact.CONTACT_NAME, Fact.CITY)
_POLITE = either(
    """
    ok(?:ay)? ; yes ; yeah ; sure ; hi ; hello ; hey ; no ; sorry ; of course ; well ; thanks ; dear ; sir
    actually ; so ; apologies
    تمام ; اوكي ; اوك ; نعم ; ايوه ; هيه ; اكيد ; طبعا ; مرحبا ; هلا والله ; هلا
    السلام عليكم ; وعليكم السلام ; طيب ; زين ; انزين ; لا ; عفوا
    tamam ; zain ; akeed ; marhaba ; hala ; la ; na3am
    """
)
_LEAD_IN = re.compile(rf"(?:{_POLITE})(?!['\w-])[,.!\-: \n]*")
_SAYS_IT = either(
    """
    it'?s ; it is ; that'?s ; that is ; this is ; i meant ; i mean ; make it ; put ; write ; (?:the )?name is
    you can (?:put|write|use) ; we are ; we're ; i am ; i'?m ; my name is ; ana ; 7na ; ismi ; esmi ; ismha
    هي ; هو ; اسمها ; اسمه ; اسمي ; انا ; احنا ; نحن ; قصدي ; اقصد ; اكتب ; اكتبوا ; حط ; سجل
    (?:the )?(?:right|correct) (?:one|name) is ; الصح ; الصحيح ; (?:el |al )?sa7(?:ee7)?
    """
)
_IT_IS = re.compile(rf"(?:{_SAYS_IT}) (?:called )?")
_THANKS = either(
    "please ; pls ; plz ; thanks?(?: you)? ; thx ; sir ; bro ; law sama7t ; shukran"
    " ; لو سمحت ; شكرا ; تسلم ; مشكور"
)
_TAIL = re.compile(rf"[ ,.!]*(?<!\w)(?:{_THANKS})[ .!]*$")
_NONE_OF_IT = either(
    r"""
    (?:don'?t|do not) (?:have|use|got) ; (?:have|got|without) (?:no|any)
    no (?:company|e-?mail|trn|vat|tax|firm)
    not (?:a company|registered|available|a business|for a company) ; (?:an )?individual ; freelancer?
    personal(?: use| purchase)? ; for my(?:self| home| house) ; private person ; without (?:company|trn)
    n/?a ; none ; ma 3i?nd[iy] ; ma fi ; shakh[s9]i ; bi?doon
    (?:ما|م) ?(?:عندي|عندنا|لدي|في|فيه|نملك) ; بدون ; من غير ; شخصي ; فرد ; افراد ; (?:مب|مو) شركه ; لبيتي
    للبيت ; للمنزل
    """
)
_HAS_NONE = re.compile(rf"(?<!\w)(?:{_NONE_OF_IT})(?!\w)")
_WEB = re.compile(r"(?:https?://|www\.)\S+|[\w-]+\.(?:com|ae|net|org)(?!\w)")
_NOT_BEHIND = re.compile(r"[ ,]*(?<!\w)(?:not|instead of|مو|مب|مش|بدل)(?!\w).*$", re.DOTALL)
# "David Chen وابي عرض": the wish behind an answer.
_WISH_BEHIND = re.compile(
    r"[ ,]+(?:(?:and|so|but) (?:i|we)(?!\w)|wa? (?:[ai]na )?(?:abi|aba|abgha|nabi|nabgha|n?areed)(?!\w)"
    r"|و ?(?:انا |احنا )?(?:ابي|ابغي|ابغا|ابا|نبي|نبغي|نبا|اريد|نريد|احتاج|نحتاج)(?!\w)).*$",
    re.DOTALL,
)
# A name does not begin with these, whatever follows.
_BEGIN_NO_NAME = STOP - {"the", "new", "big", "علي"}


def city_name(city: str, language: str) -> str:
    """A kept city in the customer's language ("en" or "ar"); one that is not in `CITIES` stays as it is."""
    return CITIES[city][0] if language == "ar" and city in CITIES else city


def read_facts(text: str, asked_for: Fact | None, *, may_be_bare: bool = True) -> ReadFacts:
    """All that a message says of its writer; `asked_for` is what was asked last, None when nothing was.

    `may_be_bare`: whether the answer may be a name that nothing marks as one. Where the message is known to
    be about something else it may not: "Al Noor Trading" is a company even so, "blue falcon" is none.
    """
    line = read_line(text)
    values: dict[Fact, Value] = {}
    problems: list[Problem] = []

    def keep(fact: Fact, found: Value | Problem | None) -> None:
        if isinstance(found, Problem):
            problems.append(found)
        elif found is not None and fact not in values:
            values[fact] = found

    email = find_email(line)
    keep(Fact.EMAIL, email.value)
    rest = email.rest
    keep(Fact.TRN, find_trn(rest, asked=asked_for is Fact.TRN))
    for fact, name in _introduced(rest).items():
        keep(fact, name)
    keep(Fact.CITY, find_city(rest, asked=asked_for is Fact.CITY))
    if values or (asked_for in _NAMES and len(parts(rest)) > 1):
        for fact, name in _listed(rest).items():
            keep(fact, name)
    is_open = asked_for not in values and all(problem.fact is not asked_for for problem in problems)
    if asked_for is not None and is_open:
        keep(asked_for, _answer(asked_for, line, rest, values, may_be_bare=may_be_bare))
    return ReadFacts(values, tuple(problems))


def check_answer(fact: Fact, text: str) -> Value | Problem:
    """A text that is to be one fact and nothing else, or why it cannot be."""
    read = read_facts(text, fact)
    if fact in read.values:
        return read.values[fact]
    return next(problem for problem in read.problems if problem.fact is fact)


def _introduced(line: Line) -> Mapping[Fact, str | None]:
    """The names that come with words that introduce them."""
    person, company = find_person(line)
    found = {Fact.CONTACT_NAME: person, Fact.COMPANY: find_company(line) or company}
    for fact in (Fact.COMPANY, Fact.CONTACT_NAME):
        name = found[fact]
        if name is None:
            continue
        city = is_city(read_line(name))
        if city is not None:
            found[fact] = None
            found[Fact.CITY] = city
        elif len(name) > _LONGEST_NAME:
            found[fact] = None
    return found


def _listed(line: Line) -> Mapping[Fact, str]:
    """Names that stand alone between commas or line ends, in a message that tells more of its writer."""
    found: dict[Fact, str] = {}
    for part in parts(line):
        if part.is_question:
            continue
        city = is_city(part)
        if city is not None:
            found.setdefault(Fact.CITY, city)
            continue
        stripped = _stripped(part)
        words = company_at(stripped, 0)
        is_firm = has_form(words) or (is_marked(words) and len(words) > 1)
        if is_firm and _is_whole(words, stripped) and not _is_wish(words):
            found.setdefault(Fact.COMPANY, written(words, stripped))
            continue
        words = person_at(stripped, 0)
        if begins_given(words) and _is_whole(words, stripped):
            found.setdefault(Fact.CONTACT_NAME, written(words, stripped))
    return found


def _answer(
    fact: Fact, line: Line, rest: Line, values: Mapping[Fact, Value], *, may_be_bare: bool
) -> Value | Problem:
    """The bare answer to the question for `fact`."""

    def problem(kind: Kind) -> Problem:
        return Problem(fact, kind, line.shown[:_LONGEST_ANSWER])

    if fact is Fact.QUANTITY:
        quantity = read_quantity(rest)
        if quantity is not None:
            return quantity
    if _HAS_NONE.search(line.folded):
        return problem(Kind.HAS_NONE)
    if line.is_question:
        return problem(Kind.QUESTION)
    if fact in _NAMES:
        return _bare_name(fact, rest, values, problem_of=line, may_be_bare=may_be_bare)
    words = [token for token in rest.tokens() if token.is_word]
    if words and all(word.folded in SMALL_TALK for word in words):
        return problem(Kind.SMALL_TALK)
    return problem(Kind.WISH if any(word.folded in WISHES for word in words) else Kind.NOT_AN_ANSWER)


def _bare_name(
    fact: Fact, rest: Line, values: Mapping[Fact, Value], *, problem_of: Line, may_be_bare: bool
) -> Value | Problem:
    """A name without introduction: the first part of the message that may be one."""
    first: Problem | None = None
    holds_address = "@" in problem_of.folded
    for part in parts(rest):
        if holds_address and all(
            token.folded in STOP | SMALL_TALK for token in part.tokens() if token.is_word
        ):
            # "It's", before the address that was taken out.
            continue
        name = _name(fact, part, values, may_be_bare=may_be_bare)
        if isinstance(name, str):
            return name
        first = first or name
    if first is not None:
        return first
    kind = Kind.ADDRESS if holds_address else Kind.NOT_AN_ANSWER
    return Problem(fact, kind, problem_of.shown[:_LONGEST_ANSWER])


def _name(fact: Fact, part: Line, values: Mapping[Fact, Value], *, may_be_bare: bool) -> str | Problem:
    def problem(kind: Kind) -> Problem:
        return Problem(fact, kind, part.shown[:_LONGEST_ANSWER])

    stripped = _stripped(part)
    tokens = [token for token in stripped.tokens() if token.is_word or token.folded.isdigit()]
    words = [token for token in tokens if token.is_word]
    if _WEB.search(stripped.folded):
        return problem(Kind.ADDRESS)
    if not words:
        return problem(Kind.NUMBER if tokens else Kind.SMALL_TALK if part.folded else Kind.NOT_AN_ANSWER)
    if all(word.folded in SMALL_TALK for word in words):
        return problem(Kind.SMALL_TALK)
    if len(stripped.shown) > (_LONGEST_CITY if fact is Fact.CITY else _LONGEST_NAME):
        return problem(Kind.TOO_LONG)
    is_firm = fact is Fact.COMPANY and is_marked(tokens)
    if not is_firm and (_is_wish(words) or tokens[0].folded.isdigit()):
        return problem(Kind.WISH)
    if len(written(words, stripped)) < _SHORTEST_NAME:
        return problem(Kind.TOO_SHORT)
    if is_city(stripped) is not None or (fact is not Fact.COMPANY and is_marked(tokens)):
        return problem(Kind.NOT_AN_ANSWER)
    if any(value == written(words, stripped) for value in values.values()):
        return problem(Kind.NOT_AN_ANSWER)
    if fact is Fact.COMPANY:
        found = company_at(stripped, 0)
        # One given name alone is the writer's.
        if len(found) == 1 and begins_given(found):
            found = []
    else:
        found = person_at(stripped, 0)
    if not _is_whole(found, stripped) or (not is_firm and is_ordinary(found)):
        return problem(Kind.TOO_LONG if len(words) > 7 else Kind.NOT_AN_ANSWER)
    if not (may_be_bare or is_firm or begins_given(found)):
        return problem(Kind.WISH)
    return written(found, stripped)


def _is_whole(words: Sequence[Token], line: Line) -> bool:
    """Whether a line holds these words and nothing behind them."""
    return bool(words) and not line.folded[words[-1].end :].strip(" .,!-")


def _stripped(part: Line) -> Line:
    """An answer without the polite words around it."""
    for pattern in (_LEAD_IN, _LEAD_IN, _IT_IS):
        match = pattern.match(part.folded)
        if match and part.folded[match.end() :].strip(" .,!"):
            part = part.part(match.end())
    for pattern in (_NOT_BEHIND, _WISH_BEHIND, _TAIL):
        tail = pattern.search(part.folded)
        if tail and tail.start():
            return part.part(0, tail.start())
    return part


def _is_wish(words: Sequence[Token]) -> bool:
    return any(word.folded in WISHES for word in words) or bool(words and words[0].folded in _BEGIN_NO_NAME)
