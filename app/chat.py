"""`majlis chat`: be the customer of a running Majlis in a terminal, with the files as they are now.

Made for conversation designers: before each message it looks whether the files that the model is made of
have changed; if so it trains, starts Majlis again and goes on with the same customer.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import psycopg

from app import sandbox_stack
from app.errors import StartError
from app.model import ensure_model, model_path
from app.sandbox_chat import Line, SandboxChat, connected
from app.seller import load_seller
from app.settings import Settings
from app.terminal import COMMANDS, Burst, Command, Keyboard, Screen, button_meant, lines_of
from quality.observed import Turn

_CONNECTIONS = 2


async def chat(settings: Settings) -> None:
    """Chat until /quit or the end of the input.

    Raises:
        StartError: when Majlis cannot be started.
    """
    screen = Screen()
    async with _House(settings.majlis_home, screen) as house:
        screen.tell(
            "Write as a customer; lines sent quickly are one burst, a number taps a button.\n"
            f"Commands: {', '.join(COMMANDS)} (a new customer; show or hide what was understood; end)."
        )
        keyboard = Keyboard(lines_of(sys.stdin.fileno()))
        customer, latest = SandboxChat(house.line), None
        while (entry := await keyboard.read()) != Command("/quit") and entry is not None:
            match entry:
                case Command("/new"):
                    customer, latest = SandboxChat(house.line), None
                    screen.tell(f"A new customer: {customer.customer}.")
                case Command():
                    screen.shows_reasons = not screen.shows_reasons
                case Burst():
                    if await house.take_changes():
                        customer.over(house.line)
                        latest = None
                    latest = await _said(entry, customer, latest, screen)


async def _said(burst: Burst, customer: SandboxChat, latest: Turn | None, screen: Screen) -> Turn | None:
    button = button_meant(burst, latest)
    try:
        turn = await (customer.write(burst.texts) if button is None else customer.tap(*button))
    except (httpx.HTTPError, psycopg.Error) as error:
        screen.tell(f"Majlis does not answer ({type(error).__name__}: {error}); try again in a moment.")
        return latest
    screen.show(turn)
    return turn


class _House:
    """The Majlis that is chatted with: the one that runs on this home already, or one of our own."""

    def __init__(self, home: Path, screen: Screen) -> None:
        self._home = home
        self._screen = screen
        self._open = AsyncExitStack()
        # The model that is chatted with, and that of changed files of which was told that they are not.
        self._model: Path | None = None
        self._left: Path | None = None
        self._is_ours = False
        self.line: Line

    async def __aenter__(self) -> Self:
        found = sandbox_stack.running(self._home)
        if found is not None:
            self._screen.tell(f"Joining the Majlis that runs on {self._home}.")
            self._model = model_path(self._home)
            self.line = await self._open.enter_async_context(connected(found, chats_at_once=_CONNECTIONS))
        else:
            self._is_ours = True
            self._model = await self._trained()
            await self._start(self._model)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def take_changes(self) -> bool:
        """Train and start again if the files changed; whether `line` is another one now."""
        present = await asyncio.to_thread(model_path, self._home)
        if present in {self._model, self._left}:
            return False
        self._left = present
        if not self._is_ours:
            self._screen.tell(
                "The files have changed. This Majlis was started elsewhere and goes on with the old ones; "
                "end that `majlis up` and start it again to try the new ones."
            )
            return False
        self._screen.tell("The files have changed.")
        try:
            self._model = await self._trained()
        except StartError as error:
            self._screen.tell(f"{error}\nThe chat goes on with the files as they were before.")
            return False
        await self._open.aclose()
        await self._start(self._model)
        return True

    async def _trained(self) -> Path:
        load_seller()
        return await asyncio.to_thread(ensure_model, self._home, self._screen.tell)

    async def _start(self, model: Path) -> None:
        self._screen.tell("Starting Majlis ...")
        settings = {**sandbox_stack.QUICK, "MAJLIS_MODEL": str(model)}
        stack = await self._open.enter_async_context(
            sandbox_stack.started(self._home, settings, self._screen.tell)
        )
        self.line = await self._open.enter_async_context(
            connected(stack.addresses, chats_at_once=_CONNECTIONS)
        )
