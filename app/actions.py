"""The action server: rasa-sdk's protocol on our own small Sanic application.

rasa-sdk's own server answers an exception with the whole request, the customer's words included, and
checks no secret; its executor is used as it is.
"""

from __future__ import annotations

import hmac
import importlib
import pkgutil
import warnings
from contextlib import AsyncExitStack
from typing import Any

import structlog
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json
from sqlalchemy.ext.asyncio import AsyncEngine

from app.house import furnish, read_house
from app.settings import Settings
from storage.pool import create_engine, is_away

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from rasa_sdk.executor import ActionExecutor
    from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

import actions
from actions.details import keep_details
from actions.turn import REGISTRY, House, TurnNotHeld, bound
from catalog.query import warm_up

App = Sanic[Any, Any]

SECRET_HEADER = "X-Majlis-Secret"
# Told to end, it finishes the actions in hand; Rasa waits no longer than this for one.
DRAIN_SECONDS = 25.0

log = structlog.get_logger(__name__)


def import_actions() -> None:
    """Import every module of the package `actions`, so that the registry holds all actions."""
    for module in pkgutil.iter_modules(actions.__path__):
        importlib.import_module(f"actions.{module.name}")


def create_executor(engine: AsyncEngine, house: House) -> ActionExecutor:
    """rasa-sdk's executor with every action of the package `actions` on this database."""
    import_actions()
    executor = ActionExecutor()
    for action in REGISTRY.values():
        executor.register_function(action.name, bound(action, engine, house, hear=keep_details))
    return executor


def create_app(settings: Settings) -> App:
    """The action server's application.

    Raises:
        SellerUnfit: when `data/seller.yml` cannot be used.
    """
    house = read_house(settings.public_address, settings.internal_secret.get_secret_value())
    app: App = Sanic("majlis-actions", configure_logging=False)
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = DRAIN_SECONDS
    secret = settings.internal_secret.get_secret_value()

    @app.before_server_start
    async def open_engine(app: App) -> None:
        engine = create_engine(settings.database_url, test_clock=settings.majlis_test_clock)
        app.ctx.opened = AsyncExitStack()
        app.ctx.opened.push_async_callback(engine.dispose)
        app.ctx.executor = create_executor(engine, await furnish(house, settings, app.ctx.opened))
        # In the background: the first customers wait for no model, they are searched for by words.
        app.add_task(warm_up(), name="warm_up")

    @app.after_server_stop
    async def close_engine(app: App) -> None:
        await app.ctx.opened.aclose()

    def is_private(request: Request) -> bool:
        given = request.headers.get(SECRET_HEADER, "")
        return not secret or hmac.compare_digest(secret.encode(), given.encode(errors="backslashreplace"))

    @app.get("/health")
    async def health(request: Request) -> HTTPResponse:
        # Two processes with different secrets are not ready for each other.
        if not is_private(request):
            return json({"error": "unauthorized"}, status=401)
        return json({"status": "ok"})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        if not is_private(request):
            return json({"error": "unauthorized"}, status=401)
        call = request.json
        with structlog.contextvars.bound_contextvars(
            action=call.get("next_action"), chat=call.get("sender_id")
        ):
            try:
                result = await app.ctx.executor.run(call)
            except ActionExecutionRejection as error:
                return json({"error": error.message, "action_name": error.action_name}, status=400)
            except ActionNotFoundException as error:
                log.error("action.unknown")
                return json({"error": error.message, "action_name": error.action_name}, status=404)
            except TurnNotHeld as error:
                return json({"error": str(error)}, status=409)
            except Exception as error:
                if is_away(error):
                    log.warning("action.database_away", error=type(error).__name__)
                    return json({"error": type(error).__name__}, status=503)
                log.exception("action.failed")
                return json({"error": type(error).__name__}, status=500)
        return json(result.model_dump() if result else None)

    return app


def main(settings: Settings) -> None:
    """Serve until ended by a signal.

    Raises:
        SettingsError: without a database, or without the secret that links to quotes are signed with.
        SellerUnfit: when `data/seller.yml` cannot be used.
    """
    settings.require("database_url", "internal_secret")
    create_app(settings).run(
        host=str(settings.private_host),
        port=settings.actions_port,
        single_process=True,
        access_log=False,
        motd=False,
    )
