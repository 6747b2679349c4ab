"""Every hour: does Wazzup still deliver to us, and is it unusual that nothing comes in?

Wazzup promises no second delivery and another integration can take the account's one address without a
word, so a lost registration looks like a quiet day. The check tells; it never repairs, for whoever took the
address may have the right to it (`majlis doctor --fix` takes it back).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sales.check_words import notice
from sales.manager_chat import ManagerChat
from sales.ports import Messages
from storage.cron import Tick
from storage.jobs import Job
from turns import check_storage, metrics
from turns.check_storage import Look, News, State
from turns.ports import RegistryRefused, WebhookRegistry
from turns.registration import shortcomings
from turns.silence import judge, spans_to_compare

KIND = "checks.hourly"
EVERY_SECONDS = 3600.0
TICK = Tick("checks.hourly", EVERY_SECONDS, KIND)

WEBHOOK = "webhook"
SILENCE = "silence"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Installation:
    """What belongs to us: addresses, subscriptions, the manager's chat (None without one)."""

    addresses: Sequence[str]
    subscriptions: Mapping[str, bool]
    manager: ManagerChat | None


class HourlyCheck:
    """The work of these jobs (`storage.jobs.Work`); outside it only reads."""

    def __init__(
        self, engine: AsyncEngine, registry: WebhookRegistry, messages: Messages, ours: Installation
    ) -> None:
        self._engine = engine
        self._registry = registry
        self._messages = messages
        self._ours = ours

    async def find(self, job: Job) -> Mapping[str, Any] | None:
        """Nothing to look up: a repeat looks again, and what was told is a row."""
        return None

    async def do(self, job: Job) -> Mapping[str, Any]:
        """Look, keep what was found, and tell the manager's chat what is new."""
        webhook = await self._look_at_webhook()
        async with self._engine.begin() as connection:
            looks = [webhook, await look_at_silence(connection)]
            for look in looks:
                await self._keep(connection, look)
        return {look.name: look.state.value for look in looks}

    async def _look_at_webhook(self) -> Look:
        try:
            registration = await self._registry.read()
        except RegistryRefused as error:
            return Look(WEBHOOK, State.WRONG, f"the registration cannot be read: {error}")
        except OSError as error:
            return Look(WEBHOOK, State.UNJUDGED, str(error))
        wrong = shortcomings(registration, self._ours.addresses, self._ours.subscriptions)
        if wrong:
            return Look(WEBHOOK, State.WRONG, "; ".join(wrong))
        return Look(WEBHOOK, State.FINE, "Wazzup delivers to us, and all that is needed")

    async def _keep(self, connection: AsyncConnection, look: Look) -> None:
        news = await check_storage.note(connection, look)
        match look.state:
            case State.WRONG:
                log.error("check.wrong", check=look.name, found=look.sentence, mend="majlis doctor")
            case State.UNJUDGED:
                log.warning("check.unjudged", check=look.name, why=look.sentence)
            case State.FINE:
                log.info("check.fine", check=look.name)
        if news is not None and self._ours.manager is not None:
            await self._tell(connection, self._ours.manager, look.name, news)

    async def _tell(self, connection: AsyncConnection, manager: ManagerChat, name: str, news: News) -> None:
        """Inside the manager's own window; there is no template for it, and the next hour asks again."""
        chat = await manager.standing(connection)
        if chat is None or not chat.window_is_open:
            log.warning("check.manager_not_told", check=name, news=news.value, why="his window is closed")
            return
        words = notice(name, mended=news is News.MENDED, language=chat.language)
        await self._messages.say(connection, chat.conversation_id, words, regardless_of_owner=True)
        if news is News.BEGAN:
            await check_storage.note_told(connection, name)


async def look_at_silence(connection: AsyncConnection) -> Look:
    """Whether nothing has come in for unusually long."""
    arrivals = await check_storage.arrivals(connection)
    if arrivals.first is None or arrivals.last is None:
        return Look(SILENCE, State.UNJUDGED, "nothing has ever come in from Wazzup")
    spans = spans_to_compare(arrivals.last, arrivals.now)
    judgement = judge(spans, await check_storage.customers_in(connection, spans), arrivals.first)
    silent = _readable(arrivals.now - arrivals.last)
    match judgement.is_unusual:
        case None:
            return Look(SILENCE, State.UNJUDGED, f"nothing for {silent}; four weeks of history would tell")
        case True:
            wrote = ", ".join(str(count) for count in judgement.usual)
            return Look(
                SILENCE,
                State.WRONG,
                f"nothing for {silent}; in the same hours of the last four weeks {wrote} customers wrote",
            )
    return Look(SILENCE, State.FINE, f"the last element came {silent} ago")


def _readable(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


async def measure(connection: AsyncConnection) -> None:
    """Set the gauges to what was found last; a check that never ran has none."""
    for result in await check_storage.results(connection):
        if result.name == WEBHOOK:
            metrics.WEBHOOK_REGISTERED.set(result.wrong_since is None)
        elif result.name == SILENCE:
            metrics.SILENCE_UNUSUAL.set(result.wrong_since is not None)
