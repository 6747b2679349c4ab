"""The routes of `/v3`: bearer check, request counter, and thin handlers."""

from __future__ import annotations

import asyncio
import hmac
import time
import uuid
from email.utils import formatdate
from typing import cast

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty

from sandbox.clock import iso_milliseconds
from sandbox.wazzup.entities import KINDS, check_iframe
from sandbox.wazzup.refusals import Refusal
from sandbox.wazzup.sending import Answer
from sandbox.wazzup.standin import WazzupStandIn
from sandbox.wazzup.validation import parse_body
from sandbox.wire import JSON_TYPE, json_response

# what a sidecar key opens (§1): everything else answers 403
_SIDECAR_ROUTES = ("/v3/message", "/v3/channels", "/v3/webhooks", "/v3/templates/whatsapp")
_PARTNER_ROUTES = ("migration", "marketplace", "connect")


def wazzup_blueprint(standin: WazzupStandIn) -> Blueprint:
    """All routes of the public API over one stand-in."""
    blueprint = Blueprint("wazzup")
    _add_guards(blueprint, standin)
    _add_message_routes(blueprint, standin)
    _add_account_routes(blueprint, standin)
    for kind in KINDS:
        _add_entity_routes(blueprint, standin, kind)
    _add_other_routes(blueprint, standin)
    return blueprint


def refusal_response(standin: WazzupStandIn, refusal: Refusal) -> HTTPResponse:
    """The answer that carries a refusal's code."""
    return json_response(refusal.body(standin.knobs.error_code_style), refusal.status)


def _add_guards(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    expected = f"Bearer {standin.config.api_key}".encode()

    @blueprint.on_request
    async def admit(request: Request) -> HTTPResponse | None:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, expected):
            return empty(401)
        knobs = standin.knobs
        if not standin.counter.admit(
            standin.clock.now(),
            limit=knobs.rate_limit_requests,
            window_seconds=knobs.rate_limit_window_seconds,
        ):
            return empty(429)
        if knobs.sidecar_key and not request.path.startswith(_SIDECAR_ROUTES):
            return json_response({"error": "FORBIDDEN"}, 403)
        return None

    # Sanic has no types for it.
    @blueprint.on_response  # type: ignore[untyped-decorator]
    async def date(_request: Request, response: HTTPResponse) -> None:
        # By this host's clock, as a web server's is: what a test jumps over is the messenger's time.
        response.headers["Date"] = formatdate(time.time() + standin.knobs.date_ahead_seconds, usegmt=True)


