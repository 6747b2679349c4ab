"""The terminal chat: which lines belong together, what a number means, and what is shown."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from app.terminal import PAUSE_SECONDS, Burst, Command, Keyboard, Screen, button_meant, lines_of
from quality.observed import Reply, Turn

OFFER = Turn(
    ("weather?",),
    (Reply("Sorry.\nI did not get that.", ("Show products", "Talk to a person")), Reply("Or", ("Later",))),
    utters=("utter_fallback", None),
    intent="out_of_scope",
    confidence=0.91,
    actions=("utter_fallback",),
)


def typed(lines: Iterable[str | None]) -> asyncio.Queue[str | None]:
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    for line in lines:
        queue.put_nowait(line)
    return queue


async def read_all(lines: Iterable[str]) -> list[Burst | Command]:
    keyboard = Keyboard(typed([*lines, None]))
    entries = []
    while (entry := await keyboard.read()) is not None:
        entries.append(entry)
    return entries


@pytest.mark.parametrize(
    ("lines", "entries"),
    [
        ([], []),
        (["", "  "], []),
        (["Hi", " I need chairs ", "black"], [Burst(("Hi", "I need chairs", "black"))]),
        (["Hi", "", "chairs"], [Burst(("Hi",)), Burst(("chairs",))]),
        (["Hi", "/new", "/debug"], [Burst(("Hi",)), Command("/new"), Command("/debug")]),
        (["/ask_person"], [Burst(("/ask_person",))]),
    ],
)  # fmt: skip
async def test_lines_become_bursts_and_commands(lines: list[str], entries: list[Burst | Command]) -> None:
    assert await read_all(lines) == entries


async def test_a_pause_ends_a_burst() -> None:
    lines = typed(["Hi"])
    keyboard = Keyboard(lines)
    began = asyncio.get_running_loop().time()
    assert await keyboard.read() == Burst(("Hi",))
    assert asyncio.get_running_loop().time() - began >= PAUSE_SECONDS
    lines.put_nowait("chairs")
    lines.put_nowait(None)
    assert await keyboard.read() == Burst(("chairs",))
    assert await keyboard.read() is None


@pytest.mark.parametrize("content", ["", "كراسي\nblack", "كراسي\nblack\n"])
async def test_lines_are_read_from_a_pipe_and_from_a_file(tmp_path: Path, content: str) -> None:
    async def all_of(descriptor: int) -> list[str]:
        lines, found = lines_of(descriptor), list[str]()
        while (line := await lines.get()) is not None:
            found.append(line)
        return found

    file = tmp_path / "typed"
    file.write_text(content, encoding="utf-8")
    descriptor = os.open(file, os.O_RDONLY)
    assert await all_of(descriptor) == content.splitlines()
    os.close(descriptor)
    reading, writing = os.pipe()
    os.write(writing, content.encode())
    os.close(writing)
    assert await all_of(reading) == content.splitlines()
    os.close(reading)


@pytest.mark.parametrize(
    ("texts", "meant"),
    [
        (("1",), (0, 0)),
        (("3",), (1, 0)),
        (("٢",), (0, 1)),
        (("4",), None),
        (("0",), None),
        (("1", "2"), None),
    ],
)
def test_a_number_taps_the_button_that_shows_it(
    texts: tuple[str, ...], meant: tuple[int, int] | None
) -> None:
    assert button_meant(Burst(texts), OFFER) == meant


def test_a_number_is_a_number_where_no_button_is() -> None:
    assert button_meant(Burst(("1",)), None) is None
    assert button_meant(Burst(("1",)), Turn(("chairs",), (Reply("1. A chair"),))) is None


def test_a_turn_is_shown_with_its_buttons_and_its_reasons() -> None:
    output = io.StringIO()
    screen = Screen(output)
    screen.show(OFFER)
    assert output.getvalue().splitlines() == [
        "Sorry.",
        "I did not get that.",
        "  [1] Show products",
        "  [2] Talk to a person",
        "Or",
        "  [3] Later",
        "out_of_scope 0.91  → utter_fallback  ‹utter_fallback›",
        "",
    ]


def test_reasons_can_be_hidden_and_silence_is_explained() -> None:
    output = io.StringIO()
    screen = Screen(output)
    screen.shows_reasons = False
    screen.show(Turn(("hello?",), (), owner="person", intent="greet", trouble="no answer within 45 s"))
    assert output.getvalue().splitlines() == [
        "Something is wrong: no answer within 45 s.",
        "(Silence: a person answers this chat now. /new is a new customer.)",
        "",
    ]
