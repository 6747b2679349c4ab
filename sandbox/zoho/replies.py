"""What a handler reads and what it gives back; refusals are exceptions that become replies.

ZohoRefusal        the service says no
├── CrmRefusal     a request-level error of CRM: a code word, details and a message
└── FinanceRefusal an error of Inventory or Books: a number and a message
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.wire import JSON_TYPE, dumps


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as a handler sees it."""

    product: str
    method: str
    # below the base of the product, without slashes at its ends
    path: str
    # the first value of each argument
    query: Mapping[str, str]
    # names in lower case
    headers: Mapping[str, str]
    body: bytes
    # fields of an urlencoded or multipart body
    form: Mapping[str, str]


@dataclass(slots=True)
class Reply:
    """What goes back; `value` is written as JSON unless `content` holds other bytes."""

    value: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    content_type: str = JSON_TYPE

    def body(self) -> bytes:
        """The bytes of the answer; 204 and 304 have none."""
        if self.content is not None:
            return self.content
        return b"" if self.status in {204, 304} else dumps(plain(self.value))

    @property
    def code(self) -> object:
        """The service's own word on how it went, for the list of calls."""
        if not isinstance(self.value, dict):
            return None
        data = self.value.get("data")
        if isinstance(data, list) and data and isinstance(data[0], dict):
            return data[0].get("code")
        return self.value.get("code", self.value.get("error"))


class ZohoRefusal(Exception):
    """A request that Zoho answers with an error."""

    def reply(self) -> Reply:
        """The answer that carries this refusal."""
        raise NotImplementedError


class CrmRefusal(ZohoRefusal):
    """An error of the whole CRM request (zoho.md §2.4)."""

    def __init__(
        self, status: int, code: str, message: str, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.details = dict(details or {})

    def as_json(self) -> dict[str, object]:
        """The envelope, as it also stands for one record in `data`."""
        return {"code": self.code, "details": self.details, "message": self.message, "status": "error"}

    def reply(self) -> Reply:
        """The envelope at top level."""
        return Reply(self.as_json(), self.status)


class FinanceRefusal(ZohoRefusal):
    """An error of Inventory or Books (zoho.md §3.2)."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def reply(self) -> Reply:
        """The envelope of the finance products."""
        return Reply({"code": self.code, "message": self.message}, self.status)


def plain(value: object) -> object:
    """The same value with amounts as JSON numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