def _add_message_routes(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    sending = standin.sending

    @blueprint.post("/v3/message")
    async def send(request: Request) -> HTTPResponse | None:
        answer = sending.open(request.body)
        written = False
        try:
            # the gateway goes on with a message even when its client stops waiting
            await asyncio.shield(standin.spawn(sending.handle(request.body, answer)))
            if answer.wait_seconds:
                await asyncio.sleep(answer.wait_seconds)
            if answer.status_code is None:
                _drop(request)
                # Sanic asks for an answer; it goes nowhere
                return empty()
            await _write(request, answer)
            written = True
            return None
        finally:
            sending.close(answer, written=written)

    @blueprint.patch("/v3/message/<message_id:str>")
    async def edit(request: Request, message_id: str) -> HTTPResponse:
        await standin.changes.edit(message_id, parse_body(request.body))
        return json_response({})

    @blueprint.delete("/v3/message/<message_id:str>")
    async def delete(_request: Request, message_id: str) -> HTTPResponse:
        standin.changes.delete(message_id)
        return json_response({})


async def _write(request: Request, answer: Answer) -> None:
    """Write the whole answer now, so that echoes and statuses can come truly after it."""
    response = await request.respond(
        status=answer.status_code or 500, content_type=JSON_TYPE if answer.body else None
    )
    if response is None:
        raise ConnectionError("the connection of this request is already used up")
    await response.send(answer.body, end_stream=True)


def _drop(request: Request) -> None:
    """Cut the connection without an answer."""
    if request.transport is not None:
        cast("asyncio.Transport", request.transport).abort()


def _add_account_routes(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    @blueprint.get("/v3/channels")
    async def channels(_request: Request) -> HTTPResponse:
        return json_response(standin.channels())

    @blueprint.get("/v3/templates/whatsapp")
    async def templates(request: Request) -> HTTPResponse:
        limit, offset = request.args.get("limit", "100"), request.args.get("offset", "0")
        wrong = [name for name, value in (("limit", limit), ("offset", offset)) if not value.isdigit()]
        if wrong:
            raise Refusal("VALIDATION_ERROR", data={"fields": wrong})
        return json_response(standin.template_page(int(limit), int(offset)))

    @blueprint.get("/v3/webhooks")
    async def subscription(_request: Request) -> HTTPResponse:
        return json_response(standin.webhooks.subscription())

    @blueprint.patch("/v3/webhooks")
    async def subscribe(request: Request) -> HTTPResponse:
        await standin.webhooks.subscribe(parse_body(request.body))
        return json_response({"ok": True})


def _add_entity_routes(blueprint: Blueprint, standin: WazzupStandIn, kind: str) -> None:
    entities = standin.entities

    @blueprint.post(f"/v3/{kind}", name=f"upsert_{kind}")
    async def upsert(request: Request) -> HTTPResponse:
        entities.upsert(kind, request.body)
        return json_response({})

    @blueprint.get(f"/v3/{kind}", name=f"page_{kind}")
    async def page(request: Request) -> HTTPResponse:
        offset = request.args.get("offset", "0")
        if not offset.isdigit():
            raise Refusal("VALIDATION_ERROR", data={"fields": ["offset"]})
        return json_response(entities.page(kind, int(offset)))

    @blueprint.get(f"/v3/{kind}/<entity_id:str>", name=f"one_{kind}")
    async def one(_request: Request, entity_id: str) -> HTTPResponse:
        entity = entities.one(kind, entity_id)
        return empty(404) if entity is None else json_response(entity)

    @blueprint.delete(f"/v3/{kind}/<entity_id:str>", name=f"delete_{kind}")
    async def delete(_request: Request, entity_id: str) -> HTTPResponse:
        return json_response({}) if entities.delete(kind, entity_id) else empty(404)

    @blueprint.patch(f"/v3/{kind}/bulk_delete", name=f"bulk_delete_{kind}")
    async def bulk_delete(request: Request) -> HTTPResponse:
        entities.delete_many(kind, request.body)
        return json_response({})


def _add_other_routes(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    @blueprint.post("/v3/pipelines")
    async def set_pipelines(request: Request) -> HTTPResponse:
        standin.entities.set_pipelines(request.body)
        return json_response({})

    @blueprint.get("/v3/pipelines")
    async def pipelines(_request: Request) -> HTTPResponse:
        return json_response(standin.entities.pipelines())

    @blueprint.post("/v3/iframe")
    async def iframe(request: Request) -> HTTPResponse:
        check_iframe(parse_body(request.body))
        return json_response({"url": f"{standin.media.base_url}/?iframe={uuid.uuid4().hex}"})

    @blueprint.get("/v3/unanswered/<user_id:str>")
    async def unanswered(_request: Request, user_id: str) -> HTTPResponse:
        waiting = standin.sending.unanswered.values()
        times = [chat.last_at for chat in waiting if chat.last_at is not None]
        return json_response(
            {
                "counterV2": sum(chat.count for chat in waiting),
                "type": "red" if times else None,
                "lastMsgDateTime": iso_milliseconds(max(times)) if times else None,
            }
        )

    for route in _PARTNER_ROUTES:

        @blueprint.post(f"/v3/{route}", name=f"partners_{route}")
        async def partners_only(_request: Request) -> HTTPResponse:
            return json_response({"error": "FORBIDDEN"}, 403)
