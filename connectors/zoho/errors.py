"""What can go wrong with Zoho, and what follows from it.

ZohoError
├── ZohoNotReached         no connection: nothing happened, again later
├── ZohoUnavailable        a read without a usable answer (time out, 5xx, HTML, cut JSON): again later
├── ZohoOutcomeUnknown     the same on a write: it may have taken effect, look it up before repeating
├── ZohoThrottled          too many calls (43, 44, 45, 1070, CRM's 429): nothing happened, again later
├── ZohoTokenUnavailable   no access token just now: nothing happened, again later
├── ZohoListingLost        a listing's page token no longer works: begin the listing again
├── ZohoGrantRefused       the refresh token, client or secret is refused: the settings must change
├── ZohoScopeMissing       the connection lacks a scope, or its user a permission
├── ZohoNotFound           the record does not exist
├── ZohoDuplicate          a record with this unique value exists: adopt it
└── ZohoRefused            a definite no that repeating does not change
    └── ZohoInvalid            a field's value is wrong or missing

`str(error)` holds codes, routes and field names only and is fit for logs. Zoho's own words may quote a
customer's data: they are in `details`, for the operator's eyes.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar


class Told(Enum):
    """What the customer may be told."""

    # It is noted and the number follows: Majlis finishes it by itself.
    FOLLOWS = "follows"
    # A person takes it up.
    PERSON = "person"
    # Nothing: the caller has a way on that the customer does not notice.
    NOTHING = "nothing"


class ZohoError(Exception):
    """A call to Zoho did not do what it was made for."""

    # Whether the same call can succeed later without anybody changing anything.
    may_retry: ClassVar[bool] = False
    # False: the call may have taken effect; look it up by its key, never repeat it blindly.
    outcome_known: ClassVar[bool] = True
    told: ClassVar[Told] = Told.PERSON

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        details: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        # Zoho's own code (`1002`, `INVALID_DATA`), `HTTP 502` without one, empty when Zoho said nothing.
        self.code = code
        self.details = details
        # The soonest moment at which another try makes sense; None: nobody said.
        self.retry_after_seconds = retry_after_seconds


class ZohoNotReached(ZohoError):
    """No connection; nothing happened."""

    may_retry = True
    told = Told.FOLLOWS


class ZohoUnavailable(ZohoError):
    """A read that got no usable answer."""

    may_retry = True
    told = Told.FOLLOWS


class ZohoOutcomeUnknown(ZohoError):
    """A write that got no usable answer: it may have taken effect."""

    may_retry = True
    outcome_known = False
    told = Told.FOLLOWS


class ZohoThrottled(ZohoError):
    """Too many calls: by Zoho's word, or by our own limit before Zoho was asked. Nothing happened."""

    may_retry = True
    told = Told.FOLLOWS


class ZohoTokenUnavailable(ZohoError):
    """There is no access token just now; nothing happened."""

    may_retry = True
    told = Told.FOLLOWS


class ZohoListingLost(ZohoError):
    """A page token expired or belongs to another listing: begin at the first page."""

    may_retry = True
    told = Told.NOTHING


class ZohoGrantRefused(ZohoError):
    """Zoho's accounts server refuses the settings; only the operator can mend it."""


class ZohoScopeMissing(ZohoError):
    """The connection lacks a scope for this call, or its user a permission; the operator can mend it."""


class ZohoNotFound(ZohoError):
    """The record, or one that the call refers to, does not exist."""


class ZohoDuplicate(ZohoError):
    """A record with this unique value exists already."""

    told = Told.NOTHING

    def __init__(self, message: str, *, code: str, details: str, existing_id: str | None) -> None:
        super().__init__(message, code=code, details=details)
        # The record to adopt; None when Zoho does not name it.
        self.existing_id = existing_id


class ZohoRefused(ZohoError):
    """A definite no."""


class ZohoInvalid(ZohoRefused):
    """Zoho does not accept a value."""

    def __init__(self, message: str, *, code: str, details: str, field: str, expected: str) -> None:
        super().__init__(message, code=code, details=details)
        # The field's API name or path; empty when Zoho does not name it.
        self.field = field
        # What Zoho would have accepted (a type, a length, a list of fields), empty when it does not say.
        self.expected = expected
