"""The way of a send: checks, scripted outcome, key memory, window, content, acceptance."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from sandbox.clock import SandboxClock
from sandbox.config import SandboxConfig
from sandbox.journal import STATUS_RANK, Journal, Message, Send
from sandbox.wazzup import elements
from sandbox.wazzup.followups import FollowUps, plan, split_at_echo
from sandbox.wazzup.knobs import Knobs, StatusStep
from sandbox.wazzup.limits import CustomerWindows, KeyMemory
from sandbox.wazzup.media import MediaStore, StoredFile, fetch_content, message_type
from sandbox.wazzup.refusals import MessageRefusal
from sandbox.wazzup.templates import Templates
from sandbox.wazzup.validation import SendOrder, check_send, parse_body
from sandbox.wazzup.webhooks import Event
from sandbox.wire import dumps

CHANNEL_STATE_REFUSALS = {
    "blocked": "CHANNEL_BLOCKED",
    "rejected": "CHANNEL_WAPI_REJECTED",
    "notEnoughMoney": "CHANNEL_NO_MONEY",
}


@dataclass(slots=True, kw_only=True)
class Answer:
    """What the route has to do for one send, and the record to complete when it has done so."""

    record: Send
    # set when the answer was written, or when nobody is left to read it
    written: asyncio.Event = field(default_factory=asyncio.Event)
    # None: drop the connection without an answer
    status_code: int | None = None
    body: bytes = b""
    wait_seconds: float = 0.0


@dataclass(slots=True)
class Unanswered:
    """Messages of a chat that nobody has answered yet."""

    count: int = 0
    last_at: datetime | None = None


class Sending:
    """Takes sends in; the one place where a message is accepted."""

    def __init__(
        self,
        config: SandboxConfig,
        clock: SandboxClock,
        knobs: Knobs,
        journal: Journal,
        media: MediaStore,
        follow_ups: FollowUps,
        templates: Templates,
        client: httpx.AsyncClient,
    ) -> None:
        self._config = config
        self._clock = clock
        self.knobs = knobs
        self._journal = journal
        self._media = media
        self._follow_ups = follow_ups
        self._templates = templates
        self._client = client
        self.keys = KeyMemory()
        self.windows = CustomerWindows()
        self.unanswered: dict[str, Unanswered] = {}
        self.channel_state = "active"

    def customer_wrote(self, chat_id: str, at: datetime) -> None:
        """A new message of the customer opens the window and waits for an answer."""
        self.windows.customer_wrote(chat_id, at)
        unanswered = self.unanswered.setdefault(chat_id, Unanswered())
        unanswered.count += 1
        unanswered.last_at = at

    def clear(self) -> None:
        """Forget keys, windows and unanswered messages; the channel is active again."""
        self.keys.clear()
        self.windows.clear()
        self.unanswered.clear()
        self.channel_state = "active"

    def open(self, raw: bytes) -> Answer:
        """Write down that a send arrived; `handle` then decides about it."""
        try:
            body: object = parse_body(raw)
        except MessageRefusal:
            body = raw.decode("utf-8", "backslashreplace")
        chat_id = body.get("chatId") if isinstance(body, dict) else None
        crm_message_id = body.get("crmMessageId") if isinstance(body, dict) else None
        record = Send(
            sequence=self._journal.next_sequence(),
            received_at=self._clock.now(),
            received_monotonic=time.monotonic(),
            body=body,
            chat_id=chat_id if isinstance(chat_id, str) else None,
            crm_message_id=crm_message_id if isinstance(crm_message_id, str) else None,
            script=self.knobs.take_send_outcome(chat_id if isinstance(chat_id, str) else None),
        )
        self._journal.sends.append(record)
        self._journal.touch()
        return Answer(record=record)

    async def handle(self, raw: bytes, answer: Answer) -> None:
        """Decide about a send and fill in its answer."""
        record = answer.record
        script, _, argument = record.script.partition(":")
        if script in {"429", "close_connection"}:
            record.outcome = "failed"
            answer.status_code = 429 if script == "429" else None
            return
        try:
            order = check_send(
                parse_body(raw),
                self._config,
                self._templates,
                refuse_unknown_fields=self.knobs.refuse_unknown_fields,
                refuse_templates_at_once=self.knobs.template_refusal == "synchronous",
            )
            await self._take(order, script, argument, answer)
        except MessageRefusal as refusal:
            record.outcome = "refused"
            record.error = refusal.code
            answer.status_code = refusal.status
            answer.body = dumps(refusal.body(self.knobs.error_code_style))

    def close(self, answer: Answer, *, written: bool) -> None:
        """The route is done with a send: complete its record and let statuses follow."""
        if answer.record.outcome == "open":
            # the client went away while the gateway was still at work, which goes on
            answer.written.set()
            return
        if written:
            answer.record.status_code = answer.status_code
            answer.record.answered_monotonic = time.monotonic()
        answer.written.set()
        self._journal.touch()

    async def _take(self, order: SendOrder, script: str, argument: str, answer: Answer) -> None:
        """Everything that may fail after the fields are right. Raises MessageRefusal."""
        key = order.crm_message_id
        self._take_key(key)
        occupies = self.knobs.failed_attempts_occupy_key
        try:
            if script == "500":
                answer.record.outcome = "failed"
                answer.status_code = 500
                self._release(key, answer.record, occupies)
                return
            if script in {"refuse", "refuse_key_occupied"}:
                occupies = occupies or script == "refuse_key_occupied"
                raise MessageRefusal(argument or "MESSAGE_CHANNEL_UNAVAILABLE")
            await self._accept(order, script, answer)
        except MessageRefusal:
            self._release(key, answer.record, occupies)
            raise
        if script == "slow":
            answer.wait_seconds = float(argument)

    def _take_key(self, key: str | None) -> None:
        if key is None:
            return
        if not self.keys.take(key, self._clock.now(), self.knobs.idempotency_window_seconds):
            raise MessageRefusal("REPEATED_CRM_MESSAGE_ID", data={"crmMessageId": key})

    def _release(self, key: str | None, record: Send, occupies: bool) -> None:
        """A failed attempt ends; undocumented whether it keeps the key occupied."""
        if key is not None and occupies:
            self.keys.occupy(key, record.received_at)
        elif key is not None:
            self.keys.free(key)

    async def _accept(self, order: SendOrder, script: str, answer: Answer) -> None:
        if self.channel_state != "active":
            raise MessageRefusal(
                CHANNEL_STATE_REFUSALS.get(self.channel_state, "MESSAGE_CHANNEL_UNAVAILABLE")
            )
        if order.ref_message_id is not None and self._journal.message(order.ref_message_id) is None:
            raise MessageRefusal("REFERENCE_MESSAGE_NOT_FOUND")
        waba = self._config.transport == "wapi"
        file = None
        if order.content_uri is not None:
            file = await fetch_content(self._client, order.content_uri, waba=waba)
        # a template is bound by no window, and opens none
        bound = waba and order.template is None
        closed = bound and not self.windows.is_open(order.chat_id, self._clock.now())
        if closed and self.knobs.window_refusal == "synchronous":
            raise MessageRefusal("24_HOURS_EXCEEDED")

        record = answer.record
        if order.crm_message_id is not None:
            from_receipt = self.knobs.idempotency_starts_at == "receipt"
            self.keys.occupy(order.crm_message_id, record.received_at if from_receipt else self._clock.now())
        if order.clear_unanswered:
            self.unanswered.pop(order.chat_id, None)
        statuses = self.knobs.statuses_for(order.chat_id)
        if closed:
            statuses = [StatusStep("error", 0.0, "24_HOURS_EXCEEDED")]
        elif order.template is not None:
            code = order.template.undeliverable or self.knobs.template_error_for(order.chat_id)
            if code is not None:
                statuses = [self.knobs.template_failure(code)]
        message = self._record(order, file, _why_undelivered(script, statuses))
        record.outcome = "accepted"
        record.message_id = message.message_id
        self._set_answer(message, script, answer)
        if script == "accept_and_lose":
            return
        event = None
        if self.knobs.echo == "all" and not closed:
            element = elements.echo(
                message, self._config.channel_id, author_id=order.crm_user_id, sent_from_app=False
            )
            event = Event("messages", element)
        steps = plan(event, statuses, status_before_echo=self.knobs.status_before_echo)
        if self.knobs.echo_before_response:
            early, steps = split_at_echo(steps)
            await self._follow_ups.play(message, early)
        self._follow_ups.play_later(message, steps, after=answer.written)

    def _set_answer(self, message: Message, script: str, answer: Answer) -> None:
        body = dumps({"messageId": message.message_id, "chatId": message.chat_id})
        if script == "503_after_accept":
            answer.status_code = 503
        elif script == "accept_then_drop":
            answer.status_code = None
        else:
            answer.status_code = 201
            answer.body = body[: len(body) // 2] if script == "broken_json" else body

    def _record(self, order: SendOrder, file: StoredFile | None, undelivered_reason: str | None) -> Message:
        """Keep the accepted message; a file becomes the sandbox's own copy, as at the vendor."""
        now = self._clock.now()
        message = Message(
            sequence=self._journal.next_sequence(),
            message_id=str(uuid.uuid4()),
            chat_type=order.chat_type,
            chat_id=order.chat_id,
            direction="out",
            origin="api",
            type=_type_of(order, file),
            text=order.text,
            content_uri=None if file is None else self._media.put(file),
            file_name=None if file is None else file.file_name,
            source_uri=order.content_uri,
            buttons=order.buttons,
            crm_message_id=order.crm_message_id,
            ref_message_id=order.ref_message_id,
            author_name=None,
            date_time=now,
            recorded_at=now,
            recorded_monotonic=time.monotonic(),
            delivered=undelivered_reason is None,
            undelivered_reason=undelivered_reason,
            status="accepted",
        )
        self._journal.add_message(message)
        return message


def _type_of(order: SendOrder, file: StoredFile | None) -> str:
    if order.template is not None:
        return "wapi_template"
    return "text" if file is None else message_type(file.content_type)


def _why_undelivered(script: str, statuses: list[StatusStep]) -> str | None:
    """Why the customer never sees an accepted message, None when it arrives.

    An error is final unless the same script says that the message reached the phone all the same.
    """
    if script == "accept_and_lose":
        return "lost"
    if any(STATUS_RANK.get(step.status) in {2, 3} for step in statuses):
        return None
    return next((step.error or "error" for step in statuses if step.status == "error"), None)
