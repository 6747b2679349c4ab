"""The judge over a real socket: what it asks for is sent, and a server that fails is no verdict."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.judge_model import LanguageModelJudge
from offscript.guarded_model import GuardedModel
from quality.checklist import read_checklist
from quality.judge import SCHEMA, Judge, Verdict
from tests.golden_checks.chats import clean_chats
from tests.integration.llm_support import ENOUGH, PRICES, Bench, llm_bench

RULE = read_checklist()[12]
[CHAT] = [chat for chat in clean_chats() if chat.name == "en, delivery and payment"]
LINE = "We deliver all over the UAE"


@pytest.fixture
async def it(engine: AsyncEngine) -> AsyncIterator[Bench]:
    async with llm_bench(engine) as bench:
        yield bench


def judge(it: Bench) -> Judge:
    model = GuardedModel(it.engine, it.server, {"judge": ("made/judge",)}, ENOUGH, PRICES)
    return Judge(LanguageModelJudge(model), "delivery: all over the UAE")


async def test_a_fail_is_asked_for_twice_and_shows_its_line(it: Bench) -> None:
    await it.script({"json": {"reason": "Too much.", "line": LINE, "verdict": "fail"}, "times": 0})

    found = await judge(it).decide(RULE, CHAT)

    assert (found.verdict, found.line, found.reason) == (Verdict.FAIL, LINE, "Too much.")
    bodies = [call["body"] for call in await it.calls(4)]
    assert len(bodies) == 4
    assert {body["model"] for body in bodies} == {"made/judge"}
    assert bodies[0]["response_format"]["json_schema"]["schema"]["required"] == SCHEMA["required"]
    assert '{"customer": "do you deliver to Sharjah?"}' in bodies[0]["messages"][1]["content"]


async def test_a_server_that_fails_leaves_the_rule_undecided(it: Bench) -> None:
    await it.script({"fault": "status", "status": 400, "times": 0})

    found = await judge(it).decide(RULE, CHAT)

    assert found.verdict is Verdict.UNDECIDED
    assert "refused" in found.reason
