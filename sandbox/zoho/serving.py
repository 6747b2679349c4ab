"""The way of a call: written down, let in, struck by a fault or carried out, answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from sanic import Request
from sanic.response import HTTPResponse, empty

from sandbox.zoho.calls import Call
from sandbox.zoho.faults import Fault, take
from sandbox.zoho.gates import BLOCKED_MINUTE, TOO_MANY_IN_FLIGHT, token_of
from sandbox.zoho.limits import InFlight
from sandbox.zoho.replies import Asked, Reply, ZohoRefusal
from sandbox.zoho.standin import ZohoStandIn

_MESSAGES: dict[object, str] = {44: BLOCKED_MINUTE, 1070: TOO_MANY_IN_FLIGHT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """How one product lets calls in and finishes its answers."""

    name: str
    # the path in front of its own
    base: str
    in_flight: InFlight
    # raises ZohoRefusal, or gives what carries the call out
    admit: Callable[[Asked], Callable[[], Reply]]
    # adds the headers that every answer of the product carries
    finish: Callable[[Reply], None]
    # answers a call whose token has just died
    dead_token: Callable[[], ZohoRefusal]


class _Cut(Exception):
    """The connection ends without an answer."""


async def serve(standin: ZohoStandIn, product: Product, request: Request) -> HTTPResponse:
    """One call of one product."""
    asked = _read(product, request)
    token = token_of(asked.headers)
    call = Call(
        sequence=len(standin.calls.all) + 1,
        at=standin.clock.now(),
        at_monotonic=time.monotonic(),
        product=product.name,
        method=asked.method,
        path=request.path,
        query={} if product.name == "accounts" else asked.query,
        token=None if token is None else token[-4:],
        in_flight=product.in_flight.enter(),
    )
    standin.calls.add(call)
    try:
        reply = await _answer(standin, product, asked, call)
    except _Cut:
        if request.transport is not None:
            cast("asyncio.Transport", request.transport).abort()
        # Sanic asks for an answer; it goes nowhere
        return empty()
    finally:
        product.in_flight.leave()
        standin.calls.end(call)
    call.status, call.code = reply.status, reply.code
    return HTTPResponse(
        reply.body(),
        status=reply.status,
        headers=reply.headers,
        content_type=None if reply.status in {204, 304} else reply.content_type,
    )


async def _answer(standin: ZohoStandIn, product: Product, asked: Asked, call: Call) -> Reply:
    try:
        carry_out = product.admit(asked)
        fault = take(standin.knobs.faults, product.name, asked.method, call.path)
        if fault is not None:
            call.fault = fault.action
        await asyncio.sleep(standin.knobs.latency_seconds)
        reply = await _struck(standin, product, asked, fault, carry_out)
    except ZohoRefusal as refusal:
        reply = refusal.reply()
    product.finish(reply)
    return reply


async def _struck(
    standin: ZohoStandIn,
    product: Product,
    asked: Asked,
    fault: Fault | None,
    carry_out: Callable[[], Reply],
) -> Reply:
    """The answer with its fault, if any."""
    if fault is None:
        return carry_out()
    if fault.action == "expire_token":
        token = token_of(asked.headers)
        if token is not None:
            standin.tokens.kill(token)
        raise product.dead_token()
    if fault.action == "slow":
        return await _slow(standin, fault, carry_out)
    if fault.after_commit or fault.action == "truncate":
        reply = carry_out()
        standin.calls.touch()
        if fault.action == "truncate":
            whole = reply.body()
            return Reply(
                reply.value, reply.status, content=whole[: len(whole) // 2], content_type=reply.content_type
            )
    if fault.action == "drop":
        raise _Cut
    if fault.action == "html":
        return html_page(fault.status or 502)
    return _scripted(product, fault)


async def _slow(standin: ZohoStandIn, fault: Fault, carry_out: Callable[[], Reply]) -> Reply:
    if not fault.after_commit:
        await asyncio.sleep(fault.seconds)
        return carry_out()
    reply = carry_out()
    standin.calls.touch()
    await asyncio.sleep(fault.seconds)
    return reply


def html_page(status: int) -> Reply:
    """What a proxy in front of Zoho answers when nothing is behind it."""
    title = f"{status} {HTTPStatus(status).phrase}"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Reply(status=status, content=page.encode(), content_type="text/html; charset=utf-8")


def _scripted(product: Product, fault: Fault) -> Reply:
    """A status and a code in the product's envelope."""
    message = fault.message or _MESSAGES.get(fault.code, "Scripted by a fault")
    status = fault.status or 200
    if product.name == "accounts":
        return Reply({"error": fault.code, "error_description": message, "status": "failure"}, status)
    if product.name == "crm":
        body: dict[str, object] = {"code": fault.code, "details": {}, "message": message, "status": "error"}
        return Reply(body, status)
    return Reply({"code": fault.code, "message": message}, status)


def _read(product: Product, request: Request) -> Asked:
    content_type = request.headers.get("content-type", "")
    is_form = content_type.startswith(("application/x-www-form-urlencoded", "multipart/form-data"))
    form: dict[str, str] = {}
    if is_form:
        form = {name: values[0] for name, values in (request.form or {}).items()}
        # a client that names a file for a field still means the field
        for name, files in (request.files or {}).items():
            form.setdefault(name, files[0].body.decode("utf-8", "replace"))
    return Asked(
        product=product.name,
        method=request.method,
        path=request.path.removeprefix(product.base).strip("/"),
        query={name: values[0] for name, values in request.get_args(keep_blank_values=True).items()},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=b"" if is_form else request.body,
        form=form,
    )
