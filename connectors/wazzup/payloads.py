"""Webhook bodies of Wazzup v3, taken apart into elements (`wazzup-v3.md` §4).

Each array element is taken for itself: one that cannot be understood is parked with its bytes and the
reason, its siblings go on. Unknown fields, types and states are normal: the vendor adds them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime

import orjson

from connectors.wazzup.failures import classify
from turns.ports import Attachment, CustomerMessage, Echo, Element, ElementKind, Media, StatusChange

# What our own buttons carry; a message with exactly this text is a tap (`turns.choices`).
TAP_PREFIX = "majlis:"
_SURROGATES = re.compile("[\ud800-\udfff]")
# Keys are indexed together, and an index row holds at most 2,700 bytes.
_MAX_KEY_BYTES = 255
# Deeper documents cannot be written back as JSON; Wazzup's own are 4 deep.
_MAX_DEPTH = 64
_FIRST_YEAR, _LAST_YEAR = 2000, 2200


class UnreadableBody(ValueError):
    """The webhook's body is not JSON of the documented form; it is kept, and nothing can be taken from it."""


def parse_body(body: bytes) -> list[Element]:
    """The elements of one webhook body, in the order they stand in it.

    Never raises: a body that cannot be read at all becomes one parked element that holds its bytes.
    """
    try:
        document = _load(body)
    except UnreadableBody as error:
        return [_parked(body, str(error))]
    elements: list[Element] = []
    for name, read in (
        ("messages", _message),
        ("statuses", _status),
        ("channelsUpdates", _channel),
    ):
        entries = document.get(name, [])
        if not isinstance(entries, list):
            elements.append(_parked(body, f"{name} is a {type(entries).__name__}, a list was expected"))
            continue
        for entry in entries:
            elements.append(_guarded(read, entry))
    template = document.get("templateStatus")
    if template is not None:
        elements.append(_guarded(_template, template))
    return elements


def without_chats(body: bytes, chat_ids: Collection[str]) -> bytes | None:
    """The same body without the messages of these chats; None when nothing of anybody is left in it.

    A body without a message of theirs comes back as it was, byte for byte. What cannot be read as a webhook
    is not taken apart: see `turns.erasing.names_one_of`.
    """
    try:
        document = _load(body)
    except UnreadableBody:
        return body
    messages = document.get("messages")
    if not isinstance(messages, list):
        return body
    kept = [entry for entry in messages if not _is_of(entry, chat_ids)]
    if len(kept) == len(messages):
        return body
    document["messages"] = kept
    if not any(document.values()):
        return None
    return json.dumps(document).encode("utf-8", "replace")


def _is_of(entry: object, chat_ids: Collection[str]) -> bool:
    chat_id = entry.get("chatId") if isinstance(entry, dict) else None
    # A list as an id cannot even be looked for.
    return isinstance(chat_id, str) and chat_id in chat_ids


def is_probe(body: bytes) -> bool:
    """Whether this is exactly the gateway's test of the address, `{"test": true}`."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    # 1 equals True, and is not the documented probe.
    return isinstance(document, dict) and list(document) == ["test"] and document["test"] is True


def _load(body: bytes) -> dict[str, object]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        # orjson refuses lone surrogates and invalid UTF-8, which do arrive; the standard library reads them.
        try:
            document = json.loads(body.decode("utf-8", "replace"), parse_int=_whole_number)
        except (ValueError, RecursionError) as error:
            raise UnreadableBody(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise UnreadableBody(f"the body is a {type(document).__name__}, an object was expected")
    return document


def _whole_number(digits: str) -> int | float:
    """As orjson reads it: what does not fit into 64 bits becomes a float."""
    return int(digits) if len(digits) < 19 else float(digits)


def _guarded(read: Callable[[Mapping[str, object]], Element], entry: object) -> Element:
    try:
        if not isinstance(entry, dict):
            raise UnreadableBody(f"the element is a {type(entry).__name__}, an object was expected")
        return read({str(_storable(key)): _storable(value) for key, value in entry.items()})
    except UnreadableBody as error:
        return _parked(json.dumps(entry).encode("utf-8", "replace"), str(error))


def _storable(value: object, depth: int = 1) -> object:
    """The same value without what jsonb refuses: NUL goes, a lone surrogate becomes U+FFFD."""
    if isinstance(value, str):
        # Most of a webhook is ids and keys, in which there can be no surrogate to look for.
        return (value if value.isascii() else _SURROGATES.sub("\ufffd", value)).replace("\x00", "")
    if depth > _MAX_DEPTH:
        raise UnreadableBody(f"the element is nested more than {_MAX_DEPTH} deep")
    if isinstance(value, dict):
        return {str(_storable(key)): _storable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item, depth + 1) for item in value]
    return value


def _parked(raw: bytes, problem: str) -> Element:
    return Element(
        kind=ElementKind.PARKED,
        channel_id="",
        external_id=hashlib.sha256(raw).hexdigest(),
        raw=raw,
        problem=problem,
    )


def _required(entry: Mapping[str, object], field: str) -> str:
    value = entry.get(field)
    if not isinstance(value, str) or not value:
        raise UnreadableBody(f"{field} is {_shape(value)}, a text was expected")
    if (length := len(value.encode())) > _MAX_KEY_BYTES:
        raise UnreadableBody(f"{field} has {length} bytes, at most {_MAX_KEY_BYTES} were expected")
    return value


def _shape(value: object) -> str:
    if value is None:
        return "missing"
    return "empty" if value == "" else f"a {type(value).__name__}"


def _moment(value: object) -> datetime | None:
    """A webhook's ISO-8601 time, or None when it is missing or no time of ours: the message still counts."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    # The database keeps years that Python cannot read back.
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _message(entry: Mapping[str, object]) -> Element:
    text = entry.get("text")
    if text is not None and not isinstance(text, str):
        raise UnreadableBody(f"text is a {type(text).__name__}, a text was expected")
    kind, variant = ElementKind.MESSAGE, ""
    if entry.get("isEcho") is True:
        kind = ElementKind.ECHO
    elif entry.get("isDeleted") is True:
        kind = ElementKind.DELETION
    elif entry.get("isEdited") is True:
        kind = ElementKind.EDIT
        variant = _digest(text, entry.get("contentUri"))
    elif entry.get("type") == "system":
        raise UnreadableBody("a system notice: nobody wrote it")
    return Element(
        kind=kind,
        channel_id=_required(entry, "channelId"),
        external_id=_required(entry, "messageId"),
        variant=variant,
        chat_type=_required(entry, "chatType"),
        chat_id=_required(entry, "chatId"),
        sent_at=_moment(entry.get("dateTime")),
        tap=kind is ElementKind.MESSAGE and isinstance(text, str) and text.startswith(TAP_PREFIX),
        body=entry,
    )


