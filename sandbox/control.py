"""The control API: what tests and people use to act, to look and to break things. Loopback only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, raw

from sandbox.clock import iso_milliseconds
from sandbox.journal import Delivery, Message, Send, as_json
from sandbox.wazzup.media import MAX_CONTENT_BYTES, StoredFile, message_type
from sandbox.wazzup.people import Written
from sandbox.wazzup.standin import WazzupStandIn
from sandbox.wazzup.voice import silent_voice_note
from sandbox.wire import (
    BadRequest,
    count_field,
    json_response,
    number_argument,
    optional_text,
    read_object,
    text_field,
)

DEFAULT_WAIT_SECONDS = 10.0
# shown by the browser itself and unable to run script; its PDF viewer refuses to work in a sandbox
_HARMLESS_TYPES = ("image/jpeg", "image/png", "image/webp", "audio/", "video/", "application/pdf")


class ResetsItself(Protocol):
    """A stand-in that `POST /control/reset` takes along."""

    def reset(self) -> None:
        """Back to the beginning."""


def control_blueprint(standin: WazzupStandIn, others: Sequence[ResetsItself]) -> Blueprint:
    """All control routes and the store over one stand-in; its reset takes the others along."""
    blueprint = Blueprint("control")
    _add_looking(blueprint, standin)
    _add_acting(blueprint, standin)
    _add_turning(blueprint, standin, others)
    _add_media(blueprint, standin)
    return blueprint


def written_json(written: Written) -> dict[str, object]:
    """Messages that somebody wrote, with the deliveries of their webhooks."""
    return {
        "messages": [as_json(message) for message in written.messages],
        "deliveries": [as_json(delivery) for delivery in written.deliveries],
    }


def _add_looking(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    journal = standin.journal

    async def listing(
        request: Request, name: str, records: Callable[[], Sequence[Message | Send | Delivery]]
    ) -> HTTPResponse:
        """`?at_least=N&timeout_seconds=S` waits for N records; 408 when they did not come."""
        at_least = int(number_argument(request, "at_least", 0))
        timeout_seconds = number_argument(request, "timeout_seconds", DEFAULT_WAIT_SECONDS)
        complete = await journal.wait_until(lambda: len(records()) >= at_least, timeout_seconds)
        return json_response({name: [as_json(item) for item in records()]}, 200 if complete else 408)

    @blueprint.get("/control/messages")
    async def messages(request: Request) -> HTTPResponse:
        chat_id, direction = request.args.get("chat_id"), request.args.get("direction")

        def chosen() -> Sequence[Message]:
            return [
                message
                for message in journal.messages
                if chat_id in {None, message.chat_id} and direction in {None, message.direction}
            ]

        return await listing(request, "messages", chosen)

    @blueprint.get("/control/sends")
    async def sends(request: Request) -> HTTPResponse:
        chat_id = request.args.get("chat_id")
        return await listing(
            request, "sends", lambda: [item for item in journal.sends if chat_id in {None, item.chat_id}]
        )

    @blueprint.get("/control/deliveries")
    async def deliveries(request: Request) -> HTTPResponse:
        purpose = request.args.get("purpose")

        def answered() -> Sequence[Delivery]:
            return [
                item
                for item in journal.deliveries
                if item.latency_seconds is not None and purpose in {None, item.purpose}
            ]

        return await listing(request, "deliveries", answered)

    @blueprint.get("/control/state")
    async def state(_request: Request) -> HTTPResponse:
        return json_response(standin.summary())

    @blueprint.get("/control/idle")
    async def idle(request: Request) -> HTTPResponse:
        """Waits until no echo, status or send is under way; 408 when that did not happen in time."""
        timeout_seconds = number_argument(request, "timeout_seconds", DEFAULT_WAIT_SECONDS)
        is_idle = await journal.wait_until(lambda: standin.is_idle, timeout_seconds)
        return json_response({"idle": is_idle}, 200 if is_idle else 408)


def _add_acting(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    people = standin.people

    @blueprint.post("/control/customer")
    async def customer(request: Request) -> HTTPResponse:
        body = read_object(request)
        messages = body.get("messages")
        if not isinstance(messages, list) or not all(isinstance(item, dict) for item in messages):
            raise BadRequest("messages is missing: send a list of objects such as {type, text}")
        written = await people.customer_writes(
            text_field(body, "chat_id"),
            messages,
            message_id=optional_text(body, "message_id"),
            at=optional_text(body, "at"),
            name=optional_text(body, "name"),
            batch=bool(body.get("batch", False)),
            copies=count_field(body, "copies", 1),
            connections=count_field(body, "connections", 1),
        )
        return json_response(written_json(written))

    @blueprint.post("/control/tap")
    async def tap(request: Request) -> HTTPResponse:
        body = read_object(request)
        button = body.get("button")
        if not isinstance(button, int):
            raise BadRequest("button is missing: send its number, from 0")
        return json_response(written_json(await people.customer_taps(text_field(body, "message_id"), button)))

    @blueprint.post("/control/manager")
    async def manager(request: Request) -> HTTPResponse:
        body = read_object(request)
        written = await people.manager_writes(
            text_field(body, "chat_id"),
            {name: body[name] for name in ("type", "text", "contentUri") if name in body},
            author_name=optional_text(body, "author_name") or "Sara",
            message_id=optional_text(body, "message_id"),
            sent_from_app=bool(body.get("sent_from_app", True)),
        )
        return json_response(written_json(written))

    @blueprint.post("/control/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        """Delivers the body's bytes as they are, with this request's content type."""
        deliveries = await standin.webhooks.deliver_raw(
            request.body,
            content_type=request.headers.get("content-type"),
            copies=max(1, int(number_argument(request, "copies", 1))),
            connections=max(1, int(number_argument(request, "connections", 1))),
        )
        return json_response({"deliveries": [as_json(delivery) for delivery in deliveries]})

    @blueprint.post("/control/registration")
    async def registration(request: Request) -> HTTPResponse:
        """`{webhooksUri, subscriptions?}`: another integration takes the account's webhooks, unprobed."""
        body = read_object(request)
        subscriptions = body.get("subscriptions", {})
        if not isinstance(subscriptions, dict) or not all(
            isinstance(value, bool) for value in subscriptions.values()
        ):
            raise BadRequest("subscriptions has to be an object of booleans")
        try:
            standin.webhooks.replace(optional_text(body, "webhooksUri"), subscriptions)
        except ValueError as error:
            raise BadRequest(str(error)) from error
        return json_response(standin.webhooks.subscription())

    @blueprint.post("/control/channel")
    async def channel(request: Request) -> HTTPResponse:
        deliveries = await standin.channel_changes(text_field(read_object(request), "state"))
        return json_response({"deliveries": [as_json(delivery) for delivery in deliveries]})

    @blueprint.post("/control/template")
    async def template(request: Request) -> HTTPResponse:
        """Moves the template `guid` to another `status`."""
        body = read_object(request)
        deliveries = await standin.template_changes(text_field(body, "guid"), text_field(body, "status"))
        return json_response({"deliveries": [as_json(delivery) for delivery in deliveries]})


