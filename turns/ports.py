"""What the way of a message needs from the outside, in its own words.

Connectors translate the outside's protocol into these records and implement these protocols; nothing
here knows Wazzup, Rasa or HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

# Connectors know the ports of their consumers only.
from sales.templates import Template as Template


class ElementKind(StrEnum):
    """What one element of a webhook is."""

    MESSAGE = "message"
    EDIT = "edit"
    DELETION = "deletion"
    # Something that went out of the channel: our own message coming back, or a person's.
    ECHO = "echo"
    STATUS = "status"
    CHANNEL = "channel"
    TEMPLATE = "template"
    # Could not be understood; kept with its bytes for the operator.
    PARKED = "parked"


@dataclass(frozen=True)
class Element:
    """One element of a webhook, ready to be stored.

    (channel_id, external_id, kind, variant) is what makes it the same element when it comes again:
    variant is the content's hash for edits, the new status for statuses.
    """

    kind: ElementKind
    channel_id: str
    external_id: str
    variant: str = ""
    chat_type: str | None = None
    chat_id: str | None = None
    # When the messenger says it was written (UTC); None when it does not say.
    sent_at: datetime | None = None
    # A tapped button: answered at once instead of after the debounce.
    tap: bool = False
    body: Mapping[str, object] | None = None
    raw: bytes | None = None
    problem: str | None = None


class Media(StrEnum):
    """A message without words that a customer may send; the value ends the intent's name."""

    VOICE = "voice"
    IMAGE = "image"
    STICKER = "sticker"
    VIDEO = "video"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Attachment:
    """What a customer sent along: what it is, and where the gateway keeps the file, if there is one."""

    kind: Media
    uri: str | None


@dataclass(frozen=True)
class CustomerMessage:
    """A stored customer element as a turn reads it.

    A voice message that was heard has `text` as well as `media`; with `to_confirm` instead of `text`, that
    is what was heard, and nobody acts on it before the customer has said that it is right.
    """

    inbox_id: int
    external_id: str
    kind: ElementKind
    text: str | None
    media: Media | None
    tap: bool
    attachment: Attachment | None = None
    to_confirm: str | None = None


@dataclass(frozen=True)
class Echo:
    """A message that left the channel, as the gateway reports it back."""

    message_id: str
    text: str | None
    content_uri: str | None
    # Written by a person in the vendor's own chat window.
    by_person: bool
    # Sent as a template; `text` may then differ from what we take it for (footer, buttons).
    as_template: bool = False


class Failure(StrEnum):
    """Why a message does not reach its customer, as far as it changes what may be sent next."""

    # Free text may not be sent until the customer writes.
    WINDOW_CLOSED = "window_closed"
    # This customer, or this number of ours, gets nothing of the kind now: nothing more for 24 hours.
    LIMIT = "limit"
    # This very template may not be sent, or not in this way, to anybody.
    TEMPLATE = "template"
    # This customer does not want it or cannot be reached; trying again does not help.
    FINAL = "final"
    # The code says nothing that anybody could act on.
    OTHER = "other"


@dataclass(frozen=True)
class StatusChange:
    """What became of a message that was accepted; `failure` is set when it was not delivered."""

    message_id: str
    status: str
    problem: str | None
    failure: Failure | None = None


class BodyReader(Protocol):
    """Reads the stored bodies of inbox rows; the connector knows their shape."""

    def customer_message(
        self, inbox_id: int, kind: ElementKind, external_id: str, tap: bool, body: Mapping[str, object]
    ) -> CustomerMessage: ...

    def echo(self, external_id: str, body: Mapping[str, object]) -> Echo: ...

    def status(self, external_id: str, body: Mapping[str, object]) -> StatusChange: ...


@dataclass(frozen=True)
class Button:
    """A choice offered to the customer; payload comes back when it is tapped."""

    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """One thing the dialogue engine wants said."""

    text: str | None = None
    buttons: Sequence[Button] = ()
    content_uri: str | None = None


@dataclass(frozen=True)
class TurnRequest:
    """A turn as the dialogue engine takes it; repeating it with the same turn_id changes nothing."""

    turn_id: int
    conversation_id: int
    fence: int
    text: str
    intent: str | None


class EngineNotReady(Exception):
    """The engine, the action server or their database is not ready: the try does not count."""


class EngineLostTurn(Exception):
    """Another claim holds this turn now: drop it here."""


class EngineFailed(Exception):
    """A ready engine took the turn and failed: the try counts."""


class DialogueEngine(Protocol):
    """Rasa, as the way of a message sees it."""

    async def ready(self) -> bool: ...

    async def take_turn(self, request: TurnRequest) -> Sequence[Reply]: ...


@dataclass(frozen=True)
class TemplateMessage:
    """An approved template, with its values in order."""

    guid: str
    values: Sequence[str]


