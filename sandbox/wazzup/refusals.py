"""The ways in which Wazzup says no, as exceptions that the routes turn into answers.

Refusal            a 4xx of a route, with a documented code
└── MessageRefusal the same on message routes: adds `status` and `requestId`
"""

from __future__ import annotations

import uuid
from typing import ClassVar

# code -> what its description says; the documentation prints few of these texts (wazzup-v3.md §5.6)
DESCRIPTIONS = {
    "INVALID_MESSAGE_DATA": "Some of the message fields are invalid",
    "VALIDATION_ERROR": "The request body is invalid",
    "WRONG_TRANSPORT": "The chat type does not fit the transport of the channel",
    "REPEATED_CRM_MESSAGE_ID": "You have already sent message with same crmMessageId",
    "MESSAGE_ONLY_TEXT_OR_CONTENT": "Message may contain text or content, not both",
    "MESSAGE_NOTHING_TO_SEND": "Message contains neither text nor content",
    "MESSAGES_TEXT_CAN_NOT_BE_BLANK": "Text can not be blank",
    "MESSAGES_CONTENT_CAN_NOT_BE_BLANK": "Content can not be blank",
    "MESSAGE_TEXT_TOO_LONG": "Message text is too long",
    "MESSAGES_TOO_LONG_WABA": "Message text is too long for WABA",
    "MESSAGE_WRONG_CONTENT_TYPE": "Content type is not supported",
    "MESSAGES_CONTENT_SIZE_EXCEEDED": "Content is larger than 10 MB",
    "MESSAGES_CONTENT_SIZE_EXCEEDED_WABA": "Content is larger than WABA allows",
    "MESSAGE_DOWNLOAD_CONTENT_ERROR": "Content could not be downloaded",
    "CHANNEL_NOT_FOUND": "Channel not found",
    "CHANNEL_BLOCKED": "Channel is blocked",
    "CHANNEL_NO_MONEY": "Channel is not paid",
    "MESSAGE_CHANNEL_UNAVAILABLE": "Channel is unavailable",
    "REFERENCE_MESSAGE_NOT_FOUND": "Quoted message not found",
    "MESSAGES_NOT_FOUND": "Message not found",
    "MESSAGES_CONTAIN_BUTTONS": "Message contains buttons and can not be edited",
    "CHANNEL_INVALID_TRANSPORT_FOR_EDITING": "Messages of this channel can not be edited",
    "CHANNEL_INVALID_TRANSPORT_FOR_DELETION": "Messages of this channel can not be deleted",
    "24_HOURS_EXCEEDED": "More than 24 hours have passed since the customer's last message",
    "TEMPLATE_REJECTED": "Template was restricted by Meta",
    "131049": "This message was not delivered to maintain healthy ecosystem engagement",
    "132001": "Template does not exist or is not approved in this language",
    "132015": "Template is paused",
    "132016": "Template is disabled",
    "BAD_CONTACT": "The contact can not receive the message",
    "GENERAL_ERROR": "Message was not delivered",
}


def camel_case(code: str) -> str:
    """The spelling of the documentation's prose: `repeatedCrmMessageId`."""
    first, *rest = code.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)


class Refusal(Exception):
    """A request that Wazzup answers with a code."""

    fixed_spelling: ClassVar[bool] = True

    def __init__(
        self, code: str, *, status: int = 400, description: str | None = None, data: object = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.description = description or DESCRIPTIONS.get(code, code.replace("_", " ").capitalize())
        self.data = data

    def body(self, code_style: str) -> dict[str, object]:
        """The error body; `code_style` is the knob of that name."""
        code = self.code
        if code_style == "camelCase" and not self.fixed_spelling:
            code = camel_case(code)
        body: dict[str, object] = {"error": code, "description": self.description}
        if self.data is not None:
            body["data"] = self.data
        return body


class MessageRefusal(Refusal):
    """A refusal of a message route."""

    fixed_spelling = False

    def body(self, code_style: str) -> dict[str, object]:
        """The error body with `status` and a fresh `requestId`."""
        return {"status": self.status, "requestId": uuid.uuid4().hex, **super().body(code_style)}


def invalid_fields(*names: str) -> MessageRefusal:
    """INVALID_MESSAGE_DATA naming the fields at fault."""
    return MessageRefusal("INVALID_MESSAGE_DATA", data={"fields": list(names)})
