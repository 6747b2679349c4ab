"""A chat in a terminal: lines in, gathered to bursts and commands; replies out, with numbered buttons."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from dataclasses import dataclass
from typing import TextIO

from quality.observed import Turn
from quality.report import understanding

# Lines that follow each other this quickly were pasted, or are meant as one burst.
PAUSE_SECONDS = 0.4
COMMANDS = ("/new", "/debug", "/quit")
_GREY, _PLAIN = "\x1b[90m", "\x1b[0m"


@dataclass(frozen=True)
class Burst:
    """What the customer says at once."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Command:
    """One of `COMMANDS`."""

    name: str


class Keyboard:
    """Reads bursts and commands from the lines of a terminal, a pipe or a file.

    A line that follows quickly belongs to the burst before it; an empty line, a command and the end of
    the input end a burst. Where nobody types, lines always follow quickly, so empty lines separate bursts.
    """

    def __init__(self, lines: asyncio.Queue[str | None]) -> None:
        self._lines = lines
        self._held: str | None = None
        self._is_over = False

    async def read(self) -> Burst | Command | None:
        """The next burst or command; None at the end of the input."""
        texts: list[str] = []
        while not self._is_over:
            try:
                async with asyncio.timeout(PAUSE_SECONDS if texts else None):
                    line = await self._next()
            except TimeoutError:
                break
            if line is None:
                self._is_over = True
            elif line in COMMANDS:
                if not texts:
                    return Command(line)
                self._held = line
                break
            elif line:
                texts.append(line)
            elif texts:
                break
        return Burst(tuple(texts)) if texts else None

    async def _next(self) -> str | None:
        if self._held is not None:
            held, self._held = self._held, None
            return held
        line = await self._lines.get()
        return None if line is None else line.strip()


def lines_of(descriptor: int) -> asyncio.Queue[str | None]:
    """The lines of an open file as they come, and None after the last.

    Read by a thread of its own, past Python's buffered `stdin`: that one cannot be left while somebody
    waits in it, and event loops do not take every kind of file.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def tell(line: str | None) -> None:
        try:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        except RuntimeError:  # the loop has ended, nobody listens any more
            return

    def read() -> None:
        rest = b""
        while chunk := os.read(descriptor, 65536):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                tell(line.decode(errors="replace"))
        if rest:
            tell(rest.decode(errors="replace"))
        tell(None)

    threading.Thread(target=read, daemon=True, name="keyboard").start()
    return lines


class Screen:
    """Prints a chat; what explains rather than says is grey on a terminal."""

    def __init__(self, output: TextIO = sys.stdout) -> None:
        self._output = output
        self._colours = output.isatty()
        self.shows_reasons = True

    def tell(self, sentence: str) -> None:
        """A sentence that nobody of the chat says."""
        self._print(f"{_GREY}{sentence}{_PLAIN}" if self._colours else sentence)

    def show(self, turn: Turn) -> None:
        """The replies of a turn with their buttons, numbered through, and what led to them."""
        if turn.trouble:
            self.tell(f"Something is wrong: {turn.trouble}.")
        number = 0
        for reply in turn.replies:
            self._print(reply.text)
            for title in reply.buttons:
                number += 1
                self._print(f"  [{number}] {title}")
        if not turn.replies and turn.owner == "person":
            self.tell("(Silence: a person answers this chat now. /new is a new customer.)")
        if self.shows_reasons and (reasons := understanding(turn)):
            said = ", ".join(name for name in turn.utters if name)
            self.tell(f"{reasons}  ‹{said}›" if said else reasons)
        self._print("")

    def _print(self, text: str) -> None:
        print(text, file=self._output, flush=True)


def button_meant(burst: Burst, turn: Turn | None) -> tuple[int, int] | None:
    """The message and button, both from 0, whose number on the screen was typed; None when none was."""
    if turn is None or len(burst.texts) != 1 or not burst.texts[0].isdecimal():
        return None
    places = [
        (message, button)
        for message, reply in enumerate(turn.replies)
        for button in range(len(reply.buttons))
    ]
    number = int(burst.texts[0])
    return places[number - 1] if 1 <= number <= len(places) else None
