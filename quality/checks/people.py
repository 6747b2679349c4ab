"""Rules 11 and 13: a person for whoever needs one, and nothing told that is not the customer's to know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quality.transcript import SpokenTurn, Transcript, Violation
from text.fold import fold
from text.personal_data import find_personal_data

_FAILURES_UNTIL_OFFER = 3
_SOMEBODY = (
    r"(?:real |human |actual |live )?(?:person|human(?: being)?|somebody|someone|agent|manager|colleague"
    r"|representative|rep|employee|staff|salesman|operator)"
)
_ASKS_PERSON = re.compile(
    rf"(?:talk|speak|chat|connect|transfer|pass|put|get)(?: me)?(?: through)?(?: to| with)? "
    rf"(?:a |an |the |your |any |some )?{_SOMEBODY}"
    r"|real person|human please|call me back"
    r"|(?:اكلم|كلم|احاجي|اتكلم|ارمس|تحول\w*|حول\w*|اريد|ابا|ابي|ابغي|بغيت) "
    r"(?:ويا |مع |علي |لي |اكلم |احاجي )?"
    r"(?:موظف|شخص|انسان|حد|احد|مدير|المدير|بشر|واحد من)"
    r"|(?:akallem|akalem|a7achi|a7aki|atkallam|armes)(?: \w+)? "
    r"(?:m[ou]wa[zt]h?af|sha5s|shakhs|7ad|had|insan|modeer|mudir)"
)
_NOT_WANTED = re.compile(
    r"(?:don'?t|do not|no need to|not|without|ما (?:ابا|ابي|اريد|ابغي)|مب لازم|ma (?:abi|aba)) "
    r"(?:want )?(?:to )?$"
)
_FAILED = re.compile(
    r"didn'?t get that|didn'?t understand|doesn'?t look like|could you write it again|in other words"
    r"|i need the (?:company|name)|should read like"
    r"|ما فهمت|شكله مب كامل|تكتبه مره ثانيه|تقولها بطريقه ثانيه|احتاج اسم"
)
_OFFER = re.compile(r"(?<!\w)(?:person|our team|colleague|human|موظف|من فريقنا|فريقنا|زملائنا|زملاءنا)(?!\w)")
# Stands for any address where one is explained.
_EXAMPLE = "name@company.ae"
_ADDRESSES = re.compile(r"https?://\S+")
_INTERNALS = re.compile(
    r"\b(?:utter|action|slot|intent)_\w+|traceback|exception|system prompt|my instructions|instructions i was"
    r"|<[a-z_]+_\d+>|\{[a-z_]+(?::[\w-]+)?\}|(?<!\w)(?:null|none|undefined|nan)(?!\w)|conversation[_ ]id"
    r"|nlu_fallback|requested_slot|language model|openrouter|chatgpt|\bgpt|zoho|\brasa\b|postgres"
    r"|\bselect\b.{1,60}\bfrom\b|127\.0\.0\.1|localhost|confidence (?:of )?0?\.\d"
    r"|purchase price|our margin|سعر الشراء"
)


def gives_a_person(transcript: Transcript) -> Iterator[Violation]:
    """Rule 11: who asks for a person gets one at once, and after the third failed answer one is offered.

    And whoever a person looks after does not hear the bot any more.
    """
    failures, before = 0, "bot"
    for place, turn in enumerate(transcript.turns):
        if asks_person(turn) and turn.owner != "person":
            yield Violation(
                11, place, "the customer asked for a person and got none", " ".join(turn.customer)
            )
        if before == turn.owner == "person" and turn.customer and turn.replies:
            yield Violation(11, place, "the bot answers in a chat that a person has", turn.text)
        if turn.customer:
            failures = failures + 1 if _FAILED.search(fold(turn.text)) else 0
        if failures >= _FAILURES_UNTIL_OFFER and turn.owner == "bot" and not _offers(turn):
            yield Violation(11, place, f"{failures} failed answers and no person is offered", turn.text)
        before = turn.owner


def asks_person(turn: SpokenTurn) -> bool:
    """Whether the customer's words ask for a person."""
    for text in map(fold, turn.customer):
        for found in _ASKS_PERSON.finditer(text):
            if not _NOT_WANTED.search(text[: found.start()]):
                return True
    return False


def _offers(turn: SpokenTurn) -> bool:
    buttons = " ".join(title for reply in turn.replies for title in reply.buttons)
    return bool(_OFFER.search(fold(f"{turn.text} {buttons}")))


def keeps_secrets(transcript: Transcript) -> Iterator[Violation]:
    """Rule 13: no number or address but the customer's and the seller's own, and nothing of the machinery."""
    ours = {
        found.canonical
        for own in (*transcript.seller.own_data, _EXAMPLE)
        for found in find_personal_data(own)
    }
    told = set(ours)
    for place, turn in enumerate(transcript.turns):
        for text in turn.customer:
            told |= {found.canonical for found in find_personal_data(text)}
        for reply in turn.replies:
            words = _ADDRESSES.sub(" ", reply.text)
            for found in find_personal_data(words):
                if found.canonical not in told:
                    kind = found.kind.value.lower().replace("_", " ")
                    yield Violation(13, place, f"tells {kind} of somebody else", reply.text)
            if internal := _INTERNALS.search(fold(words)):
                yield Violation(13, place, f"tells of the machinery: {internal.group()!r}", reply.text)
