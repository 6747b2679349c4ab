"""A golden chat that breaks off is told in the report, as the chat that it is, beside all others."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.catalog_products import read_products
from app.conversations import read_cases
from app.evaluate import Evaluation
from app.sandbox_chat import Line
from app.sandbox_sale import BuyingChat
from app.sandbox_stack import Addresses
from app.sandbox_world import SandboxWorld
from app.seller import load_seller
from app.settings import read_settings
from quality.cases import Case
from quality.comparing import Difference
from quality.observed import Turn
from quality.player import Played
from storage.pool import create_pool
from tests.integration.report_support import last_week, turn_at
from tests.support import CHAT_ID, Database

GREETING = "Hello! This is Dar Al Maktab Office Furniture. What are you looking for?"
CHATS = """\
test_cases:
  - test_case: two greetings
    steps:
      - user: good morning
      - utter: utter_greet
      - user: good evening
      - utter: utter_greet
"""


@pytest.fixture
def case(tmp_path: Path) -> Case:
    file = tmp_path / "chats.yml"
    file.write_text(CHATS, encoding="utf-8")
    [case] = read_cases(file)
    return case


@pytest.fixture
async def line(db: Database) -> AsyncIterator[Line]:
    """To a database with one chat, and to a sandbox whose phone received nothing."""
    await turn_at(db, CHAT_ID, (await last_week(db)).since, "good morning", reply=GREETING)
    phone = httpx.MockTransport(lambda request: httpx.Response(200, json={"messages": []}))
    async with httpx.AsyncClient(transport=phone, base_url="http://sandbox") as client:
        pool = create_pool(db.url, test_clock=True, size=1, statement_timeout_milliseconds=1_000)
        yield Line(Addresses("http://sandbox", db.url), client, pool, db.engine)


async def graded(db: Database, line: Line, played: Played, home: Path) -> tuple[bool, dict[str, Any]]:
    """Whether all is as it should be, and what the report says of the chat."""
    chat = BuyingChat(line, SandboxWorld(line))
    chat.customer, chat.conversation_id = CHAT_ID, await db.chat(CHAT_ID)
    settings = read_settings({"majlis_home": home})
    evaluation = Evaluation(settings, load_seller(), with_judge=False, cases=[played.case])
    async with db.engine.connect() as connection:
        products = await read_products(connection)
    await evaluation.grade(played, chat, line, products)
    is_good = evaluation.told(lambda words: None)
    [told] = json.loads((home / "eval" / "report.json").read_text(encoding="utf-8"))["details"]
    return is_good, told


@pytest.mark.parametrize(
    "differences",
    [
        pytest.param((Difference(3, "a conversation to its end", "ReadTimeout: "),), id="it broke off"),
        pytest.param((), id="nobody noticed"),
    ],
)
async def test_a_chat_that_breaks_off_is_no_pass(
    db: Database, line: Line, case: Case, tmp_path: Path, differences: tuple[Difference, ...]
) -> None:
    is_good, told = await graded(db, line, Played(case, (), differences), tmp_path)

    assert not is_good
    assert (told["chat"], told["passed"]) == ("chats › two greetings", False)
    assert told["violations"] == []
    assert len(told["differences"]) == 1


async def test_a_chat_that_differs_is_graded_as_far_as_it_went(
    db: Database, line: Line, case: Case, tmp_path: Path
) -> None:
    turn = Turn(("good morning",), ())
    is_good, told = await graded(db, line, Played(case, (turn,)), tmp_path)
    assert is_good
    assert told["passed"]
