"""Elements of `messages[]` as Wazzup prints them (wazzup-v3.md §4.1)."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.clock import iso_milliseconds
from sandbox.journal import Message


def _without_empty(element: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in element.items() if value is not None}


def inbound(message: Message, channel_id: str, contact_name: str | None) -> dict[str, object]:
    """A customer's message; for WhatsApp the contact's name may be just the number."""
    return _without_empty(
        {
            "messageId": message.message_id,
            "dateTime": iso_milliseconds(message.date_time),
            "channelId": channel_id,
            "chatType": message.chat_type,
            "chatId": message.chat_id,
            "type": message.type,
            "isEcho": False,
            "contact": {"name": contact_name or message.chat_id},
            "text": message.text,
            "contentUri": message.content_uri,
            "status": "inbound",
        }
    )


def echo(
    message: Message, channel_id: str, *, author_id: str | None, sent_from_app: bool
) -> dict[str, object]:
    """An outgoing message as the webhook reports it back."""
    return _without_empty(
        {
            "messageId": message.message_id,
            "dateTime": iso_milliseconds(message.date_time),
            "channelId": channel_id,
            "chatType": message.chat_type,
            "chatId": message.chat_id,
            "type": message.type,
            "isEcho": True,
            "sentFromApp": sent_from_app,
            "authorName": message.author_name,
            "authorId": author_id,
            "text": message.text,
            "contentUri": message.content_uri,
            "status": "sent",
        }
    )
