"""What comes back by webhook after a message was accepted: its echo and its statuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.clock import SandboxClock, iso_milliseconds
from sandbox.journal import Delivery, Journal, Message
from sandbox.wazzup.knobs import StatusStep
from sandbox.wazzup.refusals import DESCRIPTIONS
from sandbox.wazzup.webhooks import Event, Webhooks


@dataclass(frozen=True, slots=True)
class Step:
    """The echo of a message or one of its statuses, after a wait."""

    after_seconds: float
    what: Event | StatusStep


def plan(echo: Event | None, statuses: Sequence[StatusStep], *, status_before_echo: bool) -> list[Step]:
    """The steps of a message in the order in which they are delivered."""
    steps = [Step(status.after_seconds, status) for status in statuses]
    if echo is not None:
        steps.insert(1 if status_before_echo and steps else 0, Step(0.0, echo))
    return steps


def split_at_echo(steps: Sequence[Step]) -> tuple[list[Step], list[Step]]:
    """What goes out up to the echo, and the rest; without an echo all is rest."""
    for index, step in enumerate(steps):
        if isinstance(step.what, Event):
            return list(steps[: index + 1]), list(steps[index + 1 :])
    return [], list(steps)


class FollowUps:
    """Plays the steps of messages; `spawn` runs a coroutine in the background."""

    def __init__(
        self,
        clock: SandboxClock,
        journal: Journal,
        webhooks: Webhooks,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._webhooks = webhooks
        self._spawn = spawn

    async def play(self, message: Message, steps: Sequence[Step]) -> list[Delivery]:
        """Deliver the steps; those without a wait join the body of the step before, if batches may."""
        deliveries: list[Delivery] = []
        group: list[Event] = []
        for step in steps:
            if step.after_seconds:
                deliveries += await self._deliver(group)
                group = []
                await asyncio.sleep(step.after_seconds)
            what = step.what
            group.append(what if isinstance(what, Event) else self._status_event(message, what))
        deliveries += await self._deliver(group)
        return deliveries

    def play_later(self, message: Message, steps: Sequence[Step], after: asyncio.Event | None = None) -> None:
        """The same in the background, beginning when `after` is set."""

        async def run() -> None:
            if after is not None:
                await after.wait()
            await self.play(message, steps)

        self._spawn(run())

    async def _deliver(self, events: list[Event]) -> list[Delivery]:
        if not events:
            return []
        purpose = "echo" if any(event.kind == "messages" for event in events) else "status"
        return await self._webhooks.deliver(events, purpose)

    def _status_event(self, message: Message, status: StatusStep) -> Event:
        moment = iso_milliseconds(self._clock.now())
        element: dict[str, object] = {
            "messageId": message.message_id,
            "timestamp": moment,
            "status": status.status,
        }
        if status.error is not None:
            code = status.error
            description = status.description or DESCRIPTIONS.get(code, "Message was not delivered")
            element["error"] = {"error": code, "description": description}
        message.statuses.append({name: value for name, value in element.items() if name != "messageId"})
        message.move_status(status.status)
        self._journal.touch()
        return Event("statuses", element)
