"""`majlis eval`: play the golden chats through the whole product and grade them by the fifteen rules."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.conversations import play_all, read_cases, started_for
from app.errors import StartError
from app.judge_model import LanguageModelJudge
from app.llm import open_judge
from app.sandbox_chat import Line
from app.sandbox_sale import BuyingChat
from app.sandbox_stack import Report
from app.seller import load_seller
from app.settings import PROJECT_ROOT, Settings
from app.transcripts import read_transcript
from quality.checklist import read_checklist
from quality.checks import violations
from quality.grading import Graded, as_json, as_text
from quality.judge import Judge
from quality.observed import Products
from quality.player import Played
from quality.report import summary
from sales.seller import Seller

GOLDEN = PROJECT_ROOT / "quality" / "golden"


class JudgeMissing(StartError):
    """`--judge` was asked for, and the settings name no judge."""


async def evaluate(settings: Settings, path: Path | None, *, with_judge: bool, say: Report) -> bool:
    """Play and grade the chats at `path` (default: all golden ones); whether all are as they should be.

    Writes report.json and report.txt into the folder eval of MAJLIS_HOME.

    Raises:
        StartError: when there is no judge to ask, a file is malformed, the model cannot be trained or the
            product does not start.
    """
    if with_judge and not (settings.llm_judge_model and settings.llm_api_key.get_secret_value()):
        raise JudgeMissing(
            "--judge asks a language model: set LLM_API_KEY and LLM_JUDGE_MODEL, or leave --judge out."
        )
    cases = read_cases(path or GOLDEN)
    began = time.monotonic()
    grader = _Grader(settings, load_seller(), with_judge)
    async with started_for(cases, settings, say) as stack:
        outcome = await play_all(cases, stack, say, grader.grade)
    say(summary(outcome.passed, outcome.failed, outcome.skipped, time.monotonic() - began))
    graded = sorted(grader.graded, key=lambda one: one.transcript.name)
    checklist = read_checklist()
    folder = settings.majlis_home / "eval"
    folder.mkdir(parents=True, exist_ok=True)
    report = json.dumps(as_json(graded, checklist), ensure_ascii=False, indent=1, default=str)
    (folder / "report.json").write_text(report + "\n", encoding="utf-8")
    told = as_text(graded, checklist)
    (folder / "report.txt").write_text(told, encoding="utf-8")
    say(f"\n{told}\nWritten to {folder / 'report.json'} and report.txt beside it.")
    return len(graded) == len(cases) and all(one.passed for one in graded) and not outcome.leaks


@dataclass
class _Grader:
    """Grades each chat when it is over, while the sandbox still knows it."""

    settings: Settings
    seller: Seller
    with_judge: bool
    graded: list[Graded] = field(default_factory=list)

    async def grade(self, played: Played, chat: BuyingChat, line: Line, products: Products) -> None:
        """What `app.conversations.Look` is called for."""
        transcript = await read_transcript(played, chat, line, products, self.seller)
        found = await asyncio.to_thread(violations, transcript)
        judgements = None
        if self.with_judge:
            async with self._judge(line) as judge:
                judgements = tuple([await judge.decide(rule, transcript) for rule in read_checklist().judged])
        self.graded.append(Graded(transcript, played.differences, tuple(found), judgements))

    @asynccontextmanager
    async def _judge(self, line: Line) -> AsyncIterator[Judge]:
        model = open_judge(self.settings, line.engine)
        try:
            yield Judge(LanguageModelJudge(model), facts_of(self.seller))
        finally:
            await model.close()


def facts_of(seller: Seller) -> str:
    """What the seller says of himself, a line for a fact, for the rule about promises."""
    told = [f"{topic}: {seller.fact(topic, 'en')}" for topic in sorted(seller.facts)]
    told.append(f"quotes: good for {seller.quote.valid_days} days")
    told += [f"quotes: {term.en}" for term in seller.quote.terms]
    return "\n".join(told)
