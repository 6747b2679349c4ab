"""Rasa's channel `wazzup`: takes one turn over private HTTP and returns its replies.

It never sends: an exception while sending would throw the turn's events away (`rasa-3.6.md` §2.4), so
what the bot says is collected, saved by the tracker store with the turn, and returned. The worker's
sender talks to Wazzup.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import (
    CollectingOutputChannel,
    InputChannel,
    OutputChannel,
    UserMessage,
)
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionToSpare

from engine import guards
from engine.environment import internal_secret
from engine.tracker_store import MajlisTrackerStore, TurnLost

logger = logging.getLogger(__name__)

# What stands for a slash that a customer's text begins with: Rasa would run "/intent" as a command.
HARMLESS_SLASH = "\u2215"


class WazzupInput(InputChannel):
    """The private turn route, `POST /webhooks/wazzup/turn`."""

    @classmethod
    def name(cls) -> str:
        """The name in URLs and in `input_channel` of stored events."""
        return "wazzup"

    def get_output_channel(self) -> OutputChannel | None:
        """A channel that only collects."""
        return CollectingOutputChannel()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes, behind the internal secret when there is one."""
        routes = Blueprint("wazzup")

        @routes.listener("after_server_start")
        async def guard(app: Sanic, _: Any) -> None:
            app.ctx.majlis_actions = guards.install(app.ctx.agent)

        # Not before the stop: the turns in hand are finished then, and call actions.
        @routes.listener("after_server_stop")
        async def close(app: Sanic, _: Any) -> None:
            await app.ctx.majlis_actions.close()

        @routes.middleware("request")
        async def authenticate(request: Request) -> HTTPResponse | None:
            secret = internal_secret()
            given = request.headers.get(guards.SECRET_HEADER, "")
            if secret is not None and not hmac.compare_digest(secret.encode(), given.encode()):
                return response.json({"error": "unauthorized"}, status=401)
            return None

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            """200 when a turn could be taken now: model, database and action server are there."""
            try:
                _store(request.app).ping()
            except SQLAlchemyError as error:
                return _problem("not_ready", f"database: {type(error).__name__}", 503)
            if not await request.app.ctx.majlis_actions.healthy():
                return _problem("not_ready", "the action server does not answer", 503)
            return response.json({"ready": True})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            try:
                return await _take_turn(request.app, request.json, on_new_message)
            except (TurnLost, guards.ActionLostTurn) as error:
                return _problem("lost", str(error), 409)
            except (guards.ActionServerAway, OperationalError, InterfaceError, NoConnectionToSpare) as error:
                return _problem("not_ready", f"{type(error).__name__}", 503)
            except (Exception, guards.ActionFailed) as error:
                logger.exception("A turn failed.")
                return _problem("failed", f"{type(error).__name__}", 500)

        return routes


def _store(app: Sanic) -> MajlisTrackerStore:
    store: MajlisTrackerStore = app.ctx.agent.tracker_store._tracker_store
    return store


async def _take_turn(
    app: Sanic, body: dict[str, Any], on_new_message: Callable[[UserMessage], Awaitable[Any]]
) -> HTTPResponse:
    """Run the turn unless it is saved already; either way answer what is saved."""
    turn_id, store = int(body["turn_id"]), _store(app)
    replies = store.stored_replies(turn_id)
    if replies is None:
        try:
            await on_new_message(_message(body))
        except IntegrityError:
            # Another request has saved this very turn since we looked.
            logger.info("Turn %s was saved by another request.", turn_id)
        replies = store.stored_replies(turn_id)
    if replies is None:
        return _problem("failed", "the turn was not saved", 500)
    return response.json({"turn_id": turn_id, "replies": replies})


def _message(body: dict[str, Any]) -> UserMessage:
    text, intent = harmless(body["text"]), body.get("intent")
    parse_data = None
    if intent is not None:
        # An intent the worker is sure of (media, a tapped button): no reading of words.
        parse_data = {
            "text": text,
            "intent": {"name": intent, "confidence": 1.0},
            "entities": [],
            "intent_ranking": [],
        }
    return UserMessage(
        text=text,
        output_channel=CollectingOutputChannel(),
        sender_id=str(body["conversation_id"]),
        input_channel=WazzupInput.name(),
        message_id=str(body["turn_id"]),
        metadata={"turn_id": body["turn_id"], "fence": body["fence"]},
        parse_data=parse_data,
    )


def harmless(text: str) -> str:
    """The customer's text in a form that Rasa cannot take for a command."""
    stripped = text.strip()
    return HARMLESS_SLASH + stripped[1:] if stripped.startswith("/") else stripped


def _problem(error: str, detail: str, status: int) -> HTTPResponse:
    return response.json({"error": error, "detail": detail}, status=status)
