"""`majlis eval`: play the golden chats through the whole product and grade them by the fifteen rules."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from app.conversations import CONVERSATIONS, Playground, play_all, read_cases, started_for
from app.errors import StartError
from app.judge_model import is_configured, judge_of
from app.llm import open_judge
from app.masked_words import mask_of
from app.sandbox_chat import Line
from app.sandbox_sale import BuyingChat
from app.sandbox_stack import Report
from app.seller import load_seller
from app.settings import PROJECT_ROOT, Settings
from app.transcripts import Ground, as_played, case_name, read_transcript
from catalog.vocabulary import read_document
from quality.cases import Case
from quality.checklist import read_checklist
from quality.checks import violations
from quality.comparing import Difference
from quality.grading import Graded, as_json, as_text
from quality.judge import Judge
from quality.observed import Products
from quality.player import Played
from quality.report import summary
from quality.transcript import masked
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
    if with_judge and not is_configured(settings):
        raise JudgeMissing(
            "--judge asks a language model: set LLM_API_KEY and LLM_JUDGE_MODEL, or leave --judge out."
        )
    cases = read_cases(path or GOLDEN)
    return await _play(cases, Evaluation(settings, load_seller(), with_judge, cases), say)


async def play_everything(settings: Settings, say: Report) -> bool:
    """Play all conversation tests and, on the same product, the golden chats, which are graded by code.

    Raises:
        StartError: when a file is malformed, the model cannot be trained or the product does not start.
    """
    golden = read_cases(GOLDEN)
    evaluation = Evaluation(settings, load_seller(), with_judge=False, cases=golden)
    return await _play([*read_cases(CONVERSATIONS), *golden], evaluation, say)


async def _play(cases: Sequence[Case], evaluation: Evaluation, say: Report) -> bool:
    async with started_for(cases, evaluation.settings, say) as stack:
        return await play_and_grade(cases, stack, evaluation, say)


async def play_and_grade(
    cases: Sequence[Case], stack: Playground, evaluation: Evaluation, say: Report
) -> bool:
    """Play the cases on a running product and write the report; whether all are as they should be."""
    began = time.monotonic()
    outcome = await play_all(cases, stack, say, evaluation.grade)
    say(summary(outcome.passed, outcome.failed, outcome.skipped, time.monotonic() - began))
    is_good = evaluation.told(say)
    return is_good and outcome.failed == 0 and not outcome.leaks


@dataclass
class Evaluation:
    """Grades each of `cases` when it is over, while the sandbox still knows its phone; others are not its."""

    settings: Settings
    seller: Seller
    with_judge: bool
    cases: Sequence[Case]
    graded: list[Graded] = field(default_factory=list)

    async def grade(self, played: Played, chat: BuyingChat, line: Line, products: Products) -> None:
        """What `app.conversations.Look` is called for."""
        if played.case not in self.cases or chat.conversation_id is None:
            return
        left_at = await _left_at(line, chat.customer)
        async with line.engine.connect() as connection:
            rows = await read_transcript(
                connection, chat.conversation_id, Ground(products, self.seller), left_at=left_at
            )
            codes = (await read_document(connection))["skus"]
            mask = await mask_of(connection, chat.conversation_id, self.seller, codes)
        try:
            transcript = as_played(rows, played)
        except ValueError as error:
            # It broke off, so nobody can say which of its turns is which: the rules do not look at it.
            unmatched = (Difference(played.case.line, "the turns of the case", str(error)),)
            rows = replace(rows, name=case_name(played.case))
            self.graded.append(Graded(rows, played.differences or unmatched, ()))
            return
        found = await asyncio.to_thread(violations, transcript)
        judgements = None
        if self.with_judge:
            # As with real chats, no personal data goes to a model.
            shown = masked(transcript, mask)
            async with self._judge(line) as judge:
                judgements = tuple([await judge.decide(rule, shown) for rule in read_checklist().judged])
        self.graded.append(Graded(transcript, played.differences, tuple(found), judgements))

    def told(self, say: Report) -> bool:
        """Write the report and say it; whether every case was graded and is as it should be."""
        graded = sorted(self.graded, key=lambda one: one.transcript.name)
        checklist = read_checklist()
        folder = self.settings.majlis_home / "eval"
        folder.mkdir(parents=True, exist_ok=True)
        report = json.dumps(as_json(graded, checklist), ensure_ascii=False, indent=1, default=str)
        (folder / "report.json").write_text(report + "\n", encoding="utf-8")
        words = as_text(graded, checklist)
        (folder / "report.txt").write_text(words, encoding="utf-8")
        say(f"\n{words}\nWritten to {folder / 'report.json'} and report.txt beside it.")
        return len(graded) == len(self.cases) and all(one.passed for one in graded)

    @asynccontextmanager
    async def _judge(self, line: Line) -> AsyncIterator[Judge]:
        model = open_judge(self.settings, line.engine)
        try:
            yield judge_of(model, self.seller)
        finally:
            await model.close()


async def _left_at(line: Line, customer: str) -> Mapping[int, datetime]:
    """When each row of the outbox reached the sandbox's phone, by the business time that a test may move."""
    answer = await line.client.get("/control/messages", params={"chat_id": customer, "direction": "out"})
    answer.raise_for_status()
    times: dict[int, datetime] = {}
    for message in answer.json()["messages"]:
        # A retry after a definite refusal is "id.number"; what a manager wrote is no row of ours.
        row = str(message["crm_message_id"] or "").partition(".")[0]
        if message["delivered"] and row.isdecimal():
            times[int(row)] = datetime.fromisoformat(message["date_time"])
    return times
