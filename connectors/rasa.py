"""The client of Rasa's private turn route (port `turns.ports.DialogueEngine`)."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence

import httpx

from turns.ports import (
    Button,
    EngineFailed,
    EngineLostTurn,
    EngineNotReady,
    Reply,
    TurnRequest,
)

SECRET_HEADER = "X-Majlis-Secret"
# Longer than the longest action and a queue in front of it: a turn that takes more has failed.
TURN_TIMEOUT_SECONDS = 40.0
LOOK_SECONDS = 1.0


class RasaClient:
    """Talks to one or several Rasa processes; any of them may run any chat's turn."""

    def __init__(self, urls: Sequence[str], secret: str) -> None:
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(TURN_TIMEOUT_SECONDS, connect=2.0),
            headers={SECRET_HEADER: secret} if secret else {},
            trust_env=False,
        )
        self._urls = [url.rstrip("/") + "/webhooks/wazzup" for url in urls]
        self._ready: list[str] = []
        self._looked_at = float("-inf")
        self._turn = itertools.count()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def ready(self) -> bool:
        """Whether a process could take a turn, by the last look of `watch` or `probe`: costs nothing."""
        return bool(self._ready)

    async def watch(self) -> None:
        """Look again and again until cancelled, so that `ready` never has to wait for a busy process."""
        while True:
            await self._look()
            await asyncio.sleep(LOOK_SECONDS if self._ready else LOOK_SECONDS / 4)

    async def probe(self) -> bool:
        """Look now, at most once in LOOK_SECONDS; for a page that anybody may ask for."""
        if time.monotonic() - self._looked_at >= LOOK_SECONDS:
            await self._look()
        return bool(self._ready)

    async def _look(self) -> None:
        answers = await asyncio.gather(*(self._is_ready(url) for url in self._urls))
        self._ready = [url for url, answer in zip(self._urls, answers, strict=True) if answer]
        self._looked_at = time.monotonic()

    async def _is_ready(self, url: str) -> bool:
        try:
            return (await self._client.get(f"{url}/ready", timeout=5.0)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def _away(self, url: str) -> None:
        """Give it no turns until it is looked at again."""
        self._ready = [other for other in self._ready if other != url]

    async def take_turn(self, request: TurnRequest) -> Sequence[Reply]:
        """Run a turn and return what the bot says.

        Raises EngineNotReady, EngineLostTurn or EngineFailed.
        """
        if not self._ready:
            raise EngineNotReady("no Rasa process is ready")
        url = self._ready[next(self._turn) % len(self._ready)]
        body = {
            "turn_id": request.turn_id,
            "conversation_id": request.conversation_id,
            "fence": request.fence,
            "text": request.text,
            "intent": request.intent,
        }
        try:
            response = await self._client.post(f"{url}/turn", json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            self._away(url)
            raise EngineNotReady(f"Rasa cannot be reached: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            # It had taken the turn and went away: a turn that ends Rasa each time must not go on for ever.
            self._away(url)
            raise EngineFailed(f"Rasa broke off: {type(error).__name__}") from error
        if response.status_code == httpx.codes.CONFLICT:
            raise EngineLostTurn(response.text)
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            self._away(url)
            raise EngineNotReady(response.text[:200])
        if response.status_code != httpx.codes.OK:
            raise EngineFailed(f"Rasa answered {response.status_code}: {response.text[:200]}")
        return [
            Reply(
                text=reply["text"],
                buttons=[Button(button["title"], button["payload"]) for button in reply["buttons"]],
                content_uri=reply["attachment"],
            )
            for reply in response.json()["replies"]
        ]