def _status(entry: Mapping[str, object]) -> Element:
    status = _required(entry, "status")
    return Element(
        kind=ElementKind.STATUS,
        channel_id="",
        external_id=_required(entry, "messageId"),
        variant=status,
        sent_at=_moment(entry.get("timestamp")),
        body=entry,
    )


def _channel(entry: Mapping[str, object]) -> Element:
    channel_id = _required(entry, "channelId")
    return Element(
        kind=ElementKind.CHANNEL,
        channel_id=channel_id,
        external_id=channel_id,
        variant=_digest(entry.get("state"), entry.get("timestamp")),
        body=entry,
    )


def _template(entry: Mapping[str, object]) -> Element:
    return Element(
        kind=ElementKind.TEMPLATE,
        channel_id="",
        external_id=_required(entry, "templateGuid"),
        variant=_digest(entry.get("status")),
        body=entry,
    )


def _digest(*parts: object) -> str:
    """What tells two changes of the same thing apart, short however long the parts are."""
    return hashlib.sha256("\x1f".join(str(part or "") for part in parts).encode()).hexdigest()[:32]


_MEDIA = {
    "image": Media.IMAGE,
    "audio": Media.VOICE,
    "video": Media.VIDEO,
    "document": Media.DOCUMENT,
    "geo": Media.LOCATION,
    "vcard": Media.CONTACT,
}
# What a manager may want to look at; a sticker says nothing, and nobody knows what an unsupported message is.
_KEPT = frozenset(_MEDIA.values())


class WazzupBodyReader:
    """Reads stored bodies back (port `turns.ports.BodyReader`)."""

    def customer_message(
        self, inbox_id: int, kind: ElementKind, external_id: str, tap: bool, body: Mapping[str, object]
    ) -> CustomerMessage:
        text = body.get("text")
        words = text.strip() if isinstance(text, str) else ""
        uri = body.get("contentUri")
        uri = uri if isinstance(uri, str) and uri else None
        message_type = str(body.get("type") or "")
        media: Media | None = None
        if message_type == "image" and (uri or "").split("?")[0].endswith(".was"):
            media = Media.STICKER
        elif message_type != "text":
            media = _MEDIA.get(message_type, Media.UNSUPPORTED)
        attachment = Attachment(media, uri) if media in _KEPT else None
        # A picture with words under it is answered for its words.
        return CustomerMessage(
            inbox_id, external_id, kind, words or None, None if words else media, tap, attachment
        )

    def echo(self, external_id: str, body: Mapping[str, object]) -> Echo:
        text, content_uri = body.get("text"), body.get("contentUri")
        return Echo(
            message_id=external_id,
            text=text if isinstance(text, str) and text else None,
            content_uri=content_uri if isinstance(content_uri, str) and content_uri else None,
            by_person=body.get("sentFromApp") is True or bool(body.get("authorId")),
            as_template=body.get("type") == "wapi_template",
        )

    def status(self, external_id: str, body: Mapping[str, object]) -> StatusChange:
        error = body.get("error")
        code, description = (
            (error.get("error"), error.get("description")) if isinstance(error, dict) else (None, None)
        )
        status = str(body.get("status"))
        failure = classify(code, description) if status == "error" else None
        return StatusChange(external_id, status, str(code or "") or None, failure)
