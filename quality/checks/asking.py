"""Rules 5 and 6: one question at a time, and none whose answer is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from quality.observed import plain
from quality.transcript import Transcript, Violation
from text.fold import fold

_NOT_ASKED = re.compile(r"https?://\S+|\"[^\"]*\"|«[^»]*»|“[^”]*”")
_MARK = re.compile(r"[?؟]+")
_SENTENCE = re.compile(r"[^.!?؟\n]*(?:\.(?!\s|$)[^.!?؟\n]*)*[.!?؟]?")
# Sentences that ask without a question mark.
_DEMAND = re.compile(r"still need|please (?:write|send|tell)|i need your|باقي|عطني|خبرني|اكتب لي")
# What a question is about, in folded text.
_TOPICS: Mapping[str, re.Pattern[str]] = {
    "company": re.compile(
        r"compan(?:y|y's|ies) name|name of (?:your|the) company|which company|your company(?:'s)?\b(?! is)"
        r"|اسم ال?شرك|شو شركت"
    ),
    "contact_name": re.compile(
        r"\byour (?:full )?name\b|who am i speaking|الاسم الكريم|شو اسمك|اسمك الكريم|باقي (?:الاسم|اسمك)"
    ),
    "email": re.compile(r"e-?mail|ال?ايميل|ايميلك"),
}
# Who corrects a detail may be asked for the right one.
_CORRECTION = re.compile(r"wrong|change|correct|mistake|instead|not my|غير|غلط|عدل|مب ")


def asks_one_question(transcript: Transcript) -> Iterator[Violation]:
    """Rule 5: the replies of a turn hold at most one question."""
    for place, turn in enumerate(transcript.turns):
        asked = len(_MARK.findall(_NOT_ASKED.sub(" ", turn.text)))
        if asked > 1:
            yield Violation(5, place, f"{asked} questions at once", turn.text)


def asks_nothing_twice(transcript: Transcript) -> Iterator[Violation]:
    """Rule 6: nobody is asked for a detail that stands in the chat already."""
    for place, turn in enumerate(transcript.turns):
        said = fold(transcript.said_until(place))
        if turn.customer and _CORRECTION.search(fold(" ".join(turn.customer))):
            continue
        known = {topic: fold(value) for topic, value in transcript.facts.items() if fold(value) in said}
        for reply in turn.replies:
            for topic, sentence in _asked(plain(reply.text)):
                # "Shall I note Al Noor as your company?" asks whether it is right.
                if topic in known and known[topic] not in fold(sentence):
                    yield Violation(6, place, f"asks for the {topic}, which the customer told", sentence)


def _asked(text: str) -> Iterator[tuple[str, str]]:
    for found in _SENTENCE.finditer(text):
        sentence = found.group().strip()
        folded = fold(sentence)
        if not sentence or not (sentence[-1] in "?؟" or _DEMAND.search(folded)):
            continue
        for topic, words in _TOPICS.items():
            if words.search(folded):
                yield topic, sentence
                break
