"""Rules 11 and 13: a person for whoever needs one, and nothing told that is not the customer's to know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quality.transcript import SpokenTurn, Transcript, Violation
from text.fold import fold
from text.personal_data import find_personal_data

_FAILURES_UNTIL_OFFER = 3
_SOMEBODY = (
    r"(?:a |an |the |your |any |some )?(?:real |human |actual |live )?"
    r"(?:person|human(?: being)?|somebody|someone|agent|manager|colleague|representative|rep|employee"
    r"|staff|sales ?(?:man|person|woman|team|rep|manager)|sales|operator|supervisor"
    r"|customer (?:service|care|support))"
)
# Things are named for people, too: "get me a manager desk".
_NO_THING = (
    r"(?! (?:(?!about|for|on|who|and|to|please)\w+ )?"
    r"(?:desk|chair|armchair|table|sofa|office|room|workstation|locker|cabinet|seat|set|stool)s?(?!\w))"
)
_EMPLOYEE = r"(?:ال)?(?:موظف|موظفه|شخص|انسان|مدير|مسوول|بشر|مبيعات)|خدمه ال?عملاء"
_ONE_OF_YOU = r"واحد من (?:فريق|زملا|عند|ال?موظفين|ال?مبيعات)\w*"
_ASKS_PERSON = re.compile(
    r"(?<!\w)(?:"
    rf"(?:talk|speak|chat)(?: to| with)? {_SOMEBODY}"
    rf"|(?:connect|transfer|pass|put|get|give) me(?: through)?(?: to| with)? {_SOMEBODY}{_NO_THING}"
    rf"|(?:connect|transfer|put through) to {_SOMEBODY}"
    r"|(?:someone|somebody|a person|your (?:team|manager|colleague)|sales)(?: please| to)?"
    r" (?:call|phone|contact) me"
    r"|(?:want|need) (?:a )?(?:real |human |live )?(?:person|human)"
    r"|real person please|human please|call me back"
    rf"|\w?\w?\w?(?:كلم|حاجي|رمس|تواصل)(?:ني|نا)? (?:ويا |وي |مع |علي )?(?:{_EMPLOYEE}|ا?حد|{_ONE_OF_YOU})"
    rf"|(?:[انيت]حول\w*|حول\w+) (?:علي |لي )?ل?(?:{_EMPLOYEE}|ا?حد|{_ONE_OF_YOU})"
    rf"|و?(?:اريد|ابا|ابي|ابغي|بغيت) (?:{_EMPLOYEE}|{_ONE_OF_YOU}"
    r"|ا?حد (?:يكلم|يرد|يتصل|يتواصل|من عند|من فريق)\w*)"
    r"|(?:akall?[ei]m|a7achi|a7aki|atkall?am|arm[ei]s)(?: ma3)?(?: \w+)? "
    r"(?:m[ou]wa[zt]h?af|sha5s|shakhs|7ad|had|insan|modeer|mud[ie]+r)"
    r")(?!\w)"
)
_NOT_WANTED = re.compile(
    r"(?:don'?t|do not|no need to|not|without|ما (?:ابا|ابي|اريد|ابغي)|مب لازم|ma (?:abi|aba)"
    # Who asks whom he talks to wants to know whether it is a program.
    r"|do i|انا|قاعد) (?:want )?(?:to )?$"
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
    r"\b(?:utter|action|slot|intent)_\w+|traceback|exception:|\w+exception\b"
    r"|system prompt|my instructions|instructions i was"
    r"|<[a-z_]+_\d+>|\{[a-z_]+(?::[\w-]+)?\}|conversation[_ ]id"
    r"|(?:[:=] ?|\baed )(?:null|none|undefined|nan)(?!\w| of )|\A(?:null|none|undefined|nan)\W*\Z"
    r"|nlu_fallback|requested_slot|language model|openrouter|chatgpt|\bgpt|zoho|\brasa\b|postgres"
    r"|\bselect\b.{1,60}\bfrom \w+ where\b|127\.0\.0\.1|localhost|confidence (?:of )?0?\.\d"
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
    # What the customer's own number, or a record of ours, says of him may be said back.
    told = ours | {
        found.canonical
        for own in (transcript.phone, *transcript.facts.values())
        for found in find_personal_data(own)
    }
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
