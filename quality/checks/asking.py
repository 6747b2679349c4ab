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
        r"compan(?:y|y's|ies) name|name of (?:your|the) company|which company"
        r"|(?<!as )your company(?:'s)?\b(?! is)|اسم ال?شرك|شو شركت"
    ),
    "contact_name": re.compile(
        r"(?<!as )\byour (?:full )?name\b|who am i speaking"
        r"|الاسم الكريم|شو اسمك|اسمك الكريم|باقي (?:الاسم|اسمك)"
    ),
    # A sentence may also tell what is sent there.
    "email": re.compile(
        r"(?:\b(?:which|what(?:'s| is)?|need|share|may i have|give me|tell me|send me|write(?: me)?)"
        r" (?:your |an |the )?|^(?:and )?your )e-?mail"
        r"|(?<!\w)(?:شو|وشو|اي|باقي|عطني|خبرني|اكتب لي|ممكن) (?:هو )?(?:ال)?ايميل|^والايميل"
    ),
}
# A shorter name alone may be another word: the name علي is folded like "على", "on".
_SHORTEST_SURE_NAME = 5
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
    facts = {topic: fold(value) for topic, value in transcript.facts.items()}
    known: set[str] = set()
    asked_before: set[str] = set()
    for place, turn in enumerate(transcript.turns):
        words = transcript.said[place]
        known |= {topic for topic in facts if _tells(words, facts[topic], is_answer=topic in asked_before)}
        asked = [found for reply in turn.replies for found in _asked(plain(reply.text))]
        if not (turn.customer and _CORRECTION.search(words)):
            for topic, sentence in asked:
                # "Shall I note Al Noor as your company?" asks whether it is right.
                if topic in known and facts[topic] not in fold(sentence):
                    yield Violation(6, place, f"asks for the {topic}, which the customer told", sentence)
        if turn.replies:
            asked_before = {topic for topic, _ in asked}


def _tells(words: str, value: str, *, is_answer: bool) -> bool:
    is_sure = is_answer or " " in value or len(value) >= _SHORTEST_SURE_NAME
    return is_sure and bool(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", words))


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
