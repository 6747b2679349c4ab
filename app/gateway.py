"""The gateway: the only public process. Authenticates, stores, answers; serves quotes, health and metrics."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import time
from collections.abc import Sequence
from typing import Any

import psycopg
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from psycopg_pool import PoolTimeout
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json, raw

from app.draining import Readiness, drain_on_sigterm, readiness_of
from app.metrics import registry
from app.settings import Settings
from app.signed_files import add_signed_files
from connectors.rasa import RasaClient
from connectors.wazzup.payloads import is_probe, parse_body
from storage.heartbeat import any_alive
from storage.pool import create_pool
from storage.steps import reach
from turns import metrics
from turns.inbox import Debounce
from turns.intake import FLUSHES, Intake
from turns.person_mark import PersonMark
from turns.spool import SpoolUnwritable, open_spools

BODY_LIMIT_BYTES = 1 << 20
DEADLINE_SECONDS = 1.8
READY_TIMEOUT_SECONDS = 1.0
STATEMENT_TIMEOUT_MILLISECONDS = 800

App = Sanic[Any, Any]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

log = structlog.get_logger(__name__)


def create_app(settings: Settings) -> App:
    """The gateway's application; it opens its pool and spool when it starts."""
    app: App = Sanic("majlis-gateway", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = BODY_LIMIT_BYTES
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.KEEP_ALIVE_TIMEOUT = 75
    allowed = settings.gateway_allowed_ips
    token = settings.wazzup_webhook_secret.get_secret_value().encode()
    crm_key = settings.wazzup_crm_key.get_secret_value()
    secret = settings.internal_secret.get_secret_value()
    mark = PersonMark(secret) if secret else None

    @app.before_server_start
    async def start(app: App) -> None:
        app.ctx.pool = create_pool(
            settings.database_url,
            test_clock=settings.majlis_test_clock,
            size=FLUSHES + 1,
            statement_timeout_milliseconds=STATEMENT_TIMEOUT_MILLISECONDS,
        )
        await app.ctx.pool.open()
        own, adopted = open_spools(settings.majlis_home / "spool")
        debounce = Debounce(settings.debounce_seconds, settings.debounce_max_seconds)
        app.ctx.intake = Intake(app.ctx.pool, own, adopted, parse_body, debounce, mark)
        app.ctx.replay = asyncio.create_task(app.ctx.intake.replay())
        app.ctx.rasa = RasaClient(settings.rasa_urls, settings.internal_secret.get_secret_value())

    @app.after_server_stop
    async def stop(app: App) -> None:
        await app.ctx.intake.close()
        app.ctx.replay.cancel()
        await asyncio.gather(app.ctx.replay, return_exceptions=True)
        await app.ctx.rasa.close()
        await app.ctx.pool.close()

    @app.post("/webhooks/wazzup", stream=True)
    async def webhook(request: Request) -> HTTPResponse:
        began = time.perf_counter()
        response = await answer(request)
        metrics.ACK_SECONDS.labels(str(response.status)).observe(time.perf_counter() - began)
        return response

    async def answer(request: Request) -> HTTPResponse:
        # Nothing of the body is read before the sender is known.
        if allowed and not _is_among(request.ip, allowed):
            return _refusal("this address may not deliver webhooks", 403)
        if not hmac.compare_digest(_bytes(request.args.get("token", "")), token):
            return _refusal("the token in the address is missing or wrong", 401)
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > BODY_LIMIT_BYTES:
            return _refusal(f"the body is larger than {BODY_LIMIT_BYTES} bytes", 413)
        bearer = request.headers.get("authorization", "")
        known = not crm_key or hmac.compare_digest(_bytes(bearer), f"Bearer {crm_key}".encode())
        body = await _read(request)
        if body is None:
            return _refusal(f"the body is larger than {BODY_LIMIT_BYTES} bytes", 413)
        if is_probe(body):
            return empty(status=200)
        if not known:
            return _refusal("the Authorization header is missing or wrong", 401)
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                await app.ctx.intake.accept(body)
        except SpoolUnwritable:
            return _refusal("neither the database nor the spool could keep this; deliver it again", 503)
        except TimeoutError:
            return _refusal("this could not be stored in time; deliver it again", 503)
        reach("gateway.before_answer")
        return empty(status=200)

    @app.get("/healthz")
    async def healthz(request: Request) -> HTTPResponse:
        """200 while new webhooks may be brought here; they are kept all the same until the very end."""
        readiness = readiness_of(request.app)
        return json({"status": readiness}, status=200 if readiness is Readiness.SERVING else 503)

    @app.get("/readyz")
    async def readyz(request: Request) -> HTTPResponse:
        """200 only when a message could be answered: database, a worker, Rasa and the action server."""
        problems = await _problems(request.app)
        return json({"ready": not problems, "problems": problems}, status=503 if problems else 200)

    @app.get("/metrics")
    async def read_metrics(request: Request) -> HTTPResponse:
        if not _is_loopback(request.ip) and not _is_among(request.ip, allowed):
            return _refusal("metrics are for this host and the allow-listed addresses", 403)
        return raw(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)

    add_signed_files(app, settings.internal_secret.get_secret_value())
    return app


async def _read(request: Request) -> bytes | None:
    """The body, or None as soon as it is longer than it may be (a chunked one does not say beforehand)."""
    stream = request.stream
    if stream is None:
        return b""
    body = bytearray()
    # Only the HTTP/1 stream is served here; its `read` is not in the base class.
    while (chunk := await stream.read()) is not None:  # type: ignore[attr-defined]
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            return None
    return bytes(body)


async def _worker_alive(app: App) -> bool | None:
    try:
        async with app.ctx.pool.connection(timeout=READY_TIMEOUT_SECONDS) as connection:
            return await any_alive(connection)
    except (psycopg.Error, PoolTimeout, OSError):
        return None


async def _problems(app: App) -> list[str]:
    readiness = readiness_of(app)
    problems = [] if readiness is Readiness.SERVING else [f"this gateway is {readiness}"]
    # Not a time limit around it: cancelling a statement of a frozen server waits for that very server.
    asking = asyncio.create_task(_worker_alive(app))
    await asyncio.wait({asking}, timeout=READY_TIMEOUT_SECONDS)
    if not asking.done() or (alive := asking.result()) is None:
        problems.append("the database does not answer")
    elif not alive:
        problems.append("no worker is running")
    if not await app.ctx.rasa.probe():
        problems.append("Rasa, its database or its action server is not ready")
    return problems


def _bytes(given: str) -> bytes:
    """What a stranger sent, also where its bytes were no UTF-8."""
    return given.encode(errors="backslashreplace")


def _is_among(address: str, networks: Sequence[Network]) -> bool:
    return any(ipaddress.ip_address(address) in network for network in networks)


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


def _refusal(why: str, status: int) -> HTTPResponse:
    return json({"error": why}, status=status)


def main(settings: Settings) -> None:
    """Serve until ended by a signal; SIGTERM drains first (`app.draining`).

    Raises:
        SettingsError: without a database or a webhook secret: an empty one would let anybody in.
    """
    settings.require("database_url", "wazzup_webhook_secret")
    app = create_app(settings)
    drain_on_sigterm(app)
    app.run(
        host="0.0.0.0",
        port=settings.gateway_port,
        single_process=True,
        access_log=False,
        motd=False,
    )
