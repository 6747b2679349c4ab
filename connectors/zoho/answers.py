"""A call to Zoho, an answer to it, and what both product families judge alike. Pure functions."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import Enum

from connectors.zoho.errors import (
    ZohoError,
    ZohoOutcomeUnknown,
    ZohoScopeMissing,
    ZohoThrottled,
    ZohoTokenUnavailable,
    ZohoUnavailable,
)

# A longer wait than Zoho's longest window, its day, is a mistake in the header.
_LONGEST_WAIT_SECONDS = 86_400.0
_SHORTEST_WAIT_SECONDS = 1.0
# Refused with a token that was issued a moment ago: not worth asking again at once.
_TOKEN_WAIT_SECONDS = 60.0
_SECONDS = re.compile(r"\d{1,10}(\.\d+)?")


class Effect(Enum):
    """What making a call twice does."""

    READ = "read"
    # A write whose repetition changes nothing more: upsert, update by id, a status.
    REPEATABLE = "repeatable"
    # A write that makes something new each time.
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a product's API; `path` begins after the product's base address."""

    method: str
    path: str
    effect: Effect
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status alone says success, which is never enough with Zoho."""
        return 200 <= self.status < 300

    @property
    def is_trouble(self) -> bool:
        """Whether the server itself, or one in front of it, failed."""
        return self.status >= 500 or self.status == 408


class TokenNotAccepted(Exception):
    """A 401: the session asks for another token once, then raises `verdict`."""

    def __init__(self, call: Call, code: str, details: str, *, may_be_scope: bool) -> None:
        super().__init__(f"{call}: the access token is not accepted ({code})")
        # A new token that is refused too shows that a scope is missing.
        self.may_be_scope = may_be_scope
        self.verdict: ZohoError
        if may_be_scope:
            self.verdict = scope_missing(call, code, details)
        else:
            self.verdict = token_unavailable(call, code, details)


def scope_missing(call: Call, code: str, details: str) -> ZohoScopeMissing:
    """The error for a scope or a user's permission that is not there."""
    return ZohoScopeMissing(
        f"{call}: Zoho answers {code}; the connection lacks a scope, or its user a permission, for this "
        "call: make a new refresh token with all scopes of the operators' notes",
        code=code,
        details=details,
    )


def token_unavailable(call: Call, code: str, details: str) -> ZohoTokenUnavailable:
    """The error for a token that is refused although it was issued a moment ago."""
    return ZohoTokenUnavailable(
        f"{call}: Zoho answers {code} to a new access token too; check that ZOHO_API_URL and "
        "ZOHO_ACCOUNTS_URL name the same data centre",
        code=code,
        details=details,
        retry_after_seconds=_TOKEN_WAIT_SECONDS,
    )


def no_usable_answer(call: Call, reason: str, *, code: str = "", details: str = "") -> ZohoError:
    """The error for an answer that does not say what became of the call."""
    if call.effect is Effect.READ:
        return ZohoUnavailable(f"{call}: no usable answer ({reason})", code=code, details=details)
    return ZohoOutcomeUnknown(
        f"{call}: no usable answer ({reason}), it may have taken effect", code=code, details=details
    )


def throttled(call: Call, answer: Answer, code: str, default_seconds: float) -> ZohoThrottled:
    """The error for a 429 or its like; a `Retry-After` wins over our own figure."""
    asked = retry_after_seconds(answer.headers)
    seconds = default_seconds if asked is None else asked
    return ZohoThrottled(
        f"{call}: too many calls ({code})",
        code=code,
        retry_after_seconds=min(max(seconds, _SHORTEST_WAIT_SECONDS), _LONGEST_WAIT_SECONDS),
    )


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds, given as seconds or as a date; None when it is missing or neither.

    A date is compared with the answer's own `Date`, never with this host's clock.
    """
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        until, now = parsedate_to_datetime(value), parsedate_to_datetime(headers.get("date", ""))
        return (until - now).total_seconds()
    except (ValueError, TypeError):
        return None


def header_seconds(headers: Mapping[str, str], name: str) -> float | None:
    """A header that counts seconds, or None."""
    value = headers.get(name, "").strip()
    return float(value) if _SECONDS.fullmatch(value) else None


def short_pause_seconds() -> float:
    """2 to 5 s, at random: what too many calls at once are answered with (`zoho.md` §3.1)."""
    return random.uniform(2.0, 5.0)
