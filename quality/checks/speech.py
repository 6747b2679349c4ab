"""Rules 1 and 2: the greeting names the seller, and the answer is in the customer's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from quality.transcript import Transcript, Violation
from text.fold import fold
from text.gulf_wording import modern_standard_word
from text.language import ReplyLanguage

_GREETINGS = frozenset(
    fold(word)
    for word in """
    hi hii hello hey heya good morning afternoon evening day dear sir madam team there greetings all
    السلام سلام عليكم وعليكم ورحمة الله وبركاته هلا هلو مرحبا مرحبتين اهلا أهلين صباح مساء الخير النور
    والله هاي يا حياك
    salam salaam slm assalamu alaikum 3alaikom 3alaykom 3alikom 3laikom wa ra7mat hala hla marhaba mar7aba
    sabah saba7 masa el al 5air 5er khair kheir wallah ahlan
    """.split()
)
_GREETING_REPLY = re.compile(
    r"(?<!\w)(?:hello|hi|welcome|good (?:morning|afternoon|evening)|هلا|مرحبا|حياك|حياكم|اهلا|عليكم)(?!\w)"
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ARABIC = re.compile(r"[\u0621-\u064a\u066e-\u06d3]")
_LATIN = re.compile(r"[a-z]{2,}", re.IGNORECASE)
_NO_PROSE = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|\b[A-Z]{1,4}-[\w-]+|\(file[^)]*\)|\"[^\"]*\"|«[^»]*»")
# Who names another language than he writes in may be answered in it, until he writes in another himself.
_LANGUAGE_NAMED: Mapping[ReplyLanguage, re.Pattern[str]] = {
    "en": re.compile(r"(?<!\w)(?:english|in[gj]l[iy]zi|(?:ب?ال)?ان[جقك]ليزيه?)(?!\w)"),
    "ar": re.compile(r"(?<!\w)(?:arabic|3arabi|arabi|(?:ب?ال)?عربي|(?:ب|بال|ال)?لغه العربيه)(?!\w)"),
}
# Terms that a Gulf seller's Arabic keeps in Latin letters.
_KEPT_TERMS = frozenset("aed vat trn whatsapp pdf llc cm name company ae zoho tabby tamara".split())


def greets(transcript: Transcript) -> Iterator[Violation]:
    """Rule 1: who begins with a greeting alone is greeted, in the seller's name."""
    if not begins_with_a_greeting(transcript):
        return
    said = fold(transcript.turns[0].text)
    if not any(fold(name) in said for name in transcript.seller.names):
        yield Violation(1, 0, "the greeting does not name the seller", transcript.turns[0].text)
    elif not _GREETING_REPLY.search(said):
        yield Violation(1, 0, "the customer's greeting is not returned", transcript.turns[0].text)


def begins_with_a_greeting(transcript: Transcript) -> bool:
    """Whether the customer begins with a greeting and nothing else, and no person had the chat then."""
    if not transcript.turns or (transcript.turns[0].owner == "person" and not transcript.turns[0].replies):
        return False
    words = _WORD.findall(fold(" ".join(transcript.turns[0].customer)))
    return bool(words) and all(word in _GREETINGS for word in words)


def speaks_the_language(transcript: Transcript) -> Iterator[Violation]:
    """Rule 2: each reply is in the language that is due, and Arabic is the Gulf's."""
    echoed: set[str] = set()
    # The language that is due by the writing while the customer named another.
    open_since: ReplyLanguage | None = None
    for place, turn in enumerate(transcript.turns):
        said = transcript.said[place]
        echoed |= set(_WORD.findall(said))
        due = transcript.languages[place][1]
        if any(named != due and words.search(said) for named, words in _LANGUAGE_NAMED.items()):
            open_since = due
        elif open_since != due:
            open_since = None
        if open_since:
            continue
        for reply in turn.replies:
            prose = _prose(reply.text, transcript)
            words = [word for word in _WORD.findall(prose) if fold(word) not in echoed]
            arabic = sum(bool(_ARABIC.search(word)) for word in words)
            latin = sum(bool(_LATIN.fullmatch(word)) and fold(word) not in _KEPT_TERMS for word in words)
            if due == "en" and arabic:
                yield Violation(2, place, "Arabic words to a customer who writes English", reply.text)
            elif due == "ar" and latin > arabic:
                yield Violation(2, place, "English to a customer who is answered in Arabic", reply.text)
            elif due == "ar" and (found := modern_standard_word(prose)):
                yield Violation(2, place, f"{found!r} is Modern Standard Arabic, not the Gulf's", reply.text)


def _prose(text: str, transcript: Transcript) -> str:
    """The words of a reply that are our own: no names of products, no addresses, nothing quoted."""
    for product in (transcript.products[sku] for sku in transcript.products.mentioned(text)):
        text = text.replace(product.name_en, " ").replace(product.name_ar, " ")
        text = text.replace(product.description_en, " ") if product.description_en else text
    for name in transcript.seller.names:
        text = text.replace(name, " ")
    for fact in transcript.facts.values():
        text = text.replace(fact, " ")
    return _NO_PROSE.sub(" ", text)
