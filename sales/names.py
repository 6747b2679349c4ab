"""Names of companies and people out of what a customer writes, in both scripts (pure).

A wrong company on a quote costs more than one more question, so a name counts only behind words that
introduce one, with a legal form, or as the answer to the question for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sales.addresses import is_city
from sales.fact_text import Line, Token, is_ordinary, read_line
from sales.fact_words import (
    GENERIC_COMPANY_WORDS,
    GIVEN_NAMES,
    JOINS_IN_COMPANIES,
    LEGAL_FORMS,
    SMALL_TALK,
    STOP,
    TITLES,
    TRADES,
    WISHES,
)
from sales.name_cues import (
    AND_OF,
    ARABIC_COMPANY,
    ARABIC_NAMED_COMPANY,
    BARE_COMPANY,
    CORRECTED_COMPANY,
    CORRECTED_PERSON,
    FROM_COMPANY,
    NAMED_COMPANY,
    NAMED_PERSON,
    NOT_THEIR_NAME,
    ORIGIN,
    PERSON_BEHIND,
    SENTENCE_START,
    WEAK_PERSON,
)
from text.alternatives import either

LONGEST_PERSON = 4
LONGEST_COMPANY = 7
# Words that make no company's name by themselves: "the clinic", "el group", "ok".
_NAMES_NO_COMPANY = LEGAL_FORMS | TRADES | SMALL_TALK | {"el", "al", "il", "the", "of", "and", "no", "for"}
# Half of a greeting ("صباح النور"), and what many companies are called.
_GREETING_NAMES = (["النور"], ["الخير"])
_FATHER_OF = ("abu", "bu", "ابو", "بو")
_DEPARTMENTS = frozenset(
    ["the", "sales", "procurement", "purchasing", "finance", "hr", "admin", "management"]
)


def has_form(words: Sequence[Token]) -> bool:
    """Whether a name ends with a legal form, or holds one: "Gulf Star LLC", "النور ذ.م.م"."""
    return any(_bare(word.folded) in LEGAL_FORMS or word.folded in LEGAL_FORMS for word in words[1:])


def is_marked(words: Sequence[Token]) -> bool:
    """Whether a word of a name says that it is a company's."""
    return has_form(words) or any(_bare(word.folded) in TRADES for word in words)


def begins_given(words: Sequence[Token]) -> bool:
    """Whether a name begins with a given name."""
    return bool(words) and (_bare(words[0].folded) in GIVEN_NAMES or words[0].folded in _FATHER_OF)


def written(words: Sequence[Token], line: Line) -> str:
    """A name as its writer wrote it, without the full stop behind a sentence."""
    text = " ".join(line.shown[words[0].start : words[-1].end].split())
    return text if has_form(words[-2:]) else text.rstrip(".-&'")


def person_at(line: Line, start: int) -> list[Token]:
    """The words of a person's name that begins at `start`; none if something else stands there."""
    words: list[Token] = []
    for token in line.tokens(start):
        if not words and token.folded in TITLES:
            continue
        word = _bare(token.folded)
        is_name = token.is_plain_word and word not in STOP and word not in SMALL_TALK and word not in WISHES
        # "على" ("on") is folded to the name "علي".
        is_name = is_name or (token.shown == "علي" and (not words or begins_given(words)))
        if not is_name or _goes_on(word, words) or (words and _has_gap(line, words[-1], token)):
            break
        words.append(token)
        if token.folded.endswith(".") and len(word) > 2:
            break
    return words if len(words) <= LONGEST_PERSON else []


def company_at(line: Line, start: int) -> list[Token]:
    """The words of a company's name that begins at `start`; none if something else stands there."""
    words: list[Token] = []
    for token in line.tokens(start):
        word = _bare(token.folded)
        joins = bool(words) and word in JOINS_IN_COMPANIES
        may_go_on = token.is_word or token.folded in ("&", "+") or (token.folded.isdigit() and bool(words))
        if not may_go_on or (not joins and word in STOP) or (words and _has_gap(line, words[-1], token)):
            break
        if _goes_on(word, words):
            break
        if not words and word in GENERIC_COMPANY_WORDS:
            break
        words.append(token)
        if token.folded.endswith(".") and word not in LEGAL_FORMS and len(word) > 3:
            break
        if word in LEGAL_FORMS or token.folded in LEGAL_FORMS:
            break
    while words and (words[-1].folded in JOINS_IN_COMPANIES or words[-1].folded in ("company", "co-")):
        words.pop()
    return words if len(words) <= LONGEST_COMPANY and _is_company(words) else []