@dataclass(frozen=True)
class Outgoing:
    """A message on its way to the messenger: text (with buttons), content_uri or template."""

    channel_id: str
    chat_type: str
    chat_id: str
    key: str
    text: str | None = None
    content_uri: str | None = None
    buttons: Sequence[Button] = field(default_factory=tuple)
    template: TemplateMessage | None = None


@dataclass(frozen=True)
class Accepted:
    """The messenger took the message. message_id is None when it did not say which one it is."""

    message_id: str | None


@dataclass(frozen=True)
class Repeated:
    """The messenger already knows this key and did nothing now."""


@dataclass(frozen=True)
class Refused:
    """A definite no: nothing was sent. `again` tells whether another try with a new key can help."""

    code: str
    again: bool
    failure: Failure = Failure.OTHER


@dataclass(frozen=True)
class Unanswered:
    """Nobody knows: time-out, broken answer, server error. It may have been sent."""

    reason: str


@dataclass(frozen=True)
class NotSent:
    """Nothing left this machine: the attempt was none, and another is worth making however long it takes."""

    reason: str


SendOutcome = Accepted | Repeated | Refused | Unanswered | NotSent


class Messenger(Protocol):
    """Wazzup, as the sender sees it. Never raises for what the network or the service does."""

    async def send(self, message: Outgoing, *, timeout_seconds: float) -> SendOutcome: ...

    async def transports(self) -> Mapping[str, tuple[str, str]]:
        """channel_id → (transport, state) of the account's channels; raises OSError when unreachable."""
        ...

    async def templates(self) -> Sequence[Template]:
        """The account's templates, in whatever status; raises OSError when unreachable."""
        ...


@dataclass(frozen=True)
class FetchedFile:
    """A customer's file as it was taken in; type and the end of the name are what its bytes are."""

    content: bytes
    content_type: str
    file_name: str
    # How long a recording plays; None for what is none.
    seconds: float | None = None


class FileRefused(Exception):
    """This file is never taken: its place, size or kind is not allowed, or it is gone. Says which."""


class FileUnreachable(Exception):
    """The file could not be had now; another try can help."""


class FileSource(Protocol):
    """Where customers' files come from. Raises FileRefused or FileUnreachable."""

    async def fetch(self, uri: str, kind: Media) -> FetchedFile: ...


@dataclass(frozen=True)
class Transcript:
    """What was heard in a recording, and how sure the model is; None where it does not say.

    `log_probability` is the mean of the least sure stretch's words (0 is certain), `no_speech` the highest
    probability that a stretch held no words, `compression` the highest ratio by which one can be compressed.
    """

    text: str
    log_probability: float | None = None
    no_speech: float | None = None
    compression: float | None = None


class TranscriberFailed(Exception):
    """Nothing usable was heard: the service is away, refuses, or answers what cannot be read."""


class Transcriber(Protocol):
    """Turns speech into words. Raises TranscriberFailed."""

    async def transcribe(
        self, file: FetchedFile, *, language: str | None, timeout_seconds: float
    ) -> Transcript: ...


class ManagerDesk(Protocol):
    """Who answers the chats of the seller's own managers; Rasa never hears of them."""

    async def serves(self, connection: AsyncConnection, conversation_id: int) -> bool:
        """Whether this chat is a manager's."""
        ...

    def decide_language(self, words: str, previous_reply_language: str | None) -> tuple[str, str]:
        """As `LanguageDecision`, for commands: a code among them is no word of any language."""
        ...

    async def answer(
        self, connection: AsyncConnection, turn_id: int, said: str, language: str
    ) -> Sequence[str]:
        """Do what a manager wrote, in the caller's transaction, which also keeps the answers: texts."""
        ...

    def gave_up(self, said: str, language: str) -> str:
        """What to answer to a turn that failed for good."""
        ...


class LanguageDecision(Protocol):
    """Decides a turn's language: (tag of the words, language to answer in)."""

    def __call__(self, words: str, previous_reply_language: str | None) -> tuple[str, str]: ...


@dataclass(frozen=True)
class Registration:
    """Where the messenger delivers its webhooks, and what of."""

    # None: nowhere.
    address: str | None
    # By the names that registering takes; what the messenger does not mention is off.
    subscriptions: Mapping[str, bool]
    # When the messenger's own clock says that it answered; None when it does not say.
    answered_at: datetime | None = None


class RegistryRefused(Exception):
    """The messenger says no; the message names the mend. `status` is that of HTTP."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class WebhookRegistry(Protocol):
    """The messenger's registration of webhooks.

    Both raise RegistryRefused, and OSError when there is no usable answer.
    """

    async def read(self) -> Registration: ...

    async def register(self, address: str) -> None:
        """Deliver to this address from now on, and to no other one."""
        ...
