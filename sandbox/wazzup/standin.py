"""The stand-in as one object: one account with one channel, its memory and its webhooks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import fields
from typing import Any

import httpx

from sandbox.clock import SandboxClock, iso_milliseconds
from sandbox.config import SandboxConfig
from sandbox.journal import Delivery, Journal
from sandbox.wazzup.changes import Changes
from sandbox.wazzup.entities import Entities
from sandbox.wazzup.followups import FollowUps
from sandbox.wazzup.knobs import Knobs
from sandbox.wazzup.limits import RequestCounter
from sandbox.wazzup.media import MediaStore
from sandbox.wazzup.people import People
from sandbox.wazzup.sending import Sending
from sandbox.wazzup.templates import STATUSES, Templates
from sandbox.wazzup.webhooks import Event, Webhooks
from sandbox.wire import BadRequest

logger = logging.getLogger("sandbox")


class WazzupStandIn:
    """Everything the routes need; `close` ends what runs in the background."""

    def __init__(self, config: SandboxConfig, clock: SandboxClock) -> None:
        self.config = config
        self.clock = clock
        self.knobs = Knobs()
        self.journal = Journal()
        self.media = MediaStore(clock)
        self.counter = RequestCounter()
        self.entities = Entities()
        self._client = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self.webhooks = Webhooks(config, clock, self.knobs, self.journal, self._client)
        self.follow_ups = FollowUps(clock, self.journal, self.webhooks, self.spawn)
        self.templates = Templates(config.templates, config.channel_id)
        self.sending = Sending(
            config,
            clock,
            self.knobs,
            self.journal,
            self.media,
            self.follow_ups,
            self.templates,
            self._client,
        )
        self.changes = Changes(config, self.knobs, self.journal, self.media, self.follow_ups, self._client)
        self.people = People(config, clock, self.journal, self.webhooks, self.sending, self.follow_ups)

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run in the background; a failure is logged, for it would be a fault of the sandbox."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    @property
    def is_idle(self) -> bool:
        """No send is being decided, no echo or status is still to come."""
        return not self._tasks

    async def channel_changes(self, state: str) -> list[Delivery]:
        """The channel goes to another state; the webhook tells it, sends are judged by it."""
        self.sending.channel_state = state
        element: dict[str, object] = {
            "channelId": self.config.channel_id,
            "state": state,
            "timestamp": int(self.clock.now().timestamp() * 1000),
        }
        if self.config.transport == "wapi":
            element["tier"] = "TIER_1K"
        return await self.webhooks.deliver([Event("channelsUpdates", element)], "channel")

    async def template_changes(self, guid: str, status: str) -> list[Delivery]:
        """A template goes to another status; the webhook tells it. Raises BadRequest."""
        if status not in STATUSES:
            raise BadRequest(f"status is {status!r}; use one of {', '.join(STATUSES)}")
        try:
            element = self.templates.change(guid, status, upper_case=self.knobs.template_status_upper_case)
        except KeyError as error:
            raise BadRequest(f"guid {guid!r} is no template of this account") from error
        return await self.webhooks.deliver([Event("templateStatus", element)], "template")

    def template_page(self, limit: int, offset: int) -> list[dict[str, object]]:
        """`GET /v3/templates/whatsapp`."""
        return self.templates.page(limit, offset, upper_case=self.knobs.template_status_upper_case)

    def channels(self) -> list[dict[str, object]]:
        """`GET /v3/channels`."""
        return [
            {
                "channelId": self.config.channel_id,
                "transport": self.config.transport,
                "plainId": self.config.plain_id,
                "state": self.sending.channel_state,
                "name": "Sandbox",
            }
        ]

    async def reset(self) -> None:
        """Back to a fresh account. The clock and the registered webhook address stay as they are."""
        await self._cancel()
        fresh = Knobs()
        for knob in fields(Knobs):
            setattr(self.knobs, knob.name, getattr(fresh, knob.name))
        self.journal.clear()
        self.media.clear()
        self.entities.clear()
        self.sending.clear()
        self.templates.clear()

    def summary(self) -> dict[str, object]:
        """What `GET /control/state` shows."""
        return {
            "idle": self.is_idle,
            "now": iso_milliseconds(self.clock.now()),
            "clock_offset_seconds": self.clock.offset_seconds,
            "channels": self.channels(),
            "webhooks": self.webhooks.subscription(),
            "windows": {
                chat_id: iso_milliseconds(closes_at)
                for chat_id, closes_at in self.sending.windows.all().items()
            },
            "counts": {
                "messages": len(self.journal.messages),
                "sends": len(self.journal.sends),
                "deliveries": len(self.journal.deliveries),
            },
            "knobs": self.knobs.as_json(),
        }

    async def close(self) -> None:
        """End background work and connections."""
        await self._cancel()
        await self._client.aclose()

    async def _cancel(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("background work of the sandbox failed", exc_info=error)
        self.journal.touch()