def _goes_on(word: str, name: Sequence[Token]) -> bool:
    """Whether a word behind a name begins the next sentence with an "and" written to it: "ورقمي", "وابي"."""
    return bool(name) and len(word) > 3 and word[0] == "و" and (word[1:] in STOP or word[1:] in WISHES)


def find_company(line: Line) -> str | None:
    """The company that the words of a line introduce."""
    for match in CORRECTED_COMPANY.finditer(line.folded):
        words = company_at(line, match.end())
        says_name = match.group("kind") or "name" in match.group("what") or "سم" in match.group("what")
        if words and not line.is_question and (says_name or not is_ordinary(words)):
            return written(words, line)
    named = [*ARABIC_NAMED_COMPANY.finditer(line.folded), *NAMED_COMPANY.finditer(line.folded)]
    for match in sorted(named, key=lambda match: match.end(), reverse=True):
        words = company_at(line, match.end())
        explicit = "name" in match.group() or "اسم" in match.group() or "call" in match.group()
        if line.is_question and not match.group().rstrip().endswith((":", "=", " is", "هي", "هو", "اسمها")):
            continue
        if words and (explicit or _looks_like_company(words, line)):
            return written(words, line)
    for match in BARE_COMPANY.finditer(line.folded):
        words = company_at(line, match.end())
        looks_like_one = words and (
            match.group("kind") or (_is_named(words) and _looks_like_company(words, line))
        )
        if looks_like_one and not line.is_question and not is_ordinary(words):
            return written(words, line)
    for match in ARABIC_COMPANY.finditer(line.folded):
        words = company_at(line, match.end())
        if words and _is_proper_arabic(words) and not line.is_question:
            return written(words, line)
    for match in FROM_COMPANY.finditer(line.folded):
        words = company_at(line, match.end())
        if words and is_marked(words) and not is_activity(words) and _is_named(words):
            return written(words, line)
    return None if line.is_question else _company_by_form(line)


def find_person(line: Line) -> tuple[str | None, str | None]:
    """The person that the words of a line introduce, and the company said to be theirs in the same breath."""
    named = [*CORRECTED_PERSON.finditer(line.folded), *reversed(list(NAMED_PERSON.finditer(line.folded)))]
    for match in named:
        if NOT_THEIR_NAME.search(line.folded[: match.start()]):
            continue
        words = person_at(line, match.end())
        if words:
            return written(words, line), _origin(line, words)
    for match in WEAK_PERSON.finditer(line.folded):
        words = person_at(line, match.end())
        if not words or is_marked(words):
            continue
        origin = _origin(line, words)
        if _is_surely_person(line, words) or (origin and _may_be_person(words, line, origin)):
            return written(words, line), origin
    behind = PERSON_BEHIND.search(line.folded)
    if behind:
        words = person_at(line, behind.start("name"))
        if begins_given(words):
            return written(words, line), None
    for match in SENTENCE_START.finditer(line.folded):
        words = person_at(line, match.end())
        if begins_given(words) and _follows_origin(line, words):
            origin = _origin(line, words)
            if origin:
                return written(words, line), origin
    return None, None


def is_activity(words: Sequence[Token]) -> bool:
    """Whether words only say what a company does."""
    return _bare(words[0].folded) in GENERIC_COMPANY_WORDS


def _is_surely_person(line: Line, words: Sequence[Token]) -> bool:
    """A given name behind "I am": "علي" is also how many write the word for "on"."""
    if not begins_given(words):
        return False
    if words[0].folded != "علي":
        return True
    behind = line.folded[words[0].end :].strip()
    ends_there = not behind or not behind[0].isalpha() or behind.startswith("من ")
    return words[0].shown == "علي" and len(words) == 1 and ends_there


def _may_be_person(words: Sequence[Token], line: Line, origin: str) -> bool:
    """An unknown name behind "this is", with a company behind it: "this is khurshid from Desert Star"."""
    if len(words) >= LONGEST_PERSON or words[0].folded.endswith("ing") or is_city(read_line(origin)):
        return False
    company = list(read_line(origin).tokens())
    return is_marked(company) or all(word.is_capitalised or not word.folded.isascii() for word in words)


