"""Play a case against a chat, step after step, until it is over or something differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from quality.cases import Case, Exchange, Happening, Says, Taps
from quality.comparing import Difference, differences
from quality.observed import Products, Turn


class Chat(Protocol):
    """One customer's chat with Majlis."""

    async def write(self, texts: Sequence[str]) -> Turn:
        """The customer writes these as one burst; returns when the chat is at rest again."""

    async def tap(self, message: int, button: int) -> Turn:
        """The customer taps a button of one of the latest turn's replies, both counted from 0."""

    async def happen(self, happening: Happening) -> Turn:
        """Something happens beside the chat; returns what reached the customer meanwhile."""

    async def settled(self, turn: Turn, *, notices_only: bool = False) -> Turn:
        """The same turn when the chat's jobs are done, with all that came since and with Zoho's records.

        With `notices_only` nothing but what the manager is told in his chat is waited for.
        """


@dataclass(frozen=True)
class Played:
    """A case that was played as far as it went, and in what its last turn differed."""

    case: Case
    turns: tuple[Turn, ...]
    differences: tuple[Difference, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.differences


async def play(case: Case, chat: Chat, products: Products) -> Played:
    """Play all exchanges of `case` in order; the first turn that differs ends it."""
    turns: list[Turn] = []
    for exchange in case.exchanges:
        turn = await _carried_out(exchange, chat, turns)
        if turn is None:
            return Played(case, tuple(turns), (_no_button(exchange, turns),))
        if (exchange.waits_for_jobs or exchange.reads_managers_chat) and turn.trouble is None:
            turn = await chat.settled(turn, notices_only=not exchange.waits_for_jobs)
        found = differences(exchange.expectations, turn, turns, products)
        if turn.trouble is not None:
            found.insert(0, Difference(exchange.step.line, "an answer", turn.trouble))
        turns.append(turn)
        if found:
            return Played(case, tuple(turns), tuple(found))
    return Played(case, tuple(turns))


async def _carried_out(exchange: Exchange, chat: Chat, turns: Sequence[Turn]) -> Turn | None:
    """What came of a step; None when the button to tap is not there."""
    match exchange.step:
        case Says(texts=texts):
            return await chat.write(texts)
        case Taps(title=title):
            button = _offered(title, turns)
            return None if button is None else await chat.tap(*button)
        case happening:
            return await chat.happen(happening)


def _offered(title: str, turns: Sequence[Turn]) -> tuple[int, int] | None:
    if turns:
        for message, reply in enumerate(turns[-1].replies):
            if title in reply.buttons:
                return message, reply.buttons.index(title)
    return None


def _no_button(exchange: Exchange, turns: Sequence[Turn]) -> Difference:
    title = getattr(exchange.step, "title", "")
    buttons = [button for reply in (turns[-1].replies if turns else ()) for button in reply.buttons]
    return Difference(
        exchange.step.line, f"a button {title!r} to tap", f"buttons: {', '.join(buttons) or 'none'}"
    )
