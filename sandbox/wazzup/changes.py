"""Editing and deleting a sent message (wazzup-v3.md §6): refused on WABA, possible elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from sandbox.config import SandboxConfig
from sandbox.journal import Journal, Message
from sandbox.wazzup import elements
from sandbox.wazzup.followups import FollowUps, plan
from sandbox.wazzup.knobs import Knobs
from sandbox.wazzup.media import MediaStore, fetch_content, message_type
from sandbox.wazzup.refusals import MessageRefusal, invalid_fields
from sandbox.wazzup.validation import check_content
from sandbox.wazzup.webhooks import Event

_EDIT_FIELDS = {"text", "contentUri", "crmUserId"}


class Changes:
    """`PATCH` and `DELETE /v3/message/:id`."""

    def __init__(
        self,
        config: SandboxConfig,
        knobs: Knobs,
        journal: Journal,
        media: MediaStore,
        follow_ups: FollowUps,
        client: httpx.AsyncClient,
    ) -> None:
        self._config = config
        self.knobs = knobs
        self._journal = journal
        self._media = media
        self._follow_ups = follow_ups
        self._client = client

    async def edit(self, message_id: str, body: Mapping[str, object]) -> None:
        """Replace text or file of a message. Raises MessageRefusal."""
        message = self._own(message_id, "CHANNEL_INVALID_TRANSPORT_FOR_EDITING")
        if unknown := sorted(set(body) - _EDIT_FIELDS):
            raise invalid_fields(*unknown)
        text, content_uri = check_content(body, self._config.transport)
        if message.buttons:
            raise MessageRefusal("MESSAGES_CONTAIN_BUTTONS")
        old_text = message.text
        if content_uri is not None:
            file = await fetch_content(self._client, content_uri, waba=False)
            message.content_uri = self._media.put(file)
            message.file_name = file.file_name
            message.source_uri = content_uri
            message.type = message_type(file.content_type)
        message.text = text
        message.edited = True
        self._report(message, {"isEdited": True, "oldInfo": {"oldText": old_text}})

    def delete(self, message_id: str) -> None:
        """Take a message back. Raises MessageRefusal."""
        message = self._own(message_id, "CHANNEL_INVALID_TRANSPORT_FOR_DELETION")
        message.deleted = True
        self._report(message, {"isDeleted": True, "oldInfo": {"oldText": message.text}})

    def _own(self, message_id: str, refusal_on_waba: str) -> Message:
        message = self._journal.message(message_id)
        if message is None or message.direction != "out" or message.deleted:
            raise MessageRefusal("MESSAGES_NOT_FOUND")
        if self._config.transport == "wapi":
            raise MessageRefusal(refusal_on_waba)
        return message

    def _report(self, message: Message, change: Mapping[str, object]) -> None:
        self._journal.touch()
        if self.knobs.echo != "all":
            return
        element = elements.echo(message, self._config.channel_id, author_id=None, sent_from_app=False)
        event = Event("messages", {**element, **change})
        self._follow_ups.play_later(message, plan(event, [], status_before_echo=False))
