"""Chats go on for years: grading one costs by its length, and the worker's other work goes on meanwhile."""

from __future__ import annotations

import asyncio
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import FrameType

from quality.checks import violations
from quality.observed import Reply
from quality.ports import ChatToGrade
from quality.real_chats import RealChatGrader
from quality.transcript import SpokenTurn, Transcript
from tests.golden_checks.chats import clean_chats
from text.amounts import find_amounts
from text.fold import fold

BEGAN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)
LONG_ENOUGH_SECONDS = 20.0


def chat_of(turns: int) -> Transcript:
    """One customer who asks much; each time his words are others."""
    spoken = tuple(
        SpokenTurn(
            (f"what is number {number} of your desks, below {number + 100} AED?",),
            (Reply(f"Desk number {number} has two drawers. How many do you need?"),),
            at=BEGAN + number * timedelta(minutes=1),
        )
        for number in range(turns)
    )
    facts = {"company": "Falcon Bay LLC", "email": "z@post.example"}
    return replace(clean_chats()[0], turns=spoken, quotes=(), moves=(), sent=(), facts=facts)


def characters_read(chat: Transcript) -> int:
    """How many characters are folded, or searched for amounts, to grade it."""
    read = 0
    names = {fold.__code__: "text", find_amounts.__code__: "folded"}

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal read
        if event == "call" and frame.f_code in names:
            read += len(frame.f_locals[names[frame.f_code]])

    sys.setprofile(count)
    try:
        violations(chat)
    finally:
        sys.setprofile(None)
    return read


def test_a_chat_of_twice_the_turns_is_read_twice_as_much() -> None:
    # What is remembered of words from chat to chat is no difference between the two.
    violations(chat_of(80))
    assert characters_read(chat_of(80)) < 2.3 * characters_read(chat_of(40))


async def test_other_work_goes_on_while_a_chat_is_graded() -> None:
    went_on = threading.Event()
    asked_before: list[bool] = []

    def mask(words: str) -> str:
        asked_before.append(went_on.wait(LONG_ENOUGH_SECONDS))
        return words

    async def others() -> None:
        went_on.set()

    grading = RealChatGrader(None).grade(ChatToGrade(chat_of(1), mask, BEGAN, BEGAN + WEEK))
    await asyncio.gather(grading, others())
    assert asked_before
    assert all(asked_before)
