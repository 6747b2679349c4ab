"""The sandbox as a server: inside a test's event loop, or as a process of its own."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvloop
from sanic import Request, Sanic
from sanic.response import HTTPResponse, empty

from sandbox.clock import SandboxClock
from sandbox.config import SandboxConfig
from sandbox.control import control_blueprint
from sandbox.model.control import model_control_blueprint
from sandbox.model.routes import model_blueprint
from sandbox.model.standin import ModelStandIn
from sandbox.phone.routes import phone_blueprint
from sandbox.transcription.routes import transcription_blueprint
from sandbox.transcription.standin import TranscriptionStandIn
from sandbox.wazzup.entities import EqualIds
from sandbox.wazzup.refusals import Refusal
from sandbox.wazzup.routes import refusal_response, wazzup_blueprint
from sandbox.wazzup.standin import WazzupStandIn
from sandbox.wire import BadRequest, json_response
from sandbox.zoho.control import zoho_control_blueprint
from sandbox.zoho.page import zoho_page_blueprint
from sandbox.zoho.routes import zoho_blueprint
from sandbox.zoho.standin import ZohoStandIn

__all__ = ["RunningSandbox", "SandboxConfig", "create_app", "run", "start_sandbox"]

logger = logging.getLogger("sandbox")

App = Sanic[Any, Any]

LOOPBACK = "127.0.0.1"
# a scripted slow answer may outlast any client
RESPONSE_TIMEOUT_SECONDS = 900


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that listens: talk to it by `url`, or use the stand-ins directly in the same loop."""

    url: str
    wazzup: WazzupStandIn
    zoho: ZohoStandIn
    model: ModelStandIn
    transcription: TranscriptionStandIn


def create_app(config: SandboxConfig) -> App:
    """The application, not yet listening; `app.ctx` has the stand-ins. Call inside an event loop."""
    app = Sanic(f"sandbox-{uuid.uuid4().hex}", configure_logging=False)
    app.config.ACCESS_LOG = False
    app.config.MOTD = False
    app.config.FALLBACK_ERROR_FORMAT = "json"
    # Sanic would rewrite its own protocol classes, which works for one server per process only
    app.config.TOUCHUP = False
    app.config.RESPONSE_TIMEOUT = RESPONSE_TIMEOUT_SECONDS
    clock = SandboxClock(offset_seconds=config.clock_offset_seconds)
    wazzup, zoho, model = (
        WazzupStandIn(config, clock),
        ZohoStandIn(config, clock),
        ModelStandIn(config, clock),
    )
    transcription = TranscriptionStandIn(config.transcription_key, wazzup.media)
    app.ctx.wazzup, app.ctx.zoho, app.ctx.model = wazzup, zoho, model
    app.ctx.transcription = transcription
    app.blueprint(wazzup_blueprint(wazzup))
    app.blueprint(zoho_blueprint(zoho))
    app.blueprint(model_blueprint(model, config.transcription_key))
    app.blueprint(control_blueprint(wazzup, (zoho, model, transcription)))
    app.blueprint(zoho_control_blueprint(zoho))
    app.blueprint(model_control_blueprint(model))
    app.blueprint(phone_blueprint(wazzup, zoho))
    app.blueprint(zoho_page_blueprint(zoho))
    app.blueprint(transcription_blueprint(transcription))

    _add_error_answers(app, wazzup)
    return app


def _add_error_answers(app: App, wazzup: WazzupStandIn) -> None:
    async def bad_request(_request: Request, error: BadRequest) -> HTTPResponse:
        return json_response({"error": str(error)}, 400)

    async def refused(_request: Request, refusal: Refusal) -> HTTPResponse:
        return refusal_response(wazzup, refusal)

    async def equal_ids(_request: Request, _error: EqualIds) -> HTTPResponse:
        return empty(500)

    app.error_handler.add(BadRequest, bad_request)
    app.error_handler.add(Refusal, refused)
    app.error_handler.add(EqualIds, equal_ids)


@asynccontextmanager
async def start_sandbox(config: SandboxConfig) -> AsyncIterator[RunningSandbox]:
    """Listen on loopback in the running event loop until the block ends.

    Raises OSError when the port is taken.
    """
    listening = socket.create_server((LOOPBACK, config.port), backlog=1024)
    app = create_app(config)
    wazzup: WazzupStandIn = app.ctx.wazzup
    url = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
    wazzup.media.base_url = url
    zoho: ZohoStandIn = app.ctx.zoho
    zoho.base_url = url
    # Any: Sanic's own server class has no types
    server: Any = await app.create_server(
        sock=listening, access_log=False, asyncio_server_kwargs={"start_serving": False}
    )
    try:
        await server.startup()
        await server.before_start()
        await server.start_serving()
        await server.after_start()
        yield RunningSandbox(url, wazzup, zoho, app.ctx.model, app.ctx.transcription)
    finally:
        await wazzup.close()
        for connection in list(server.connections):
            connection.abort()
        await server.close()
        Sanic.unregister_app(app)


def run(config: SandboxConfig) -> None:
    """Serve until SIGTERM or Ctrl-C; for a process of its own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(config))


async def _serve(config: SandboxConfig) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with start_sandbox(config) as sandbox:
        logger.info(
            "sandbox listens: phone page %s/, Zoho page %s/zoho, Wazzup API %s/v3, model %s/v1",
            *(sandbox.url,) * 4,
        )
        await stop.wait()
