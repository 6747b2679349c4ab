"""What a search asks for: `criteria`, `email`, `phone` or `word` (zoho.md §2.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from sandbox.zoho.replies import Asked, CrmRefusal

MAX_TERMS = 15
MAX_CRITERIA_CHARACTERS = 3000
_PHONE = re.compile(r"\+?[0-9 ().\-]+")
_TOKEN = re.compile(r"\s*(?:(\(\s*(\w+):(\w+):([^()]*)\))|(\()|(\))|(and|or)\b)")

_NOT_WORDS = frozenset({"id", "Created_Time", "Modified_Time"})

Shown = Mapping[str, object]
Test = Callable[[Shown], bool]


def read_search(asked: Asked) -> Test:
    """Whether a record fits. Raises CrmRefusal for a search that cannot be understood."""
    query = asked.query
    if "criteria" in query:
        return _Criteria(query["criteria"]).read()
    if "email" in query:
        return _among(("Email", "Secondary_Email"), query["email"].lower())
    if "phone" in query:
        if _PHONE.fullmatch(query["phone"]) is None:
            raise CrmRefusal(400, "INVALID_DATA", "invalid data", {"param_name": "phone"})
        return _among(("Phone", "Mobile", "Fax"), query["phone"])
    word = query.get("word", "").lower()
    if not word:
        details = {"param_names": ["criteria", "email", "phone", "word"]}
        raise CrmRefusal(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", details)
    if len(word) < 2:
        raise CrmRefusal(400, "INVALID_DATA", "invalid data", {"param_name": "word", "minimum_length": 2})
    return lambda shown: any(
        word in value.lower()
        for name, value in shown.items()
        if isinstance(value, str) and name not in _NOT_WORDS
    )


def _among(names: tuple[str, ...], wanted: str) -> Test:
    return lambda shown: any(str(shown.get(name) or "").lower() == wanted for name in names)


class _Criteria:
    """`((Field:op:value)and(Field:op:value))`: terms, brackets, and/or from left to right."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_CRITERIA_CHARACTERS:
            raise CrmRefusal(400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": MAX_CRITERIA_CHARACTERS})
        self._text = text
        self._place = 0
        self._terms = 0

    def read(self) -> Test:
        """The whole text. Raises CrmRefusal."""
        test = self._one_after_another()
        if self._place != len(self._text.rstrip()):
            raise _invalid_query()
        return test

    def _one_after_another(self) -> Test:
        test = self._single()
        while (word := self._take(7)) is not None:
            test = _both(word, test, self._single())
        return test

    def _single(self) -> Test:
        match = _TOKEN.match(self._text, self._place)
        if match is not None and match[1]:
            self._place = match.end()
            self._terms += 1
            if self._terms > MAX_TERMS:
                raise CrmRefusal(400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": MAX_TERMS})
            return _term(match[2], match[3], match[4].strip())
        if self._take(5) is None:
            raise _invalid_query()
        test = self._one_after_another()
        if self._take(6) is None:
            raise _invalid_query()
        return test

    def _take(self, group: int) -> str | None:
        """The next token if it is of this kind."""
        match = _TOKEN.match(self._text, self._place)
        if match is None or match[group] is None:
            return None
        self._place = match.end()
        return match[group]


def _both(word: str, one: Test, other: Test) -> Test:
    if word == "and":
        return lambda shown: one(shown) and other(shown)
    return lambda shown: one(shown) or other(shown)


def _term(name: str, operator: str, wanted: str) -> Test:
    if operator not in _OPERATORS:
        raise _invalid_query()
    compare = _OPERATORS[operator]

    def test(shown: Shown) -> bool:
        value = shown.get(name)
        if isinstance(value, Mapping):
            value = value.get("id" if wanted.isdecimal() else "name")
        return value is not None and compare(value, wanted)

    return test


def _ordered(value: object, wanted: str) -> int:
    """-1, 0 or 1: as numbers where both are, else as texts (times of one zone sort as texts)."""
    try:
        one, other = Decimal(str(value)), Decimal(wanted)
    except InvalidOperation:
        text = str(value).lower()
        return (text > wanted.lower()) - (text < wanted.lower())
    return (one > other) - (one < other)


_OPERATORS: Mapping[str, Callable[[object, str], bool]] = {
    "equals": lambda value, wanted: _ordered(value, wanted) == 0,
    "not_equal": lambda value, wanted: _ordered(value, wanted) != 0,
    "starts_with": lambda value, wanted: str(value).lower().startswith(wanted.lower()),
    "in": lambda value, wanted: any(_ordered(value, one.strip()) == 0 for one in wanted.split(",")),
    "greater_than": lambda value, wanted: _ordered(value, wanted) > 0,
    "greater_equal": lambda value, wanted: _ordered(value, wanted) >= 0,
    "less_than": lambda value, wanted: _ordered(value, wanted) < 0,
    "less_equal": lambda value, wanted: _ordered(value, wanted) <= 0,
}


def _invalid_query() -> CrmRefusal:
    return CrmRefusal(400, "INVALID_QUERY", "invalid query formed", {"param_name": "criteria"})
