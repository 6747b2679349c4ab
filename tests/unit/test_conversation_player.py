"""A conversation against a chat that was recorded: it stops at the first turn that differs and shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from quality.cases import Happening, TimePasses
from quality.observed import Products, Reply, Turn
from quality.player import Played, play
from quality.reading import read_file
from quality.report import describe_failure, summary

CASE = """
test_cases:
  - test_case: a customer gives up
    steps:
      - user: [Hi, I need something]
      - utter: utter_ask_need
      - user: {tap: Talk to a person}
      - utter: utter_hand_over
      - owner: person
      - user: are you there?
      - silence: true
"""

NEED = Turn(
    ("Hi", "I need something"),
    (Reply("What do you need?", ("Show products", "Talk to a person")),),
    utters=("utter_ask_need",),
    intent="search_products",
    confidence=0.934,
    entities=({"entity": "query", "value": "something", "group": "1"},),
    actions=("action_search_products",),
)
HANDED_OVER = Turn(
    ("[Talk to a person]",), (Reply("Of course."),), utters=("utter_hand_over",), owner="person"
)
QUIET = Turn(("are you there?",), (), owner="person")


class RecordedChat:
    """Answers with turns that are known before (port `quality.player.Chat`)."""

    def __init__(self, *turns: Turn) -> None:
        self.turns = list(turns)
        self.steps: list[object] = []

    async def write(self, texts: Sequence[str]) -> Turn:
        self.steps.append(tuple(texts))
        return self.turns.pop(0)

    async def tap(self, message: int, button: int) -> Turn:
        self.steps.append((message, button))
        return self.turns.pop(0)

    async def happen(self, happening: Happening) -> Turn:
        self.steps.append(happening)
        return self.turns.pop(0)

    async def settled(self, turn: Turn, *, notices_only: bool = False) -> Turn:
        self.steps.append("settled")
        return replace(turn, outcome="won")


async def played(tmp_path: Path, *turns: Turn, case: str = CASE) -> tuple[Played, RecordedChat]:
    file = tmp_path / "gives_up.yml"
    file.write_text(case, encoding="utf-8")
    (read,) = read_file(file)
    chat = RecordedChat(*turns)
    return await play(read, chat, Products([])), chat


async def test_a_chat_that_is_as_expected_passes(tmp_path: Path) -> None:
    result, chat = await played(tmp_path, NEED, HANDED_OVER, QUIET)
    assert result.passed
    assert chat.steps == [("Hi", "I need something"), (0, 1), ("are you there?",)]


async def test_a_wrong_expectation_fails_and_ends_the_case(tmp_path: Path) -> None:
    still_the_bot = Turn(HANDED_OVER.customer, HANDED_OVER.replies, utters=("utter_default",))
    result, chat = await played(tmp_path, NEED, still_the_bot, QUIET)
    assert not result.passed
    assert chat.turns == [QUIET], "what comes after a difference says nothing any more"
    file = tmp_path / "gives_up.yml"
    assert describe_failure(result).splitlines() == [
        f"FAILED  {file}:3  a customer gives up",
        "",
        "    customer  Hi",
        "    customer  I need something",
        "              search_products 0.93  query=something (group 1)  → action_search_products",
        "         bot  What do you need?",
        "              [Show products]  [Talk to a person]",
        "              ‹utter_ask_need›",
        "    customer  [Talk to a person]",
        "         bot  Of course.",
        "              ‹utter_default›",
        "",
        f"    {file}:8",
        "      - expected  utter: utter_hand_over",
        "      + found     utter: utter_default",
        f"    {file}:9",
        "      - expected  owner: person",
        "      + found     owner: bot",
    ]


async def test_a_button_that_is_not_there_fails(tmp_path: Path) -> None:
    result, _ = await played(
        tmp_path, Turn(NEED.customer, (Reply("What?", ("Yes",)),), utters=("utter_ask_need",))
    )
    (difference,) = result.differences
    assert (difference.expected, difference.found) == ("a button 'Talk to a person' to tap", "buttons: Yes")


async def test_a_turn_in_trouble_fails_whatever_was_expected(tmp_path: Path) -> None:
    late = Turn(QUIET.customer, (), owner="person", trouble="no answer within 45 s")
    result, _ = await played(tmp_path, NEED, HANDED_OVER, late)
    assert [item.found for item in result.differences] == ["no answer within 45 s"]


SALE = """
test_cases:
  - test_case: a sale that is won later
    steps:
      - user: confirm the order
      - stage: follow_up
      - clock: +1d
      - stage: {name: follow_up, outcome: won}
"""
ORDERED = Turn(("confirm the order",), (Reply("Thank you!"),), stage="follow_up")
A_DAY_LATER = Turn((), (), happening="1 day, 0:00:00 pass", stage="follow_up")


async def test_what_happens_beside_the_chat_is_a_step_and_jobs_are_waited_for_only_where_needed(
    tmp_path: Path,
) -> None:
    result, chat = await played(tmp_path, ORDERED, A_DAY_LATER, case=SALE)
    assert result.passed
    assert chat.steps == [("confirm the order",), TimePasses(7, timedelta(days=1)), "settled"]


async def test_what_happened_beside_the_chat_is_shown(tmp_path: Path) -> None:
    astray = replace(A_DAY_LATER, stage="selecting")
    result, _ = await played(tmp_path, ORDERED, astray, case=SALE)
    assert describe_failure(result).splitlines()[2:] == [
        "    customer  confirm the order",
        "         bot  Thank you!",
        "              (1 day, 0:00:00 pass)",
        "",
        f"    {tmp_path}/gives_up.yml:8",
        "      - expected  stage: follow_up",
        "      + found     stage: selecting",
    ]


def test_the_last_line_counts() -> None:
    assert summary(40, 0, 0, 61.4) == "Conversations: 40 passed in 61 s."
    assert summary(39, 1, 1, 61.4) == "Conversations: 39 passed, 1 failed, 1 skipped in 61 s."
