"""A gateway that is told to end says so first, and answers on until nobody brings it anything any more.

Whoever stands before it goes by its readiness, and notices a change only at the next look. Until then every
webhook that still comes is kept and answered: nobody promises to deliver it a second time. Nor is it ready
before it can be told to end in this way: Sanic answers requests a moment earlier than it listens to signals.
"""

from __future__ import annotations

import asyncio
import signal
from enum import StrEnum
from typing import Any

import structlog
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

# Longer than two looks of a probe every 2 s (deploy/helm), so that the balancer knows.
DRAIN_SECONDS = 5.0

App = Sanic[Any, Any]

log = structlog.get_logger(__name__)


class Readiness(StrEnum):
    """How far a gateway is; new webhooks may be brought to a serving one."""

    STARTING = "starting"
    SERVING = "ok"
    DRAINING = "draining"


def readiness_of(app: App) -> Readiness:
    """How far this process is; one that does not drain at all serves from its first answer on."""
    readiness: Readiness = getattr(app.ctx, "readiness", Readiness.SERVING)
    return readiness


def drain_on_sigterm(app: App) -> None:
    """SIGTERM: not ready from now on, and the end after DRAIN_SECONDS; SIGINT, a person's, ends at once."""
    app.ctx.readiness = Readiness.STARTING

    @app.after_server_start
    async def listen(app: App) -> None:
        # In place of the server's own handler, which would close the door at once.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _begin, app)
        app.ctx.readiness = Readiness.SERVING

    @app.on_response  # type: ignore[untyped-decorator]
    async def close_kept_connections(request: Request, _: HTTPResponse) -> None:
        if readiness_of(request.app) is Readiness.DRAINING and request.stream is not None:
            # Otherwise the next request on it could meet the end.
            request.stream.keep_alive = False  # type: ignore[attr-defined]


def _begin(app: App) -> None:
    if readiness_of(app) is Readiness.DRAINING:
        return
    app.ctx.readiness = Readiness.DRAINING
    log.info("gateway.draining", seconds=DRAIN_SECONDS)
    asyncio.get_running_loop().call_later(DRAIN_SECONDS, app.stop, False)
