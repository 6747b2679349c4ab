"""Everything that happened in the sandbox, in one order, with sandbox time and monotonic time.

The monotonic time is the host's own (`time.monotonic`), so a checker may compare it with what other
processes of the same host wrote down.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal

from sandbox.changes import Changes
from sandbox.clock import iso_milliseconds

# how far a message came; a status never moves it backwards, an error may follow anything
STATUS_RANK = {"accepted": 0, "inbound": 0, "sent": 1, "delivered": 2, "read": 3, "error": 4}


@dataclass(slots=True, kw_only=True)
class Message:
    """One message of a chat, as the customer's phone would hold it."""

    sequence: int
    message_id: str
    chat_type: str
    chat_id: str
    direction: Literal["in", "out"]
    origin: Literal["customer", "api", "manager"]
    type: str
    text: str | None
    # the address that the phone opens; for files sent by the API, the sandbox's own copy
    content_uri: str | None
    file_name: str | None
    # contentUri of the send, as the client gave it
    source_uri: str | None
    buttons: list[dict[str, object]]
    crm_message_id: str | None
    ref_message_id: str | None
    author_name: str | None
    # the messenger's time of the message
    date_time: datetime
    recorded_at: datetime
    recorded_monotonic: float
    # False when the customer never saw it (lost on purpose, or outside the window)
    delivered: bool
    undelivered_reason: str | None
    status: str
    statuses: list[dict[str, object]] = field(default_factory=list)
    edited: bool = False
    deleted: bool = False
    # answers that our webhook address gave for this message (None: no answer)
    webhook_statuses: list[int | None] = field(default_factory=list)

    def move_status(self, status: str) -> None:
        """Take a later status; an earlier one is kept only in `statuses`."""
        if STATUS_RANK.get(status, 0) > STATUS_RANK.get(self.status, 0):
            self.status = status


@dataclass(slots=True, kw_only=True)
class Send:
    """One attempt at `POST /v3/message`, refused ones too."""

    sequence: int
    received_at: datetime
    received_monotonic: float
    # the parsed JSON, or the text of a body that is none
    body: object
    chat_id: str | None
    crm_message_id: str | None
    # the scripted outcome that applied
    script: str
    # "accepted", "refused", "failed" (429, 5xx, connection closed) or "open" while unanswered
    outcome: str = "open"
    # None when no answer was written
    status_code: int | None = None
    error: str | None = None
    message_id: str | None = None
    answered_monotonic: float | None = None


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One POST of the sandbox to the webhook address."""

    sequence: int
    # probe, inbound, echo, status, channel, template, raw
    purpose: str
    body: str
    message_ids: list[str]
    # 1 for the first try, counting retries
    attempt: int
    started_at: datetime
    started_monotonic: float
    latency_seconds: float | None = None
    status_code: int | None = None
    error: str | None = None


def as_json(record: Message | Send | Delivery) -> dict[str, object]:
    """A record with its times as ISO strings."""
    return {
        name: iso_milliseconds(value) if isinstance(value, datetime) else value
        for name, value in asdict(record).items()
    }


class Journal(Changes):
    """Lists of all records plus a way to wait for the next change."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []
        self.sends: list[Send] = []
        self.deliveries: list[Delivery] = []
        self.names: dict[str, str] = {}
        self._by_id: dict[str, Message] = {}
        self._sequence = 0

    def next_sequence(self) -> int:
        """The place of the next record in the one order of all records."""
        self._sequence += 1
        return self._sequence

    def add_message(self, message: Message) -> None:
        """Keep a message."""
        self.messages.append(message)
        self._by_id[message.message_id] = message
        self.touch()

    def message(self, message_id: str) -> Message | None:
        """The latest message with this id."""
        return self._by_id.get(message_id)

    def chat(self, chat_id: str) -> list[Message]:
        """The messages of one chat in order."""
        return [message for message in self.messages if message.chat_id == chat_id]

    def clear(self) -> None:
        """Forget all records; the order goes on counting."""
        self.messages.clear()
        self.sends.clear()
        self.deliveries.clear()
        self.names.clear()
        self._by_id.clear()
        self.touch()
