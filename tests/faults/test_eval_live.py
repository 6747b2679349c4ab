"""`majlis eval` on the running product: what is wrong is named by its rule, its line and its words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.conversations import read_cases
from app.evaluate import Evaluation, play_and_grade
from app.sandbox_stack import Addresses
from app.seller import load_seller
from app.settings import Settings, read_settings
from sales.seller import Seller
from tests.faults.stack import Stack
from text.personal_data import find_personal_data

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHATS = """\
test_cases:
  - test_case: all is well
    steps:
      - user: 2 black office chairs under 900
      - products: {all: {category: chair, color: black, max_price: 900}}
      - user: my number is 050 765 4321, do you deliver to Sharjah?
      - owner: bot
  - test_case: the greeting
    steps:
      - user: good morning
      - utter: utter_greet
  - test_case: another way than the case says
    steps:
      - user: black office chairs
      - stage: quoting
"""
ZOHO_KNOBS = ("finance_calls_per_minute", "finance_calls_per_day")


class OnStack:
    """The stack of the fault runs for whoever plays cases (`app.conversations.Playground`)."""

    def __init__(self, stack: Stack) -> None:
        self.addresses = Addresses(stack.sandbox_url, stack.postgres.url)

    async def died(self) -> None:
        await asyncio.Event().wait()


@pytest_asyncio.fixture(loop_scope="session")
async def quick_stack(stack: Stack) -> AsyncIterator[Stack]:
    """The stack with a sandbox that is as it was when the cases are played."""
    before = (await stack.client.get(f"{stack.sandbox_url}/control/zoho/knobs")).json()
    yield stack
    knobs = {name: before[name] for name in ZOHO_KNOBS}
    await stack.client.put(f"{stack.sandbox_url}/control/zoho/knobs", json=knobs)


def renamed() -> Seller:
    """The seller under another name than the one that replies tell: what was said does not fit it."""
    seller = load_seller()
    other = seller.name.model_copy(update={"en": "Qasr Interiors and Fittings", "ar": "قصر للديكور"})
    return seller.model_copy(update={"name": other})


async def report(
    stack: Stack, home: Path, said: list[str], *, seller: Seller, with_judge: bool = False
) -> tuple[bool, dict[str, Any], str]:
    """What `majlis eval` finds, and its two reports."""
    file = home / "chats.yml"
    file.write_text(CHATS, encoding="utf-8")
    settings: Settings = read_settings(
        {
            "majlis_home": home,
            "llm_base_url": f"{stack.sandbox_url}/v1",
            "llm_api_key": "sandbox-model-key",
            "llm_judge_model": "sandbox/judge",
        }
    )
    cases = read_cases(file)
    evaluation = Evaluation(settings, seller, with_judge, cases)
    is_good = await play_and_grade(cases, OnStack(stack), evaluation, said.append)
    found = json.loads((home / "eval" / "report.json").read_text(encoding="utf-8"))
    return is_good, found, (home / "eval" / "report.txt").read_text(encoding="utf-8")


async def test_what_is_wrong_is_named(quick_stack: Stack, tmp_path: Path) -> None:
    is_good, found, told = await report(quick_stack, tmp_path, [], seller=renamed())

    assert not is_good
    assert (found["chats"], found["passed"]) == (3, 1)
    assert [rule["number"] for rule in found["rules"] if rule["failed"]] == [1]
    assert "1 of 3 chats are as they should be." in told
    greeting = told.partition("chats › the greeting")[2]
    assert "rule 1, turn 1: the greeting does not name the seller" in greeting
    assert "Dar Al Maktab" in greeting.partition("does not name the seller")[2]
    assert "line 15: expected" in told.partition("chats › another way")[2].partition("chats ›")[0]


async def test_the_judge_is_asked_without_a_key_of_ones_own(quick_stack: Stack, tmp_path: Path) -> None:
    said: list[str] = []
    is_good, found, _ = await report(quick_stack, tmp_path, said, seller=load_seller(), with_judge=True)

    assert not is_good
    assert (found["chats"], found["passed"]) == (3, 2)
    assert all(rule["graded"] for rule in found["rules"])
    calls = (await quick_stack.client.get(f"{quick_stack.sandbox_url}/control/model/calls")).json()["calls"]
    asked = [call["body"]["messages"][1]["content"] for call in calls if call["purpose"] == "judge"]
    # Two rules and two votes for each of three chats.
    assert len(asked) == 12
    assert any("my number is <PHONE_1>" in question for question in asked)
    chats = [question.partition("CHAT:\n")[2] for question in asked]
    assert not [found for chat in chats for found in find_personal_data(chat)]
    assert "The model was sent 12 requests; 0 things in them are personal." in said
