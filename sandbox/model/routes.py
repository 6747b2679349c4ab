"""`POST /v1/chat/completions` as a client sees it."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Mapping
from typing import cast

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty

from sandbox.model.replies import completion, error
from sandbox.model.requests import Malformed, check
from sandbox.model.script import Entry
from sandbox.model.standin import ModelCall, ModelStandIn
from sandbox.wire import JSON_TYPE, dumps, json_response

PURPOSE_HEADER = "x-majlis-purpose"
_SPACES = b" " * 65536


class _Cut(Exception):
    """The connection ends here."""


def model_blueprint(standin: ModelStandIn, transcription_key: str = "") -> Blueprint:
    """The model's server over one stand-in."""
    blueprint = Blueprint("model")

    @blueprint.post("/v1/chat/completions")
    async def chat_completions(request: Request) -> HTTPResponse | None:
        call = standin.arrived(request.headers.get(PURPOSE_HEADER), _as_received(request))
        try:
            answer = await _answer(standin, request, call)
            call.status = answer.status if answer is not None else 200
        except _Cut:
            if request.transport is not None:
                cast("asyncio.Transport", request.transport).abort()
            # Sanic asks for an answer; it goes nowhere
            return empty()
        finally:
            standin.ended(call)
        return answer

    @blueprint.get("/v1/models")
    async def models(request: Request) -> HTTPResponse:
        """The transcriber's key opens it too: both services share this address."""
        given = request.headers.get("authorization", "").encode(errors="backslashreplace")
        keys = [key for key in (standin.key, transcription_key) if key]
        if not any(hmac.compare_digest(given, f"Bearer {key}".encode()) for key in keys):
            return _wrong_key()
        listed = [{"id": name, "object": "model", "owned_by": "sandbox"} for name in standin.models]
        return json_response({"object": "list", "data": listed})

    @blueprint.get("/v1/key")
    async def key(request: Request) -> HTTPResponse:
        """As OpenRouter tells what is left of a key's credit."""
        if not _is_known(standin, request):
            return _wrong_key()
        return json_response({"data": {"label": "sandbox", "limit_remaining": standin.credit_dollars}})

    return blueprint


def _is_known(standin: ModelStandIn, request: Request) -> bool:
    given = request.headers.get("authorization", "")
    return hmac.compare_digest(given.encode(errors="backslashreplace"), f"Bearer {standin.key}".encode())


def _wrong_key() -> HTTPResponse:
    return json_response(error(401, "Incorrect API key provided.", "invalid_api_key"), 401)


async def _answer(standin: ModelStandIn, request: Request, call: ModelCall) -> HTTPResponse | None:
    if not _is_known(standin, request):
        return _wrong_key()
    try:
        body = check(request.headers.get("content-type", ""), request.body)
    except Malformed as refusal:
        return json_response(error(400, str(refusal), "invalid_value", param=refusal.param), 400)
    entry = standin.take(call, body)
    if entry is None:
        # Ready at once: with this header the client need not think that the server is down.
        answer = json_response(error(503, "No entry of the script fits this request.", "no_script"), 503)
        answer.headers["Retry-After"] = "0"
        return answer
    standin.changes.touch()
    if entry.fault != "endless_body":
        await asyncio.sleep(entry.seconds)
    return await _scripted(request, entry, body, call.sequence)


async def _scripted(
    request: Request, entry: Entry, body: Mapping[str, object], number: int
) -> HTTPResponse | None:
    match entry.fault:
        case "drop":
            raise _Cut
        case "status":
            return _refusal(entry)
        case "html":
            page = "<html><head><title>Welcome</title></head><body><h1>Welcome</h1></body></html>"
            return HTTPResponse(page, entry.status or 200, content_type="text/html; charset=utf-8")
        case "error_in_200":
            return json_response(error(502, "The provider failed.", entry.status or 502))
        case "endless_body":
            await _spaces_without_end(request, entry.seconds)
            return None
    whole = dumps(completion(entry, str(body["model"]), number))
    cut = whole[: len(whole) // 2] if entry.fault == "truncate" else whole
    return HTTPResponse(cut, 200, content_type=JSON_TYPE)


def _refusal(entry: Entry) -> HTTPResponse:
    status = entry.status or 500
    answer = json_response(error(status, "Scripted by a fault.", status, metadata={}), status)
    if entry.retry_after is not None:
        answer.headers["Retry-After"] = str(entry.retry_after)
    return answer


async def _spaces_without_end(request: Request, pause_seconds: float) -> None:
    """Until the client hangs up, which ends this task."""
    response = await request.respond(content_type=JSON_TYPE)
    while True:
        await response.send(_SPACES)
        await asyncio.sleep(pause_seconds)


def _as_received(request: Request) -> object:
    try:
        return json.loads(request.body)
    except ValueError:
        return request.body.decode("utf-8", "replace")