def _follows_origin(line: Line, words: Sequence[Token]) -> bool:
    return ORIGIN.match(line.folded, words[-1].end) is not None


def _origin(line: Line, person: Sequence[Token]) -> str | None:
    """The company behind "Ahmed from …"."""
    match = ORIGIN.match(line.folded, person[-1].end) or AND_OF.match(line.folded, person[-1].end)
    if match is None:
        return None
    words = company_at(line, match.end())
    if not words or words[0].folded in _DEPARTMENTS or is_activity(words):
        return None
    if _is_foreign(words) and not is_marked(words):
        return None
    says_company = any(
        word in match.group() for word in ("company", "شركه", "موسسه", "shar", "sher", "work", "شتغل")
    )
    capitalised = words[0].is_capitalised or not words[0].folded[0].isascii()
    if says_company or is_marked(words) or capitalised or begins_given(person):
        return written(words, line)
    return None


_COUNTRIES = either(
    """
    uae ; u\\.a\\.e ; emirates ; ksa ; saudi ; saudi arabia ; qatar ; oman ; bahrain ; kuwait ; egypt
    jordan ; lebanon ; syria ; iraq ; iran ; india ; pakistan ; bangladesh ; nepal ; philippines ; china
    turkey ; uk ; usa ; america ; italy ; germany ; france ; guangzhou ; karachi ; mumbai ; cairo ; london
    الامارات ; السعوديه ; قطر ; عمان ; البحرين ; مصر ; الاردن ; لبنان ; سوريا ; العراق ; الهند
    باكستان ; الصين
    """
)
_FOREIGN = re.compile(f"(?:the )?(?:{_COUNTRIES})")


def _is_foreign(words: Sequence[Token]) -> bool:
    return _FOREIGN.fullmatch(" ".join(_bare(word.folded) for word in words)) is not None


def _company_by_form(line: Line) -> str | None:
    """The words before a legal form: "please quote for Gulf Star LLC"."""
    tokens = list(line.tokens())
    for end, token in enumerate(tokens):
        if token.folded not in LEGAL_FORMS and _bare(token.folded) not in LEGAL_FORMS:
            continue
        start = end
        while start > 0 and _continues(line, tokens[start - 1], tokens[start]):
            start -= 1
        while start < end and _is_no_beginning(tokens[start]):
            start += 1
        words = tokens[start : end + 1]
        if 1 < len(words) <= LONGEST_COMPANY and not _wishes(words[:-1]) and not words[0].folded.isdigit():
            return written(words, line)
    return None


def _continues(line: Line, before: Token, word: Token) -> bool:
    if _has_gap(line, before, word):
        return False
    if before.folded in ("&", "and") or (before.folded == "the" and before.start == 0):
        return True
    return before.is_word and _bare(before.folded) not in STOP and before.folded not in SMALL_TALK


def _is_no_beginning(word: Token) -> bool:
    return word.folded in ("and", "&", "شركه", "company") or is_activity([word])


def _looks_like_company(words: Sequence[Token], line: Line) -> bool:
    return is_marked(words) or (words[0].is_capitalised and not line.is_question)


def _is_proper_arabic(words: Sequence[Token]) -> bool:
    """A name and no activity: definite, in Latin letters, or with a word that companies' names hold."""
    first = words[0].folded
    if is_activity(words) or _bare(first) in WISHES:
        return False
    return first.startswith("ال") or first.isascii() or is_marked(words) or len(words) == 1


def _is_named(words: Sequence[Token]) -> bool:
    """A name and no description ("screens for design"): Arabic names of companies are mostly definite."""
    first = words[0].folded
    return first.isascii() or first.startswith("ال") or first in TRADES or has_form(words)


def _is_company(words: Sequence[Token]) -> bool:
    """Whether some word is more than a letter, a legal form, a trade or a greeting."""
    bare = [_bare(word.folded) for word in words if word.is_word]
    names = any(len(word) > 1 and word not in _NAMES_NO_COMPANY for word in bare)
    return names or bare[:1] in _GREETING_NAMES


def _wishes(words: Iterable[Token]) -> bool:
    return any(_bare(word.folded) in WISHES for word in words)


def _has_gap(line: Line, before: Token, word: Token) -> bool:
    """Whether something else than a blank stands between two words."""
    return line.folded[before.end : word.start] not in ("", " ")


def _bare(word: str) -> str:
    return word.rstrip(".") if len(word) > 2 else word
