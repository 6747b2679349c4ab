"""Failures that Rasa would swallow, made loud: the turn fails as a whole and is tried again.

Rasa catches every `Exception` while an action runs and goes on without the action's events, which turns
an unreachable action server into silence or into a submitted form (`rasa-3.6.md` §4.2), and it answers a
failing tracker store with an empty memory (§3.3). Both are closed here.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from typing import Any

import aiohttp
import rasa.shared.utils.common
from jsonschema.validators import validator_for  # type: ignore[import-untyped]
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.utils.endpoints import ClientResponseError, EndpointConfig, concat_url

from engine.environment import internal_secret

ACTION_TIMEOUT_SECONDS = 25.0
HEALTH_TIMEOUT_SECONDS = 2.0
SECRET_HEADER = "X-Majlis-Secret"
_REJECTED = 400


def _client(timeout_seconds: float) -> aiohttp.ClientSession:
    secret = internal_secret()
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=timeout_seconds),
        headers={SECRET_HEADER: secret} if secret else {},
    )


class TurnBroken(BaseException):
    """The turn cannot go on and nothing of it may be saved.

    Not an `Exception` on purpose: Rasa catches those while an action runs and carries on.
    """


class ActionServerAway(TurnBroken):
    """The action server did not answer or is not ready: the try does not count."""


class ActionFailed(TurnBroken):
    """The action server answered with an error: the try counts."""


class ActionLostTurn(TurnBroken):
    """Another claim holds the turn: drop it here."""


class StrictActionEndpoint(EndpointConfig):
    """The action endpoint whose failures end the turn, on one kept-open connection pool."""

    def __init__(self, url: str) -> None:
        super().__init__(url=url)
        self._open: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any | None:
        """Call the action server; a rejected execution (400) is Rasa's own affair, all else ends the turn.

        Raises ActionServerAway or ActionFailed.
        """
        if self._open is None:
            self._open = _client(ACTION_TIMEOUT_SECONDS)
        kwargs.pop("timeout", None)
        try:
            async with self._open.request(
                method, concat_url(self.url, subpath), compress=compress, **kwargs
            ) as response:
                if response.status == _REJECTED:
                    raise ClientResponseError(response.status, response.reason, await response.text())
                if response.status == 409:
                    raise ActionLostTurn("the action server was called for a turn that is not held any more")
                if response.status in (502, 503, 504):
                    raise ActionServerAway(f"the action server answered {response.status}")
                if response.status != 200:
                    raise ActionFailed(f"the action server answered {response.status}")
                return await response.json()
        except aiohttp.ClientConnectionError as error:
            raise ActionServerAway(f"the action server cannot be reached: {error}") from error
        except asyncio.TimeoutError as error:  # not the built-in one before Python 3.11
            raise ActionFailed(f"an action took longer than {ACTION_TIMEOUT_SECONDS} s") from error
        except (aiohttp.ClientPayloadError, aiohttp.ContentTypeError, ValueError) as error:
            raise ActionFailed(f"the action server's answer cannot be read: {error}") from error

    async def healthy(self) -> bool:
        """Whether the action server answers its health page."""
        try:
            async with _client(HEALTH_TIMEOUT_SECONDS) as session:
                health = concat_url(self.url, "/health").replace("/webhook/health", "/health")
                async with session.get(health) as response:
                    return response.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    async def close(self) -> None:
        """Close the kept-open connections."""
        if self._open is not None:
            await self._open.close()


def install(agent: Agent) -> StrictActionEndpoint:
    """Put the guards into a loaded agent; returns its new action endpoint."""
    store = agent.tracker_store
    if not isinstance(store, FailSafeTrackerStore) or not hasattr(store, "_on_tracker_store_error"):
        raise RuntimeError("this Rasa wraps its tracker store differently: check engine/guards.py")
    store._on_tracker_store_error = raise_store_error
    if agent.action_endpoint is None or agent.processor is None:
        raise RuntimeError("endpoints.yml names no action_endpoint, or no model is loaded")
    endpoint = StrictActionEndpoint(agent.action_endpoint.url)
    agent.action_endpoint = endpoint
    agent.processor.action_endpoint = endpoint
    # Rebuilding events recomputes the list of event classes for each one; it never changes at run time.
    rasa.shared.utils.common.all_subclasses = functools.lru_cache(maxsize=None)(
        rasa.shared.utils.common.all_subclasses
    )
    if not hasattr(RemoteAction, "_validate_action_result"):
        raise RuntimeError("this Rasa checks actions' answers differently: check engine/guards.py")
    RemoteAction._validate_action_result = answer_check()
    return endpoint


def answer_check() -> Callable[[RemoteAction, dict[str, Any]], bool]:
    """Rasa's own check of what an action answers, made once.

    Rasa's checks its schema anew for each answer: 20 ms, more than all else of a turn with an action takes.
    """
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def check(_action: RemoteAction, answer: dict[str, Any]) -> bool:
        """True; raises ValidationError for an answer that is none."""
        validator.validate(answer)
        return True

    return check


def raise_store_error(error: Exception) -> None:
    """What a failing tracker store does instead of going on with an empty memory."""
    raise error