def _add_turning(blueprint: Blueprint, standin: WazzupStandIn, others: Sequence[ResetsItself]) -> None:
    @blueprint.get("/control/knobs")
    async def show_knobs(_request: Request) -> HTTPResponse:
        return json_response(standin.knobs.as_json())

    @blueprint.put("/control/knobs")
    async def turn_knobs(request: Request) -> HTTPResponse:
        try:
            standin.knobs.update(read_object(request))
        except ValueError as error:
            raise BadRequest(str(error)) from error
        return json_response(standin.knobs.as_json())

    @blueprint.post("/control/reset")
    async def reset(_request: Request) -> HTTPResponse:
        await standin.reset()
        for other in others:
            other.reset()
        return json_response({"ok": True})

    def clock_json() -> dict[str, object]:
        return {
            "now": iso_milliseconds(standin.clock.now()),
            "offset_seconds": standin.clock.offset_seconds,
        }

    @blueprint.get("/control/clock")
    async def show_clock(_request: Request) -> HTTPResponse:
        return json_response(clock_json())

    @blueprint.post("/control/clock")
    async def advance_clock(request: Request) -> HTTPResponse:
        seconds = read_object(request).get("advance_seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise BadRequest("advance_seconds is missing: send a number of seconds")
        try:
            standin.clock.advance(seconds)
        except ValueError as error:
            raise BadRequest(str(error)) from error
        return json_response(clock_json())


def _add_media(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    media = standin.media

    def keep(
        data: bytes, content_type: str, file_name: str, expires_in_seconds: float | None
    ) -> HTTPResponse:
        expires_at = None
        if expires_in_seconds is not None:
            expires_at = standin.clock.now() + timedelta(seconds=expires_in_seconds)
        uri = media.put(
            StoredFile(data=data, content_type=content_type, file_name=file_name, expires_at=expires_at)
        )
        return json_response({"contentUri": uri, "type": message_type(content_type)}, 201)

    @blueprint.post("/control/media")
    async def upload(request: Request) -> HTTPResponse:
        """Keeps the body under `?filename=`, served with `?content_type=` (else this request's)."""
        if not request.body:
            raise BadRequest("the body is empty: send the bytes of the file")
        content_type = request.args.get("content_type") or request.headers.get("content-type")
        expires = number_argument(request, "expires_in_seconds", -1.0)
        return keep(
            request.body,
            content_type or "application/octet-stream",
            request.args.get("filename") or "file",
            None if expires < 0 else expires,
        )

    @blueprint.post("/control/media/sample")
    async def sample(request: Request) -> HTTPResponse:
        """A file of a `kind`: voice, wrong_type (a PDF served as JPEG), oversize or expired."""
        kind = text_field(read_object(request), "kind")
        voice = silent_voice_note()
        if kind == "voice":
            return keep(voice, "audio/ogg; codecs=opus", "رسالة صوتية.ogg", None)
        if kind == "wrong_type":
            return keep(b"%PDF-1.4\n%%EOF\n", "image/jpeg", "صورة.jpg", None)
        if kind == "oversize":
            return keep(b"\0" * (MAX_CONTENT_BYTES + 1), "video/mp4", "warehouse.mp4", None)
        if kind == "expired":
            return keep(voice, "audio/ogg; codecs=opus", "old voice.ogg", 0.0)
        raise BadRequest(f"kind is {kind!r}; use voice, wrong_type, oversize or expired")

    @blueprint.get("/store/<key:str>")
    async def store(_request: Request, key: str) -> HTTPResponse:
        file = media.get(key)
        if file is None:
            return raw(b"", status=404)
        headers = {"X-Content-Type-Options": "nosniff"}
        if not file.content_type.startswith(_HARMLESS_TYPES):
            # a stored page must not act as the sandbox's own
            headers["Content-Security-Policy"] = "sandbox"
        return raw(file.data, content_type=file.content_type, headers=headers)
