"""Files: the vendor's store as customers' files arrive from it, and the fetching of `contentUri`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from email.message import Message as HeaderParser
from pathlib import PurePosixPath
from urllib.parse import parse_qs, quote, unquote, urlsplit

import httpx

from sandbox.clock import SandboxClock
from sandbox.wazzup.refusals import MessageRefusal, invalid_fields

# the API's own cap comes before every messenger's (wazzup-v3.md §5.5)
MAX_CONTENT_BYTES = 10 * 1024 * 1024
FETCH_TIMEOUT_SECONDS = 20.0

_WABA_IMAGE_TYPES = {"image/jpeg", "image/png"}
_WABA_MAX_IMAGE_BYTES = 5 * 1024 * 1024
# a page in place of a file is nearly always an error page
_NEVER_A_FILE = {"text/html", "application/xhtml+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file as the store serves it."""

    data: bytes
    content_type: str
    file_name: str
    # sandbox time after which the address answers 404; None: never
    expires_at: datetime | None = None


class MediaStore:
    """`/store/<hash>/?filename=<percent-encoded name>`, in memory."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._files: dict[str, StoredFile] = {}
        # set when the server knows its port
        self.base_url = ""

    def put(self, file: StoredFile, *, ending: str = "") -> str:
        """Keep a file and return its address; with an `ending` its path ends so (`.was` marks a sticker)."""
        key = uuid.uuid4().hex + ending
        self._files[key] = file
        path = key if ending else f"{key}/"
        return f"{self.base_url}/store/{path}?filename={quote(file.file_name, safe='')}"

    def get(self, key: str) -> StoredFile | None:
        """The file, or None when there is none or its time is over."""
        file = self._files.get(key)
        if file is None or (file.expires_at is not None and self._clock.now() >= file.expires_at):
            return None
        return file

    def name_of(self, data: bytes) -> str | None:
        """The name of the newest file with these bytes."""
        return next((file.file_name for file in reversed(self._files.values()) if file.data == data), None)

    def clear(self) -> None:
        """Forget all files."""
        self._files.clear()


def message_type(content_type: str) -> str:
    """The message type that a file of this content type travels as; a voice note is `audio`."""
    family = content_type.partition("/")[0]
    return family if family in {"image", "audio", "video"} else "document"


async def fetch_content(client: httpx.AsyncClient, uri: str, *, waba: bool) -> StoredFile:
    """Fetch `contentUri` the way the gateway does: at once, without redirects, at most 10 MB.

    Raises MessageRefusal with the documented code.
    """
    if urlsplit(uri).scheme not in {"http", "https"} or not urlsplit(uri).hostname:
        raise invalid_fields("contentUri")
    try:
        async with client.stream("GET", uri, timeout=FETCH_TIMEOUT_SECONDS) as response:
            if response.status_code != 200:
                raise MessageRefusal(
                    "MESSAGE_DOWNLOAD_CONTENT_ERROR", data={"statusCode": response.status_code}
                )
            content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            data = bytearray()
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > MAX_CONTENT_BYTES:
                    raise MessageRefusal("MESSAGES_CONTENT_SIZE_EXCEEDED")
            name = _file_name(uri, response.headers.get("content-disposition", ""))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise MessageRefusal(
            "MESSAGE_DOWNLOAD_CONTENT_ERROR", data={"reason": type(error).__name__}
        ) from error
    if not data:
        raise MessageRefusal("MESSAGES_CONTENT_CAN_NOT_BE_BLANK")
    _check_type(content_type, len(data), waba=waba)
    return StoredFile(data=bytes(data), content_type=content_type, file_name=name)


def _check_type(content_type: str, size: int, *, waba: bool) -> None:
    if not content_type or content_type in _NEVER_A_FILE:
        raise MessageRefusal("MESSAGE_WRONG_CONTENT_TYPE", data={"contentType": content_type})
    if not waba:
        return
    kind = message_type(content_type)
    if kind == "image" and content_type not in _WABA_IMAGE_TYPES:
        raise MessageRefusal("MESSAGE_WRONG_CONTENT_TYPE", data={"contentType": content_type})
    if kind == "video" and content_type != "video/mp4":
        raise MessageRefusal("MESSAGE_WRONG_CONTENT_TYPE", data={"contentType": content_type})
    if kind == "image" and size > _WABA_MAX_IMAGE_BYTES:
        raise MessageRefusal("MESSAGES_CONTENT_SIZE_EXCEEDED_WABA")


def _file_name(uri: str, content_disposition: str) -> str:
    parser = HeaderParser()
    parser["content-disposition"] = content_disposition or "inline"
    name = parser.get_filename()
    if not name:
        parts = urlsplit(uri)
        named = parse_qs(parts.query).get("filename")
        name = named[0] if named else unquote(PurePosixPath(parts.path).name)
    return PurePosixPath(name).name or "file"
