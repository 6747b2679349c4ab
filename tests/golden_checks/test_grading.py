"""A report says what is wrong with which chat, and a rule that nobody graded is not a passed one."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from app.evaluate import JudgeMissing, evaluate
from app.judge_model import facts_of
from app.seller import load_seller
from app.settings import read_settings
from quality.checklist import read_checklist
from quality.checks import violations
from quality.comparing import Difference
from quality.grading import Graded, as_json, as_text
from quality.judge import Judgement, Verdict
from tests.golden_checks.chats import clean_chats, planted_chats

CHECKLIST = read_checklist()
GOOD = Graded(clean_chats()[0], (), ())
[WRONG_PRICE] = [one.transcript for one in planted_chats() if "a price below" in one.name]
JUDGED = Graded(GOOD.transcript, (), (), (Judgement(12, Verdict.PASS), Judgement(15, Verdict.PASS)))
BAD = Graded(WRONG_PRICE, (), tuple(violations(WRONG_PRICE)))


def test_the_text_names_the_chat_the_rule_and_the_line() -> None:
    told = as_text([GOOD, BAD], CHECKLIST)

    assert told.startswith("1 of 2 chats are as they should be.")
    assert "rule 3, turn 3: CH-1010 at 299.00; the catalog says 337" in told
    assert "  | Marina task chair, black fabric (CH-1010) – AED 299.00" in told
    assert GOOD.transcript.name not in told
    assert "not graded: needs --judge" in told


def test_the_json_counts_chats_by_rule() -> None:
    read = json.loads(json.dumps(as_json([GOOD, BAD], CHECKLIST), default=str))

    assert (read["chats"], read["passed"]) == (2, 1)
    assert [rule["number"] for rule in read["rules"] if rule["failed"]] == [3]
    assert [rule["number"] for rule in read["rules"] if not rule["graded"]] == [12, 15]
    assert read["details"][1]["violations"][0]["problem"].startswith("CH-1010 at 299.00")
    assert read["details"][1]["turns"][1]["language"] == "en"


@pytest.mark.parametrize(
    ("chats", "is_graded"),
    [
        ([], False),
        ([GOOD], False),
        ([JUDGED], True),
        # A chat that broke off is asked of no judge, and hides nothing that was found in others.
        ([JUDGED, GOOD], True),
    ],
)
def test_json_and_text_say_alike_whether_a_judge_was_asked(chats: list[Graded], is_graded: bool) -> None:
    told = as_text(chats, CHECKLIST)
    rules = as_json(chats, CHECKLIST)["rules"]

    assert [rule["graded"] for rule in rules if rule["number"] in (12, 15)] == [is_graded] * 2
    assert ("not graded: needs --judge" in told) is not is_graded


@pytest.mark.parametrize(
    ("graded", "passed"),
    [
        (Graded(GOOD.transcript, (), (), (Judgement(12, Verdict.PASS),)), True),
        (Graded(GOOD.transcript, (), (), (Judgement(12, Verdict.FAIL, "late", "Tomorrow!"),)), False),
        (Graded(GOOD.transcript, (), (), (Judgement(12, Verdict.UNDECIDED, "no votes"),)), False),
        (Graded(GOOD.transcript, (Difference(3, "stage: closing", "stage: quoting"),), ()), False),
    ],
)
def test_what_is_wrong_or_left_open_is_no_pass(graded: Graded, passed: bool) -> None:
    assert graded.passed is passed
    assert as_text([graded], CHECKLIST).startswith(f"{int(passed)} of 1")


def test_a_judge_that_nobody_named_is_missed_before_anything_starts(tmp_path: Path) -> None:
    settings = read_settings({"majlis_home": tmp_path, "llm_judge_model": ""})

    with pytest.raises(JudgeMissing, match="LLM_JUDGE_MODEL"):
        asyncio.run(evaluate(settings, None, with_judge=True, say=lambda text: None))
    assert list(tmp_path.iterdir()) == []


def test_the_judge_reads_what_the_seller_says_of_himself() -> None:
    told = facts_of(load_seller())

    assert "warranty: Chairs and mechanisms are under warranty for 3 years" in told
    assert "quotes: good for 14 days" in told
