"""Links to files that nobody can guess or prolong: signed, and good until a moment (pure).

A token is 48 bytes in URL-safe base64: the file's id and expiry (8 bytes each), then their HMAC-SHA256.
48 bytes fill 64 characters without a bit to spare, so a token that differs in any character is another token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

_SIGNED = struct.Struct(">QQ")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{64}")
_QUOTE_PATH = re.compile(rf"/quotes/({_TOKEN.pattern})\.pdf$")
# Other uses of the same secret, another kind of file among them, must not make tokens that are good here.
_PURPOSES = {"quote": b"majlis: link to a quote, 1", "file": b"majlis: link to a customer's file, 1"}


@dataclass(frozen=True)
class SignedLink:
    """What an authentic token says. Whether it has expired is for the caller's clock to say."""

    # Of the quote, or of the received file: the key that verified it is good for one of them only.
    record_id: int
    expires_at: datetime


def link_key(internal_secret: str, purpose: Literal["quote", "file"] = "quote") -> bytes:
    """The key that links of one purpose are signed with, made from `INTERNAL_SECRET`.

    Raises:
        ValueError: for an empty secret: everybody could sign.
    """
    if not internal_secret:
        raise ValueError("INTERNAL_SECRET is empty: without it anybody could sign links to quotes and files")
    return hmac.digest(internal_secret.encode(), _PURPOSES[purpose], hashlib.sha256)


def sign(quote_id: int, expires_at: datetime, key: bytes) -> str:
    """The path on the gateway where the quote's PDF is served until `expires_at`, to the second.

    Raises:
        ValueError: for a time without a time zone.
    """
    return f"/quotes/{_token(quote_id, expires_at, key)}.pdf"


def sign_file(file_id: int, expires_at: datetime, key: bytes) -> str:
    """The path on the gateway where a customer's file is served until `expires_at`, to the second.

    Raises:
        ValueError: for a time without a time zone.
    """
    return f"/files/{_token(file_id, expires_at, key)}"


def _token(record_id: int, expires_at: datetime, key: bytes) -> str:
    if expires_at.tzinfo is None:
        raise ValueError("expires_at has no time zone: a link must end at one moment everywhere")
    signed = _SIGNED.pack(record_id, int(expires_at.timestamp()))
    return base64.urlsafe_b64encode(signed + hmac.digest(key, signed, hashlib.sha256)).decode()


def quote_in(address: str) -> int | None:
    """The quote that an address made here leads to, its signature unread; None for any other address."""
    token = _QUOTE_PATH.search(address)
    if token is None:
        return None
    quote_id, _ = _SIGNED.unpack(base64.urlsafe_b64decode(token[1])[: _SIGNED.size])
    return int(quote_id)


def verify(token: str, key: bytes) -> SignedLink | None:
    """What the token says if it was signed with this key; None for anything else, whatever it looks like."""
    if not _TOKEN.fullmatch(token):
        return None
    content = base64.urlsafe_b64decode(token)
    signed, signature = content[: _SIGNED.size], content[_SIGNED.size :]
    if not hmac.compare_digest(signature, hmac.digest(key, signed, hashlib.sha256)):
        return None
    record_id, expires = _SIGNED.unpack(signed)
    return SignedLink(record_id, datetime.fromtimestamp(expires, UTC))
