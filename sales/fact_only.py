"""Does a message only say who its writer is? Names, a city and addresses belong to no language (pure)."""

from __future__ import annotations

import re

from sales.addresses import find_email, is_city
from sales.fact_text import Line, parts, read_line
from sales.names import begins_given, company_at, has_form, person_at
from text.alternatives import either
from text.language import is_only_a_name

# Labels that people put before their name whatever they write, and Arabizi, which English words beside it
# ("ana Grace") would outvote.
_LABELS = either(
    """
    (?:el |al )?e-?mail(?:i|y)? ; (?:el |al )?company ; name ; trn ; attn ; (?:ana )?[ei]sm[iy] ; ana
    [ai]7na ; m3a?k ; ma3a?k ; wiyak ; weyak
    (?:(?:ism|esm) )?(?:el |al )?sh[ae]r[ie]?k(?:a|at|atna|ati)(?: [ei]smha)?
    """
)
_LABEL = re.compile(rf"(?:{_LABELS})(?:(?= |$)| ?[:=-]) ?(?:sh[ae]r[ie]?kat )?")
# "khalid mn gulf star": what is behind it is his company, however it is written.
_FROM = re.compile(r" (?:mn|men|min)(?: sh[ae]r[ie]?kat)? ")
_ARABIC_LETTER = re.compile("[\u0621-\u06d3]")


def says_only_who(text: str) -> bool:
    """Whether a message holds nothing but names of people, companies and cities, and addresses.

    Arabic letters are Arabic, also in a name: who writes them wants to read them.
    """
    line = read_line(text)
    if _ARABIC_LETTER.search(line.folded):
        return False
    email = find_email(line)
    told = [_unlabelled(part) for part in parts(email.rest)]
    told = [part for part in told if any(token.is_word for token in part.tokens())]
    says_something = told or isinstance(email.value, str) or any(map(str.isdigit, line.folded))
    return bool(says_something) and all(map(_is_who, told))


def _unlabelled(part: Line) -> Line:
    label = _LABEL.match(part.folded)
    return part.part(label.end()) if label else part


def _is_who(part: Line) -> bool:
    if is_only_a_name(part.shown) or is_city(part) is not None:
        return True
    person, company = person_at(part, 0), company_at(part, 0)
    if has_form(company) and _ends(part, company[-1].end):
        return True
    if not begins_given(person):
        return False
    joint = _FROM.match(part.folded, person[-1].end)
    if joint is None:
        return _ends(part, person[-1].end)
    company = company_at(part, joint.end())
    return is_city(part.part(joint.end())) is not None or (bool(company) and _ends(part, company[-1].end))


def _ends(part: Line, end: int) -> bool:
    return not part.folded[end:].strip(" .!")
