"""Grades a real chat of a period by the same checks and the same judge as the golden chats.

What the record of a real chat cannot decide is no pass: the verdict says why there is none. A rule that has
nothing to judge in a chat (no quote, no greeting) has no verdict at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from quality.checklist import Rule, read_checklist
from quality.checks import CHECKS
from quality.checks.speech import begins_with_a_greeting
from quality.judge import Judge
from quality.judge import Verdict as Judged
from quality.ports import ChatToGrade, KeptLine, Verdict, Who
from quality.transcript import Transcript, Violation

CONSTRAINTS_MET, PRICES = 4, 3
NOT_IN_THE_RECORD: Mapping[int, str] = {
    CONSTRAINTS_MET: "what a customer wished for is stated by the golden chats only",
}
"""Rules of code that the rows of a real chat do not decide, and why."""

NO_JUDGE = "no judge is configured (LLM_JUDGE_MODEL)"
PRICE_CHANGED = "a price was changed in Zoho after it was said"


class RealChatGrader:
    """Grades by `quality.checks`, and by a judge where there is one (port `quality.ports.Grader`)."""

    def __init__(self, judge: Judge | None) -> None:
        self._judge = judge

    async def grade(self, chat: ChatToGrade) -> Sequence[Verdict]:
        """See `quality.ports.Grader.grade`."""
        return [verdict for rule in read_checklist().rules if (verdict := await self._verdict(rule, chat))]

    async def _verdict(self, rule: Rule, chat: ChatToGrade) -> Verdict | None:
        if rule.number in NOT_IN_THE_RECORD:
            return Verdict(rule.number, None, NOT_IN_THE_RECORD[rule.number])
        if rule.decided_by == "code":
            # The worker's other work goes on while a long chat is compared.
            return await asyncio.to_thread(_by_code, rule.number, chat)
        if not any(turn.replies for turn in chat.masked.turns):
            return None
        return await self._by_judge(rule, chat)

    async def _by_judge(self, rule: Rule, chat: ChatToGrade) -> Verdict:
        if self._judge is None:
            return Verdict(rule.number, None, NO_JUDGE)
        found = await self._judge.decide(rule, chat.masked)
        if found.verdict is Judged.UNDECIDED:
            return Verdict(rule.number, None, f"the judge is undecided: {found.reason}")
        if found.verdict is Judged.PASS:
            return Verdict(rule.number, passed=True)
        line = KeptLine(Who.MAJLIS, found.line)
        return Verdict(rule.number, passed=False, why=found.reason, lines=(line,))


def _by_code(rule: int, chat: ChatToGrade) -> Verdict | None:
    transcript = chat.transcript
    found = [one for one in CHECKS[rule](transcript) if chat.covers(_moment(one, transcript))]
    wrong = [one for one in found if not (rule == PRICES and _was_another_price(one, transcript))]
    if found and not wrong:
        return Verdict(rule, None, PRICE_CHANGED)
    if not wrong:
        return Verdict(rule, passed=True) if _has_subject(rule, chat) else None
    why = "; ".join(dict.fromkeys(one.problem for one in wrong))
    return Verdict(rule, passed=False, why=chat.mask(why), lines=tuple(_lines(wrong, chat)))


def _lines(wrong: Sequence[Violation], chat: ChatToGrade) -> Iterator[KeptLine]:
    """The turns that are wrong, each once, and our words that no turn said."""
    for place in dict.fromkeys(one.turn for one in wrong if one.turn is not None):
        turn = chat.transcript.turns[place]
        yield from (KeptLine(Who.CUSTOMER, chat.mask(words)) for words in turn.customer)
        yield from (KeptLine(Who.MAJLIS, chat.mask(reply.text)) for reply in turn.replies)
    for line in dict.fromkeys(one.line for one in wrong if one.turn is None and one.line):
        yield KeptLine(Who.MAJLIS, chat.mask(line))


def _has_subject(rule: int, chat: ChatToGrade) -> bool:
    """Whether the period of the chat has what the rule is about, so that no fault in it is a pass."""
    transcript = chat.transcript
    if rule == 1:
        return begins_with_a_greeting(transcript) and chat.covers(transcript.turns[0].at)
    if rule in (7, 9):
        return any(chat.covers(quote.sent_at) for quote in transcript.quotes)
    if rule == 8:
        return any(chat.covers(move.at) for move in transcript.moves)
    if rule == 11:
        return any(turn.customer for turn in chat.masked.turns)
    if rule == 14:
        return any(chat.covers(sent.at) for sent in transcript.sent)
    return any(turn.replies for turn in chat.masked.turns)


def _moment(found: Violation, transcript: Transcript) -> datetime | None:
    return found.at if found.turn is None else transcript.turns[found.turn].at


def _was_another_price(found: Violation, transcript: Transcript) -> bool:
    """Whether a product it is about was changed since, so that the catalog no longer says what it cost."""
    when = _moment(found, transcript)
    if found.turn is None:
        about = {row.sku for quote in transcript.quotes for row in quote.lines}
    else:
        about = {product.sku for product in transcript.shown[found.turn]}
    known = [transcript.products[sku].changed_at for sku in about if sku in transcript.products]
    return any(changed is not None and when is not None and changed > when for changed in known)
