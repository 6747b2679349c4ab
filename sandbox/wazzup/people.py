"""The people of a chat: the customer writes and taps, the seller's manager writes in Wazzup's own UI."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from sandbox.clock import SandboxClock, parse_iso
from sandbox.config import CHAT_TYPES_BY_TRANSPORT, SandboxConfig
from sandbox.journal import Delivery, Journal, Message
from sandbox.wazzup import elements
from sandbox.wazzup.followups import FollowUps, plan, split_at_echo
from sandbox.wazzup.sending import Sending
from sandbox.wazzup.validation import is_phone_chat_id
from sandbox.wazzup.webhooks import Event, Webhooks
from sandbox.wire import BadRequest

_OWN_FIELDS = {"type", "text", "contentUri", "message_id"}


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote and what became of its webhooks."""

    messages: list[Message]
    deliveries: list[Delivery]


class People:
    """Acts for customers and managers."""

    def __init__(
        self,
        config: SandboxConfig,
        clock: SandboxClock,
        journal: Journal,
        webhooks: Webhooks,
        sending: Sending,
        follow_ups: FollowUps,
    ) -> None:
        self._config = config
        self._clock = clock
        self._journal = journal
        self._webhooks = webhooks
        self._sending = sending
        self._follow_ups = follow_ups

    async def customer_writes(
        self,
        chat_id: str,
        messages: Sequence[Mapping[str, object]],
        *,
        message_id: str | None = None,
        at: str | None = None,
        name: str | None = None,
        batch: bool = False,
        copies: int = 1,
        connections: int = 1,
    ) -> Written:
        """The customer writes; returns when every webhook was answered or gave up.

        Each message is a webhook of its own, in order, unless `batch` puts all into one body. `copies`
        repeats each webhook, over `connections` connections at a time. `at` is the messenger's time.
        Fields of a message that are not ours (`isEdited`, `quotedMessage`, …) go into the webhook as
        they are; with `isEdited` or `isDeleted` and a known `message_id` the old message changes.
        Raises BadRequest naming what is wrong.
        """
        chat_type = self._chat_type(chat_id)
        if not messages:
            raise BadRequest("messages is empty: send at least one message")
        if message_id is not None and len(messages) > 1:
            raise BadRequest("message_id with several messages: give each message its own message_id")
        moment = self._moment(at)
        if name:
            self._journal.names[chat_id] = name
        written, events = [], []
        for fields in messages:
            own_id = fields.get("message_id", message_id)
            is_new = not isinstance(own_id, str) or self._journal.message(own_id) is None
            message = self._record(
                chat_type, chat_id, fields, "customer", message_id=own_id, at=moment, author_name=None
            )
            element = elements.inbound(message, self._config.channel_id, self._journal.names.get(chat_id))
            element.update({key: value for key, value in fields.items() if key not in _OWN_FIELDS})
            written.append(message)
            events.append(Event("messages", element))
            if is_new:
                self._sending.customer_wrote(chat_id, moment)
        deliveries = await self._webhooks.deliver(
            events, "inbound", one_body=batch, copies=copies, connections=connections
        )
        return Written(written, deliveries)

    async def customer_taps(self, message_id: str, button: int) -> Written:
        """The customer taps a button of a message: a text arrives with its payload, or its number from 0.

        Raises BadRequest when there is no such message or button.
        """
        message = self._journal.message(message_id)
        if message is None or message.direction != "out":
            raise BadRequest(f"message_id {message_id!r} is no message to the customer")
        if not 0 <= button < len(message.buttons):
            raise BadRequest(f"button is {button}; this message has {len(message.buttons)} buttons")
        text = message.buttons[button].get("payload", str(button))
        return await self.customer_writes(message.chat_id, [{"type": "text", "text": text}])

    async def manager_writes(
        self,
        chat_id: str,
        fields: Mapping[str, object],
        *,
        author_name: str,
        message_id: str | None = None,
        sent_from_app: bool = True,
    ) -> Written:
        """An operator writes in Wazzup's own chat; its echo is delivered unless echoes are off.

        Returns when the echo was answered; statuses follow by the script. Raises BadRequest.
        """
        message = self._record(
            self._chat_type(chat_id),
            chat_id,
            fields,
            "manager",
            message_id=message_id,
            at=self._clock.now(),
            author_name=author_name,
        )
        self._sending.unanswered.pop(chat_id, None)
        knobs = self._sending.knobs
        event = None
        if knobs.echo != "off":
            element = elements.echo(
                message,
                self._config.channel_id,
                author_id=f"sandbox-{author_name}",
                sent_from_app=sent_from_app,
            )
            event = Event("messages", element)
        statuses = knobs.statuses_for(chat_id)
        early, later = split_at_echo(plan(event, statuses, status_before_echo=knobs.status_before_echo))
        deliveries = await self._follow_ups.play(message, early)
        self._follow_ups.play_later(message, later)
        return Written([message], deliveries)

    def _chat_type(self, chat_id: str) -> str:
        transport = self._config.transport
        if transport in {"whatsapp", "wapi", "viber"} and not is_phone_chat_id(chat_id):
            raise BadRequest(
                f"chat_id is {chat_id!r}; send digits only, country code first, such as 971501234567"
            )
        # the first in order is the personal chat: whatsapp before whatsgroup, telegram before telegroup
        return min(CHAT_TYPES_BY_TRANSPORT[transport])

    def _moment(self, at: str | None) -> datetime:
        if at is None:
            return self._clock.now()
        try:
            return parse_iso(at)
        except ValueError as error:
            raise BadRequest(f"at: {error}") from error

    def _record(
        self,
        chat_type: str,
        chat_id: str,
        fields: Mapping[str, object],
        origin: Literal["customer", "manager"],
        *,
        message_id: object,
        at: datetime,
        author_name: str | None,
    ) -> Message:
        text, content_uri = _string(fields, "text"), _string(fields, "contentUri")
        kind = _string(fields, "type") or ("text" if content_uri is None else "document")
        if message_id is not None and not isinstance(message_id, str):
            raise BadRequest(f"message_id is {message_id!r}; send a string")
        known = self._journal.message(message_id) if message_id is not None else None
        if known is not None:
            # the same id again is a redelivery, an edit or a deletion, never a second message
            known.edited = known.edited or bool(fields.get("isEdited"))
            known.deleted = known.deleted or bool(fields.get("isDeleted"))
            if fields.get("isEdited") and text is not None:
                known.text = text
            self._journal.touch()
            return known
        message = Message(
            sequence=self._journal.next_sequence(),
            message_id=message_id or str(uuid.uuid4()),
            chat_type=chat_type,
            chat_id=chat_id,
            direction="in" if origin == "customer" else "out",
            origin=origin,
            type=kind,
            text=text,
            content_uri=content_uri,
            file_name=None if content_uri is None else _file_name(content_uri),
            source_uri=None,
            buttons=[],
            crm_message_id=None,
            ref_message_id=None,
            author_name=author_name,
            date_time=at,
            recorded_at=self._clock.now(),
            recorded_monotonic=time.monotonic(),
            delivered=True,
            undelivered_reason=None,
            status="inbound" if origin == "customer" else "accepted",
        )
        self._journal.add_message(message)
        return message


def _string(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"{name} is {value!r}; send a string")
    return value


def _file_name(content_uri: str) -> str:
    named = parse_qs(urlsplit(content_uri).query).get("filename")
    return named[0] if named else "file"
