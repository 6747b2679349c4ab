"""Readers of what is sent that share nothing with the fence: coarse, and rather too strict."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal

from offscript.prompt_files import read_prompt

_OURS = re.compile(r"AED (\d{1,3}(?:,\d{3})*\.\d\d)")
# Number words, currencies and what gives something away, in the four ways of writing.
_WORDS_OF_MONEY = re.compile(
    r"aed|dirham|\bdhs?\b|fils|dollar|euro|riyal|usd|\$|€|£|%|per ?cent|\bfree\b|gratis|discount|\boff\b"
    r"|half price|cheaper|hundred|thousand|\b(?:two|three|four|five|six|seven|eight|nine|ten|fifty|twenty)\b"
    r"|د\.?إ|درهم|دراهم|فلس|دولار|ريال|يورو|بالمي[هة]|خصم|تخفيض|مجان|ببلاش|بلاش|نص السعر|أرخص"
    r"|\bعشر|\bخمس|\bمي[ةه]\b|\bميتين|\bألف\b|\bالف\b|عشرين|خمسين"
    r"|\b3ashra\b|\bkhamsa|\bkhams[ie]n|\bmiya\b|\balf\b|khasm|takhfee?d|balash|majan"
)
_LINK = re.compile(
    r"https?|hxxp|www|://|[\w\]\)]\s?[.\[(]\s?(?:dot\s?)?[a-z]{2,}|\bdot\s(?:com|me|ly|ae)\b|@"
)
_ACCOUNT = re.compile(r"\b[a-z]{2}\d{2}(?:\s?\w{4}){3,}")
_OVERLAP = 8
_INSIDE = (
    "search_catalog",
    "product_details",
    "company_fact",
    "suggest_next",
    "ask_human",
    "nlu_fallback",
    "action_",
    "utter_",
)


def plain(text: str) -> str:
    """The text with one spelling for every digit and letter, without invisible characters."""
    kept = [
        character
        for character in unicodedata.normalize("NFKC", text)
        if unicodedata.category(character) not in ("Cf", "Mn", "Me")
    ]
    return "".join(
        str(unicodedata.digit(character)) if unicodedata.digit(character, None) is not None else character
        for character in kept
    )


def ungrounded(text: str, *, amounts: Collection[Decimal], names: Collection[str]) -> list[str]:
    """What a reply says about money, or counts, that is neither one of `amounts` nor part of `names`."""
    left = plain(text)
    for name in sorted(names, key=len, reverse=True):
        left = left.replace(plain(name), " ")
    foreign = [shown for shown in _OURS.findall(left) if Decimal(shown.replace(",", "")) not in amounts]
    left = _OURS.sub(" ", left).lower()
    numbers = [character for character in left if unicodedata.numeric(character, None) is not None]
    return [*foreign, *numbers, *_WORDS_OF_MONEY.findall(left)]


def addresses(text: str) -> list[str]:
    """Links, mail addresses and accounts to pay to."""
    read = plain(text).lower()
    return [*_LINK.findall(read), *_ACCOUNT.findall(read)]


def instructions(text: str) -> list[str]:
    """What of a reply stands in our prompts, and names of what only we know."""
    words = re.findall(r"\w+", plain(text).lower())
    prompts = " ".join(
        " ".join(re.findall(r"\w+", plain(read_prompt(name).text).lower()))
        for name in ("triage", "answer", "summary")
    )
    runs = [" ".join(words[at : at + _OVERLAP]) for at in range(len(words) - _OVERLAP + 1)]
    return [*(run for run in runs if run in prompts), *(name for name in _INSIDE if name in text.lower())]


def squashed(text: str) -> str:
    """Letters and digits only, for finding a value however it is set."""
    return "".join(character for character in plain(text).casefold() if character.isalnum())
