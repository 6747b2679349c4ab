"""What the people of a chat write on the phone page: the customer, and the manager who answers in Wazzup."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from sandbox.control import written_json
from sandbox.wazzup.media import StoredFile, message_type
from sandbox.wazzup.standin import WazzupStandIn
from sandbox.wazzup.voice import silent_voice_note
from sandbox.wazzup.webm import NotAVoiceNote, ogg_from_webm
from sandbox.wire import BadRequest, json_response, optional_text, read_object, text_field

MANAGER_NAME = "Sara"
VOICE_TYPE = "audio/ogg; codecs=opus"
# A picture of one transparent dot: a sticker's own picture is never looked at.
_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000b49444154789c6360000200000500017a5eab3f0000000049454e44ae426082"
)


def add_writing(blueprint: Blueprint, standin: WazzupStandIn) -> None:
    """Texts, files, voice notes, stickers, locations and taps."""
    people = standin.people

    async def send(
        writer: str | None, chat_id: str, fields: Mapping[str, object], name: str | None = None
    ) -> HTTPResponse:
        if writer == "manager":
            written = await people.manager_writes(chat_id, fields, author_name=MANAGER_NAME)
        else:
            written = await people.customer_writes(chat_id, [fields], name=name)
        return json_response(written_json(written))

    def file_fields(stored: StoredFile, ending: str = "") -> dict[str, object]:
        uri = standin.media.put(stored, ending=ending)
        return {"type": message_type(stored.content_type), "contentUri": uri}

    @blueprint.post("/phone/messages")
    async def write(request: Request) -> HTTPResponse:
        """`{chat_id, text, name?, writer?}`: the customer writes, or with `writer: "manager"` the manager."""
        body = read_object(request)
        fields = {"type": "text", "text": text_field(body, "text")}
        writer, name = optional_text(body, "writer"), optional_text(body, "name")
        return await send(writer, text_field(body, "chat_id"), fields, name)

    @blueprint.post("/phone/files")
    async def attach(request: Request) -> HTTPResponse:
        """The body is the file; `?chat_id=` and `?filename=` say where and what, `?writer=`, `?name=` who."""
        chat_id, file_name = request.args.get("chat_id"), request.args.get("filename")
        if not chat_id or not file_name or not request.body:
            raise BadRequest("send ?chat_id=, ?filename= and the bytes of the file as the body")
        content_type = request.headers.get("content-type", "application/octet-stream")
        stored = StoredFile(data=request.body, content_type=content_type, file_name=file_name)
        return await send(request.args.get("writer"), chat_id, file_fields(stored), request.args.get("name"))

    @blueprint.post("/phone/recordings")
    async def recording(request: Request) -> HTTPResponse:
        """The body is what the browser's microphone gave; `?words=` are what the transcriber will hear."""
        chat_id, words = request.args.get("chat_id"), request.args.get("words") or "voice"
        content_type = request.headers.get("content-type", "")
        if not chat_id or not content_type.startswith("audio/"):
            raise BadRequest("send ?chat_id= and a recording as the body, with its audio/… content type")
        data, ending = request.body, "ogg"
        if content_type.startswith("audio/webm"):
            try:
                data, content_type = ogg_from_webm(data), VOICE_TYPE
            except NotAVoiceNote as error:
                raise BadRequest(f"{error}: send a file instead") from error
        elif content_type.startswith("audio/mp4"):
            ending = "m4a"
        stored = StoredFile(data=data, content_type=content_type, file_name=f"{words}.{ending}")
        return await send(request.args.get("writer"), chat_id, file_fields(stored), request.args.get("name"))

    @blueprint.post("/phone/samples")
    async def sample(request: Request) -> HTTPResponse:
        """`{chat_id, kind, words?, name?, writer?}`: a made-up voice note, a sticker, a place."""
        body = read_object(request)
        chat_id, kind = text_field(body, "chat_id"), text_field(body, "kind")
        writer, words = optional_text(body, "writer"), optional_text(body, "words") or "voice"
        name = optional_text(body, "name")
        if kind == "voice":
            # Its own bytes, by which the transcriber's stand-in finds the words again.
            maker = hashlib.sha256(words.encode()).hexdigest().encode()
            note = StoredFile(
                data=silent_voice_note(maker=maker), content_type=VOICE_TYPE, file_name=f"{words}.ogg"
            )
            return await send(writer, chat_id, file_fields(note), name)
        if kind == "sticker":
            sticker = StoredFile(data=_DOT, content_type="image/png", file_name="sticker")
            return await send(writer, chat_id, file_fields(sticker, ending=".was"), name)
        if kind == "location":
            return await send(writer, chat_id, {"type": "geo"}, name)
        raise BadRequest(f"kind is {kind!r}; use voice, sticker or location")

    @blueprint.post("/phone/tap")
    async def tap(request: Request) -> HTTPResponse:
        body = read_object(request)
        button = body.get("button")
        if not isinstance(button, int):
            raise BadRequest("button is missing: send its number, from 0")
        written = await people.customer_taps(text_field(body, "message_id"), button)
        return json_response(written_json(written))
