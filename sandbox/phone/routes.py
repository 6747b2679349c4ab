"""Routes of the phone page: its files, and the data that it asks for about twice a second."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty, file

from sandbox.clock import iso_milliseconds
from sandbox.control import written_json
from sandbox.journal import as_json
from sandbox.phone.rows import rows_of_chat
from sandbox.wazzup.media import StoredFile, message_type
from sandbox.wazzup.standin import WazzupStandIn
from sandbox.wazzup.voice import silent_voice_note
from sandbox.wire import BadRequest, json_response, optional_text, read_object, text_field

STATIC = Path(__file__).parent / "static"
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
    " media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def phone_blueprint(standin: WazzupStandIn) -> Blueprint:
    """The page at `/` and its data under `/phone`."""
    blueprint = Blueprint("phone")
    _add_page(blueprint)
    _add_data(blueprint, standin)
    _add_writing(blueprint, standin)
    return blueprint


def _add_page(blueprint: Blueprint) -> None:
    @blueprint.get("/")
    async def page(_request: Request) -> HTTPResponse:
        return await file(
            STATIC / "index.html",
            headers={"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-store"},
        )

    for name in ("phone.css", "phone.js", "bubbles.js", "rows.js"):

        @blueprint.get(f"/phone/static/{name}", name=f"static_{name.replace('.', '_')}")
        async def static(_request: Request, name: str = name) -> HTTPResponse:
            return await file(STATIC / name, headers={"Cache-Control": "no-store"})

    @blueprint.get("/favicon.ico")
    async def favicon(_request: Request) -> HTTPResponse:
        return empty()


def _add_data(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    journal = standin.journal

    @blueprint.get("/phone/chats")
    async def chats(_request: Request) -> HTTPResponse:
        """The chats of this phone page, the one with the latest message first."""
        last = {message.chat_id: message for message in journal.messages}
        latest = sorted(last.values(), key=lambda message: message.sequence, reverse=True)
        known = [chat_id for chat_id in journal.names if chat_id not in last]
        listed: list[dict[str, object]] = [
            {
                "chat_id": message.chat_id,
                "name": journal.names.get(message.chat_id),
                "preview": message.text or message.file_name or "",
                "at": iso_milliseconds(message.date_time),
            }
            for message in latest
        ]
        listed += [{"chat_id": chat_id, "name": journal.names[chat_id], "preview": ""} for chat_id in known]
        return json_response({"chats": listed})

    @blueprint.get("/phone/messages")
    async def messages(request: Request) -> HTTPResponse:
        """The chat's messages; 204 while nothing changed since `?version=`."""
        chat_id = request.args.get("chat_id", "")
        if request.args.get("version") == str(journal.version):
            return empty()
        return json_response(
            {
                "version": journal.version,
                "messages": [as_json(message) for message in journal.chat(chat_id) if message.delivered],
            }
        )

    @blueprint.get("/phone/rows")
    async def rows(request: Request) -> HTTPResponse:
        chat_id = request.args.get("chat_id", "")
        config = standin.config
        found = await rows_of_chat(config.database_url, config.channel_id, chat_id)
        return json_response(found)


def _add_writing(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    people = standin.people

    @blueprint.post("/phone/messages")
    async def write(request: Request) -> HTTPResponse:
        body = read_object(request)
        written = await people.customer_writes(
            text_field(body, "chat_id"),
            [{"type": "text", "text": text_field(body, "text")}],
            name=optional_text(body, "name"),
        )
        return json_response(written_json(written))

    @blueprint.post("/phone/files")
    async def attach(request: Request) -> HTTPResponse:
        """The body is the file itself; `?chat_id=` and `?filename=` say where and what."""
        chat_id, name = request.args.get("chat_id"), request.args.get("filename")
        if not chat_id or not name or not request.body:
            raise BadRequest("send ?chat_id=, ?filename= and the bytes of the file as the body")
        content_type = request.headers.get("content-type", "application/octet-stream")
        stored = StoredFile(data=request.body, content_type=content_type, file_name=name)
        return await _send_file(chat_id, stored)

    @blueprint.post("/phone/voice")
    async def voice(request: Request) -> HTTPResponse:
        """A sample voice note, for machines without a microphone; `words` are what it says."""
        body = read_object(request)
        chat_id, words = text_field(body, "chat_id"), optional_text(body, "words") or "voice"
        # Its own bytes, by which the transcriber's stand-in finds the words again.
        maker = hashlib.sha256(words.encode()).hexdigest().encode()
        note = StoredFile(
            data=silent_voice_note(maker=maker),
            content_type="audio/ogg; codecs=opus",
            file_name=f"{words}.ogg",
        )
        return await _send_file(chat_id, note)

    async def _send_file(chat_id: str, stored: StoredFile) -> HTTPResponse:
        uri = standin.media.put(stored)
        written = await people.customer_writes(
            chat_id, [{"type": message_type(stored.content_type), "contentUri": uri}]
        )
        return json_response(written_json(written))

    @blueprint.post("/phone/tap")
    async def tap(request: Request) -> HTTPResponse:
        body = read_object(request)
        button = body.get("button")
        if not isinstance(button, int):
            raise BadRequest("button is missing: send its number, from 0")
        written = await people.customer_taps(text_field(body, "message_id"), button)
        return json_response(written_json(written))
