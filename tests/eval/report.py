"""The figures of an evaluation, in lines for a terminal (pure)."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import get_args

from tests.eval.lines import Writing
from tests.eval.live import Result
from text.fold import fold
from text.gulf_wording import modern_standard_word

# Words that are said in the Gulf and not written in Modern Standard Arabic, folded.
_GULF_WORDS = frozenset(
    fold(word)
    for word in (
        *"شو وين عندنا تبي تبا تبون ابا نبا الحين باجر مب مو هيه حياك حياكم زين وايد شوي عشان حق هني".split(),
        *"هذي هاي هالشي يعني بس اللي ليش شلون السموحة طرش نطرش اطرش نشوف بنشوف بشوف وياك منو جذي".split(),
    )
)
_ARABIC_WORD = re.compile("[\u0621-\u064a]+")
_ARABIC = re.compile("[\u0621-\u064a]")


def is_right(result: Result) -> bool:
    """Whether the triage said one of what is expected."""
    return result.decision in result.line.expected


def gulf_share(text: str) -> float:
    """Which share of the Arabic words are words of the Gulf; 0.0 where there is no Arabic word."""
    words = _ARABIC_WORD.findall(fold(text))
    return sum(word in _GULF_WORDS for word in words) / len(words) if words else 0.0


def report_of(results: Sequence[Result]) -> Iterator[str]:
    """Triage accuracy by way of writing, the Gulf's share of answers, cost and latency."""
    yield "\nTriage"
    for writing in get_args(Writing):
        yield _accuracy(writing, [result for result in results if result.line.writing == writing])
    yield _accuracy("all", results)
    for result in results:
        if not is_right(result):
            yield f"  {result.line.text!r}: {result.decision}, not {' or '.join(result.line.expected)}"
    yield from _answers(results)
    yield from _calls(results)


def _accuracy(name: str, results: Sequence[Result]) -> str:
    right = sum(map(is_right, results))
    return f"  {name:<8} {right:>3} of {len(results):>3} right  {_percent(right, len(results))}"


def _answers(results: Sequence[Result]) -> Iterator[str]:
    drafts = [draft for result in results for draft in result.drafts if _ARABIC.search(draft)]
    plain = [draft for draft in drafts if modern_standard_word(draft) is None]
    gulf = [draft for draft in plain if gulf_share(draft) > 0]
    share = statistics.mean(map(gulf_share, drafts)) if drafts else 0.0
    endings = [result.advice.ending for result in results]
    yield "\nAnswers"
    yield f"  sent: {endings.count('answered')}, held: {endings.count('held')}"
    yield (
        f"  Arabic drafts: {len(drafts)}; without a Modern Standard word: "
        f"{_percent(len(plain), len(drafts))}; and with a word of the Gulf: "
        f"{_percent(len(gulf), len(drafts))}; of all their words: {share:.0%}"
    )


def _calls(results: Sequence[Result]) -> Iterator[str]:
    yield "\nCalls"
    for purpose in ("triage", "answer"):
        answers = [answer for result in results for each, answer in result.calls if each == purpose]
        if not answers:
            continue
        latencies = sorted(answer.latency_ms for answer in answers)
        costs = [answer.cost for answer in answers if answer.cost is not None]
        cost = f"{sum(costs, Decimal(0)):.4f} dollars" if costs else "no cost named"
        p95 = latencies[(len(latencies) * 95 - 1) // 100]
        models = ", ".join(sorted({answer.model for answer in answers}))
        yield (
            f"  {purpose:<7} {len(answers):>4} calls  {cost}  "
            f"half within {statistics.median(latencies):.0f} ms, 95 % within {p95} ms  ({models})"
        )


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "none"
